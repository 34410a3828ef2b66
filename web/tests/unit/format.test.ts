// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { ComparisonRowSchema, PairSchema } from "../../gen/roxlab/v1/record_pb";
import { rowSentence, seedsText } from "../../src/compare/pairs";
import { byPlace, isSame, isWanted, reach, rowKey } from "../../src/format/comparison";
import {
  address,
  bytes,
  grouped,
  interval,
  minus,
  pValue,
  percent,
  tenths,
  typeset,
  valueText,
} from "../../src/format/number";
import { shellQuote } from "../../src/format/shell";
import { ago, duration, stamp } from "../../src/format/time";

test("figures are grouped by thousands, with one digit after the point where they are no whole number", () => {
  assert.equal(grouped(1234567), "1,234,567");
  assert.equal(grouped(999), "999");
  assert.equal(grouped(1787.9), "1,787.9");
  assert.equal(grouped(-1234.5), "\u22121,234.5");
  assert.equal(grouped(12345678901234567890n), "12,345,678,901,234,567,890");
  assert.equal(grouped(Number.NaN), "–");
});

test("a tie goes to the even digit, as in the reports of the server", () => {
  assert.equal(tenths(500.25), "500.2");
  assert.equal(tenths(500.75), "500.8");
  assert.equal(tenths(-1271.25), "-1271.2");
  assert.equal(tenths(0.25), "0.2");
  assert.equal(tenths(0.35), "0.3"); // Less than 0.35 in binary.
});

test("values in bytes are told in KiB", () => {
  assert.equal(valueText(54784, "bytes"), "53.5 KiB");
  assert.equal(valueText(20480, "bytes"), "20 KiB");
  assert.equal(valueText(5824, "entries"), "5,824");
});

test("changes carry their sign, a real minus, and one digit", () => {
  assert.equal(percent(-24.18), "\u221224.2 %");
  assert.equal(percent(0), "+0.0 %");
  assert.equal(percent(undefined), "–");
  assert.equal(interval([-29.04, 17.8]), "[\u221229.0, +17.8]");
  assert.equal(interval([]), "–");
  assert.equal(minus("rox-cache"), "rox-cache");
});

test("words of the server get real minus signs before figures, and only there", () => {
  assert.equal(
    typeset("rox-cache-7.2: linear.l3_entries after loaded -24.2 % [-29.0, -17.8], p = 1e-05, seeds 1-8"),
    "rox-cache-7.2: linear.l3_entries after loaded \u221224.2 % [\u221229.0, \u221217.8], p = 1e-05, seeds 1-8",
  );
});

test("p is told with four digits, and never as zero", () => {
  assert.equal(pValue(0.00781), "0.0078");
  assert.equal(pValue(0.00001), "<0.0001");
  assert.equal(pValue(1), "1.0000");
  assert.equal(pValue(undefined), "–");
});

test("sizes take the unit that fits", () => {
  assert.equal(bytes(0), "0 B");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(1n << 32n), "4 GiB");
  assert.equal(address(0xffff000012200000n), "0xffff000012200000");
});

test("durations are told in the units that people think in", () => {
  assert.equal(duration(2180), "2.2 s");
  assert.equal(duration(9960), "10 s");
  assert.equal(duration(281_000), "4 min 41 s");
  assert.equal(duration(59_700), "1 min 00 s");
  assert.equal(duration(11_100_000), "3 h 05 min");
  assert.equal(ago(0, 5_000), "just now");
  assert.equal(ago(0, 7_200_000), "2 h ago");
  assert.equal(stamp(0n), "–");
});

test("a command line is quoted so that a shell takes it apart again", () => {
  assert.equal(shellQuote(["qemu", "-append", "rodata=on x", "it's"]), "qemu -append 'rodata=on x' 'it'\\''s'");
  assert.equal(shellQuote([""]), "''");
});

const row = (changes: object) =>
  create(ComparisonRowSchema, {
    variant: "rox-cache",
    machine: "m",
    workload: "w",
    phase: "loaded",
    metric: "linear.l3_entries",
    unit: "entries",
    n: 8,
    baselineMean: 5824,
    mean: 4416,
    deltaPercent: -24.18,
    ci95: [-29, -17.8],
    pValue: 0.0078,
    ...changes,
  });

test("a row is told in one sentence, the change before its evidence", () => {
  assert.equal(
    rowSentence(row({})),
    "rox-cache: linear.l3_entries after loaded \u221224.2 % [\u221229.0, \u221217.8], p = 0.0078",
  );
  assert.equal(
    rowSentence(row({ deltaPercent: undefined, baselineMean: 0, mean: 8, pValue: 0 })),
    "rox-cache: linear.l3_entries after loaded 8 instead of 0, p < 0.0001",
  );
  assert.equal(rowSentence(row({ n: 0 })), "rox-cache: linear.l3_entries after loaded was not measured");
});

test("seeds are counted by which way they point", () => {
  const pairs = (values: number[]) =>
    values.map((value, i) => create(PairSchema, { seed: BigInt(i), baseline: 10, value }));
  assert.equal(seedsText(pairs([9, 8])), "2 of 2 seeds lower");
  assert.equal(seedsText(pairs([9, 10, 11, 8])), "2 of 4 seeds lower, 1 equal, 1 higher");
  assert.equal(seedsText(pairs([10, 10])), "all of 2 seeds equal");
});

test("rows without any difference are told apart", () => {
  assert.ok(isSame(row({ mean: 5824, ci95: [0, 0], deltaPercent: 0 })));
  assert.ok(!isSame(row({ mean: 5824, ci95: [-1, 1], deltaPercent: 0 })));
  assert.ok(!isSame(row({ n: 0, mean: 0, baselineMean: 0, ci95: [] })));
});

test("a filter by name shows rows that are hidden otherwise", () => {
  const none = { all: false, variant: "", machine: "", workload: "", phase: "", metric: "" };
  const hidden = row({ metric: "vmalloc.l3_entries" });
  assert.ok(!isWanted(hidden, none));
  assert.ok(isWanted(row({ key: true }), none));
  assert.ok(isWanted(hidden, { ...none, metric: "vmalloc" }));
  assert.ok(isWanted(hidden, { ...none, all: true }));
  assert.ok(!isWanted(hidden, { ...none, all: true, phase: "boot" }));
});

test("rows are grouped by place, those of one phase and metric together", () => {
  const rows = [row({}), row({ metric: "b" }), row({ variant: "other" }), row({ machine: "n" })];
  const places = byPlace(rows);
  assert.deepEqual(
    places.map((place) => place.machine),
    ["m", "n"],
  );
  assert.deepEqual(
    places[0]!.rows.map((one) => `${one.variant} ${one.metric}`),
    ["rox-cache linear.l3_entries", "other linear.l3_entries", "rox-cache b"],
  );
  assert.equal(rowKey(rows[0]!), "rox-cache|m|w|loaded|linear.l3_entries");
});

test("drawn intervals share a scale that holds all of them, up to all of it", () => {
  assert.equal(reach([row({}), row({ ci95: [-3, 41] })]), 41);
  assert.equal(reach([row({ ci95: [0, 900] })]), 100);
  assert.equal(reach([]), 1);
});
