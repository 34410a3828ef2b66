// SPDX-License-Identifier: Apache-2.0
//
// A log that grows: its bytes, where its lines begin, and which of them say that something is wrong.
// Lines become text only when they are looked at, so 100 MB are no burden.
import { cleanLine } from "./ansi";

export type MarkKind = "error" | "warning" | "phase";
export interface Mark {
  line: number;
  kind: MarkKind;
}

const BLOCK = 1 << 22;
/** Bytes of a line that are shown. */
export const LONGEST_LINE = 4096;

const MARKS: [MarkKind, string][] = [
  [
    "error",
    "Kernel panic|Internal error|Oops[ :]|\\bBUG: |Unable to handle kernel|\\bKASAN: |Call trace:|\\berror: |\\b[Ee]rror [0-9]|\\bnot ok [0-9]",
  ],
  ["warning", "\\bWARNING: |\\bwarning: "],
  ["phase", "roxlab: phase "],
];
const ANY_MARK = new RegExp(MARKS.map(([, pattern]) => `(${pattern})`).join("|"), "g");

const BYTES_AS_TEXT = new TextDecoder("latin1");
const TEXT = new TextDecoder("utf-8");

export class LogStore {
  /** Bytes so far. */
  size = 0;
  /** Ascending by line; at most one for a line. */
  marks: Mark[] = [];
  #blocks: Uint8Array[] = [];
  #starts = new Float64Array(1024);
  #lines = 0;
  /** Marks were looked for up to this line. */
  #marked = 0;

  /** Lines so far; the last one may grow. */
  get lines(): number {
    return this.#lines;
  }

  append(data: Uint8Array): void {
    if (data.length === 0) return;
    const begin = this.size;
    for (let done = 0; done < data.length;) {
      const at = this.size % BLOCK;
      if (at === 0) this.#blocks.push(new Uint8Array(BLOCK));
      const part = data.subarray(done, done + BLOCK - at);
      this.#blocks.at(-1)!.set(part, at);
      this.size += part.length;
      done += part.length;
    }
    // A line begins at the log's start, and behind every line end once something follows it.
    if (begin === 0 || this.#byte(begin - 1) === 10) this.#addStart(begin);
    for (let at = data.indexOf(10); at >= 0 && at + 1 < data.length; at = data.indexOf(10, at + 1))
      this.#addStart(begin + at + 1);
    this.#findMarks();
  }

  /** The byte that a line starts at; the log's size for the line behind the last. */
  start(line: number): number {
    return line < this.#lines ? this.#starts[line]! : this.size;
  }

  /** The line that a byte is in. */
  lineAt(byte: number): number {
    let low = 0;
    let high = this.#lines;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= byte) low = middle;
      else high = middle;
    }
    return low;
  }

  /** A line as people read it. */
  text(line: number): string {
    const from = this.start(line);
    const end = this.start(line + 1);
    const to = Math.min(end, from + LONGEST_LINE);
    const text = cleanLine(TEXT.decode(this.#slice(from, to)).replace(/\n$/, ""));
    return to < end ? `${text} … (${end - to} bytes more)` : text;
  }

  /** Bytes as text of the same length, a character for each. */
  raw(from: number, to: number): string {
    return BYTES_AS_TEXT.decode(this.#slice(from, to));
  }

  /** All of it, for a file. */
  parts(): BlobPart[] {
    return this.#blocks.map((block, i) => block.slice(0, Math.min(BLOCK, this.size - i * BLOCK)));
  }

  #byte(at: number): number {
    return this.#blocks[Math.floor(at / BLOCK)]![at % BLOCK]!;
  }

  #slice(from: number, to: number): Uint8Array {
    const first = Math.floor(from / BLOCK);
    if (to <= (first + 1) * BLOCK)
      return (this.#blocks[first] ?? new Uint8Array()).subarray(from % BLOCK, from - first * BLOCK + (to - from));
    const copy = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const end = Math.min(to, (Math.floor(at / BLOCK) + 1) * BLOCK);
      copy.set(this.#blocks[Math.floor(at / BLOCK)]!.subarray(at % BLOCK, (at % BLOCK) + end - at), at - from);
      at = end;
    }
    return copy;
  }

  #addStart(at: number): void {
    if (this.#lines === this.#starts.length) {
      const larger = new Float64Array(this.#starts.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#lines++] = at;
  }

  /** In the lines that have come since; the last one is looked at again, as it may have grown. */
  #findMarks(): void {
    const from = this.start(this.#marked);
    while (this.marks.length && this.marks.at(-1)!.line >= this.#marked) this.marks.pop();
    const text = this.raw(from, this.size);
    for (const match of text.matchAll(ANY_MARK)) {
      const line = this.lineAt(from + match.index);
      if (this.marks.at(-1)?.line === line) continue;
      const which = MARKS.findIndex((_, i) => match[i + 1] !== undefined);
      this.marks.push({ line, kind: MARKS[which]![0] });
    }
    this.#marked = Math.max(0, this.#lines - 1);
  }
}
