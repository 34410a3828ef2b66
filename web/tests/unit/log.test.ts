// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../../src/api/live";
import { cleanLine } from "../../src/log/ansi";
import { LINE_HEIGHT, scrollHeight, scrollTo, windowOf } from "../../src/log/scroll";
import { Search, cut } from "../../src/log/search";
import { LONGEST_LINE, LogStore } from "../../src/log/store";
import { spansOf } from "../../src/run/timeline";

const encode = (text: string) => new TextEncoder().encode(text);
const logOf = (...chunks: string[]) => {
  const log = new LogStore();
  for (const chunk of chunks) log.append(encode(chunk));
  return log;
};
const lines = (log: LogStore) => Array.from({ length: log.lines }, (_, i) => log.text(i));
const find = (log: LogStore, query: string) => {
  const search = new Search(log, query);
  while (!search.done) search.step();
  return search.matches;
};

test("what steers a terminal is taken out of a line", () => {
  assert.equal(cleanLine("\x1b[1;31merror\x1b[0m: x\r"), "error: x");
  assert.equal(cleanLine("\x1b]0;title\x07text"), "text");
  assert.equal(cleanLine("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
  assert.equal(cleanLine("\x1b(Ba\x1bcb"), "ab");
  assert.equal(cleanLine("a\x00b\x08c\x7f"), "abc");
});

test("of what was written over, the last stays", () => {
  assert.equal(cleanLine(" 10 %\r 20 %\r100 %"), "100 %");
});

test("marks that turn text around are shown, not obeyed", () => {
  assert.equal(cleanLine("safe\u202etxt.exe"), "safe\ufffdtxt.exe");
});

test("an escape that never ends hides nothing on other lines", () => {
  assert.deepEqual(lines(logOf("\x1b]0;never ended\nnext\n")), ["", "next"]);
});

test("lines are found however the log is cut into chunks", () => {
  const text = "first\nsecond\n\nfourth without end";
  const expected = ["first", "second", "", "fourth without end"];
  assert.deepEqual(lines(logOf(text)), expected);
  assert.deepEqual(lines(logOf(...text)), expected);
  assert.deepEqual(lines(logOf("first\n", "second\n\n", "fourth", " without end")), expected);
});

test("an end of a line is not a line", () => {
  assert.equal(logOf("a\n").lines, 1);
  assert.equal(logOf("a\n", "b").lines, 2);
  assert.equal(logOf("").lines, 0);
});

test("characters that a chunk or a block cuts in two are whole again", () => {
  const bytes = encode("grün\n");
  const log = new LogStore();
  for (const byte of bytes) log.append(Uint8Array.of(byte));
  assert.equal(log.text(0), "grün");
  const block = 1 << 22;
  const long = logOf("x".repeat(block - 2) + "\n", "ü\n".repeat(3));
  assert.deepEqual([long.text(1), long.text(2)], ["ü", "ü"]);
  assert.equal(long.lineAt(block - 1), 1);
});

test("a line without end is cut where it is shown", () => {
  const log = logOf("y".repeat(LONGEST_LINE + 10));
  assert.ok(log.text(0).endsWith("… (10 bytes more)"));
});

test("lines that say what went wrong are marked, also when they come in pieces", () => {
  const expected = [
    { line: 1, kind: "error" },
    { line: 2, kind: "warning" },
    { line: 4, kind: "phase" },
  ];
  const text = "ok\n[ 1.0] Kernel panic - not syncing\nWARNING: CPU: 0\nfine\n[ 2.0] roxlab: phase loaded\n";
  assert.deepEqual(logOf(text).marks, expected);
  assert.deepEqual(logOf(...text).marks, expected);
});

test("a search finds every line once, whatever the case", () => {
  const log = logOf("Zone ranges\nnothing\nzone ZONE zone\n");
  assert.deepEqual(find(log, "zone"), [0, 2]);
  assert.deepEqual(find(log, "nowhere"), []);
  assert.deepEqual(find(log, ""), []);
});

test("a search looks through colours and finds text that is not ASCII", () => {
  assert.deepEqual(find(logOf("plain\nker\x1b[31mnel\x1b[0m panic\n"), "kernel panic"), [1]);
  assert.deepEqual(find(logOf("a\ngrün\n"), "grün"), [1]);
});

test("a search goes on in what has come since", () => {
  const log = logOf("one\ntw");
  const search = new Search(log, "two");
  while (!search.done) search.step();
  log.append(encode("o\nand two\n"));
  search.grown();
  while (!search.done) search.step();
  assert.deepEqual(search.matches, [1, 2]);
});

test("a search over many slices finds as much as over one", () => {
  const line = `${"z".repeat(99)}\n`;
  const log = new LogStore();
  for (let i = 0; i < 50; ++i) log.append(encode(line.repeat(1000) + "needle\n"));
  assert.equal(find(log, "needle").length, 50);
  assert.equal(find(log, "z").length, 50_000);
});

test("a line is cut at what was found", () => {
  assert.deepEqual(cut("a Zone, a zone", "zone"), ["a ", "Zone", ", a ", "zone", ""]);
  assert.deepEqual(cut("text", ""), ["text"]);
});

test("a log shows the lines under the scroll position", () => {
  assert.deepEqual(windowOf(1000, 50 * LINE_HEIGHT, 10 * LINE_HEIGHT), {
    height: 1000 * LINE_HEIGHT,
    first: 50,
    count: 11,
    top: 50 * LINE_HEIGHT,
  });
  assert.deepEqual(windowOf(3, 0, 200), { height: 3 * LINE_HEIGHT, first: 0, count: 3, top: 0 });
});

test("a log of millions of lines can be scrolled to its last line, and to any", () => {
  const [count, room] = [2_000_000, 480];
  assert.ok(scrollHeight(count) <= 8_000_000);
  const last = windowOf(count, scrollHeight(count) - room, room);
  assert.equal(last.first + last.count, count);
  for (const line of [0, 1, 777_777, 1_500_000])
    assert.ok(Math.abs(windowOf(count, scrollTo(line, count, room), room).first - line) <= 1);
});

test("phases are read from the console, with the guest's clock", () => {
  const log = logOf(
    "[    0.000000] Booting\n[    0.114251] roxlab: phase boot\n[    0.284206] roxlab: phase loaded\n[    4.5] reboot: Power down\n",
  );
  assert.deepEqual(spansOf(log), [
    { name: "kernel", from: 0, to: 0.114251 },
    { name: "boot", from: 0.114251, to: 0.284206 },
    { name: "loaded", from: 0.284206, to: 4.5 },
  ]);
  assert.deepEqual(spansOf(logOf("no phase\n")), []);
});

test("tries to reach the server come more and more slowly, up to a limit", () => {
  const half = () => 0.5;
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 20].map((n) => backoff(n, half)),
    [500, 1000, 2000, 4000, 8000, 10_000, 10_000],
  );
});
