// SPDX-License-Identifier: Apache-2.0
//
// Finds a text in a log, whatever the case, a slice at a time, so that the page stays alive.
import { cleanLine } from "./ansi";
import type { LogStore } from "./store";

const SLICE = 1 << 20;

/** The UTF-8 bytes of a text, a character for each: as LogStore.raw() gives them. */
const asBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

export class Search {
  /** Lines that hold it, ascending. */
  matches: number[] = [];
  #next = 0;
  readonly #wanted: string;

  constructor(
    private readonly log: LogStore,
    readonly query: string,
  ) {
    this.#wanted = asBytes(query).toLowerCase();
  }

  get done(): boolean {
    return this.#wanted === "" || this.#next >= this.log.lines;
  }

  /** Looks at one slice more. */
  step(): void {
    if (this.done) return;
    const from = this.log.start(this.#next);
    // Whole lines, at least one.
    let end = this.log.lineAt(Math.min(this.log.size - 1, from + SLICE));
    if (end <= this.#next) end = this.#next + 1;
    if (this.log.start(end) + SLICE >= this.log.size) end = this.log.lines;
    const text = this.log.raw(from, this.log.start(end));
    if (text.includes("\x1b")) this.#cleaned(text);
    else this.#plain(text.toLowerCase(), from);
    this.#next = end;
  }

  /** What was the last line may have grown: it is looked at again. */
  grown(): void {
    if (this.#next === 0) return;
    --this.#next;
    if (this.matches.at(-1) === this.#next) this.matches.pop();
  }

  #plain(text: string, from: number): void {
    for (let at = text.indexOf(this.#wanted); at >= 0; at = text.indexOf(this.#wanted, at + 1)) {
      const line = this.log.lineAt(from + at);
      this.matches.push(line);
      at = this.log.start(line + 1) - from - 1;
    }
  }

  #cleaned(text: string): void {
    text.split("\n").forEach((line, i) => {
      if (cleanLine(line).toLowerCase().includes(this.#wanted)) this.matches.push(this.#next + i);
    });
  }
}

/** A line cut where the query is: parts at odd places are matches. */
export function cut(text: string, query: string): string[] {
  if (!query) return [text];
  const parts: string[] = [];
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  parts.push(text.slice(from));
  return parts;
}
