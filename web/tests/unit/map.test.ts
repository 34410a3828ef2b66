// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { LinearMapSchema } from "../../gen/roxlab/v1/lab_pb";
import {
  CLASSES,
  CLASS_COUNT,
  addressOf,
  classOf,
  decodeMap,
  eachStretch,
  pageOf,
  pagesPerEntry,
  stretchAt,
} from "../../src/map/decode";
import { census, classNames, kindLine, kindText, kindsIn } from "../../src/map/describe";
import { diffMaps, isComparable } from "../../src/map/diff";
import {
  cellAt,
  cellOf,
  differencesOf,
  layoutOf,
  moveCell,
  pageOfCell,
  rowLabel,
  sharesOf,
  viewOf,
  zoomSteps,
} from "../../src/map/geometry";
import { parseOwners } from "../../src/map/owners";

const BLOCK = { level: 2, valid: true, memory: "NORMAL-TAGGED" };
const PAGE = { level: 3, valid: true, memory: "NORMAL-TAGGED" };
const GROUP = { ...PAGE, contiguous: true };
const READ_ONLY = { ...PAGE, readOnly: true };
const HOLE = { level: 3, hole: true };
const KINDS = [BLOCK, PAGE, GROUP, READ_ONLY, HOLE];
const START = 0xffff000000000000n;

/** A map with 4 KiB pages from [pages, index of KINDS] pairs. */
const mapOf = (...stretches: [number, number][]) =>
  decodeMap(
    create(LinearMapSchema, {
      start: START,
      pageBytes: 4096n,
      blockBytes: 2n << 20n,
      contiguousPages: 16,
      contiguousBlocks: 16,
      kinds: KINDS,
      pages: stretches.map(([pages]) => BigInt(pages)),
      kind: stretches.map(([, kind]) => kind),
    }),
  );

/** Two blocks, of which the second is split: 16 pages in a group, 4 read-only, the rest pages. */
const SPLIT = mapOf([512, 0], [16, 2], [4, 3], [492, 1]);

test("a map is decoded to where its stretches end", () => {
  assert.deepEqual([...SPLIT.ends], [512, 528, 532, 1024]);
  assert.equal(SPLIT.pages, 1024);
  assert.equal(SPLIT.blockPages, 512);
});

test("a map that contradicts itself is refused with what is wrong", () => {
  const message = create(LinearMapSchema, {
    start: START,
    pageBytes: 4096n,
    blockBytes: 2n << 20n,
    kinds: [BLOCK],
    pages: [1n, 1n],
    kind: [0],
  });
  assert.throws(() => decodeMap(message), /2 lengths and 1 kinds/);
  message.kind = [0, 1];
  assert.throws(() => decodeMap(message), /stretch 1 of the map has the unknown kind 1/);
  message.pageBytes = 0n;
  assert.throws(() => decodeMap(message), /no page size/);
});

test("a page is found in its stretch", () => {
  assert.equal(stretchAt(SPLIT, 0), 0);
  assert.equal(stretchAt(SPLIT, 511), 0);
  assert.equal(stretchAt(SPLIT, 512), 1);
  assert.equal(stretchAt(SPLIT, 1023), 3);
  assert.equal(stretchAt(SPLIT, 1024), 4);
});

test("a range is walked in the parts that are mapped alike", () => {
  const parts: number[][] = [];
  eachStretch(SPLIT, 520, 600, (from, to, kind) => parts.push([from, to, kind]));
  assert.deepEqual(parts, [
    [520, 528, 2],
    [528, 532, 3],
    [532, 600, 1],
  ]);
});

test("what is read-only is told apart from how large the entry is", () => {
  const classes = [
    BLOCK,
    { ...BLOCK, contiguous: true },
    PAGE,
    GROUP,
    READ_ONLY,
    HOLE,
    { ...PAGE, valid: false },
    { level: 1, valid: true },
  ];
  assert.deepEqual(
    classes.map((kind) =>
      classOf({
        contiguous: false,
        readOnly: false,
        executable: false,
        hole: false,
        valid: false,
        memory: "",
        ...kind,
      } as never),
    ),
    ["block", "contBlock", "page", "contPage", "readOnly", "invalid", "invalid", "level1"],
  );
});

test("addresses lead to pages and back, and not beyond the map", () => {
  assert.equal(addressOf(SPLIT, 512), START + (2n << 20n));
  assert.equal(pageOf(SPLIT, START + 0x1234n), 1);
  assert.equal(pageOf(SPLIT, START - 1n), -1);
  assert.equal(pageOf(SPLIT, START + (4n << 20n)), -1);
});

test("equal maps have no difference", () => {
  const diff = diffMaps(SPLIT, SPLIT);
  assert.equal(diff.from.length, 0);
  assert.equal(diff.pages, 0);
});

test("differences are joined where they touch, and the longer map's rest is one", () => {
  const other = mapOf([512, 0], [20, 1], [492, 1], [512, 0]);
  const diff = diffMaps(SPLIT, other);
  assert.deepEqual([...diff.from], [512, 1024]);
  assert.deepEqual([...diff.to], [532, 1536]);
  assert.equal(diff.pages, 20 + 512);
  assert.deepEqual([...diffMaps(other, SPLIT).from], [512, 1024]);
});

test("the order in which a map names its kinds is no difference", () => {
  const swapped = decodeMap(
    create(LinearMapSchema, {
      start: START,
      pageBytes: 4096n,
      blockBytes: 2n << 20n,
      kinds: [PAGE, BLOCK],
      pages: [512n, 512n],
      kind: [1, 0],
    }),
  );
  assert.equal(diffMaps(mapOf([512, 0], [512, 1]), swapped).pages, 0);
});

test("maps of different page sizes are not compared", () => {
  assert.ok(isComparable(SPLIT, mapOf([1, 0])));
  assert.ok(!isComparable(SPLIT, { ...SPLIT, pageBytes: 16384 }));
});

test("one zooms from blocks to pages, and from larger cells where there is much memory", () => {
  assert.deepEqual(zoomSteps({ pages: 1 << 20, blockPages: 512, pageBytes: 4096 }), [512, 1]); // 4 GiB
  assert.deepEqual(zoomSteps({ pages: 2 ** 28, blockPages: 512, pageBytes: 4096 }), [262144, 512, 1]); // 1 TiB
  assert.deepEqual(zoomSteps({ pages: 2 ** 16, blockPages: 8192, pageBytes: 65536 }), [8192, 1]);
});

test("a step further in shows what one cell held", () => {
  const map = { pages: 1300, blockPages: 512, pageBytes: 4096 };
  assert.deepEqual(viewOf(map, 0, 700), { zoom: 0, first: 0, step: 512, cells: 3 });
  assert.deepEqual(viewOf(map, 1, 700), { zoom: 1, first: 512, step: 1, cells: 512 });
  assert.deepEqual(viewOf(map, 1, 1299), { zoom: 1, first: 1024, step: 1, cells: 276 });
  assert.equal(cellOf(viewOf(map, 1, 700), 700), 188);
  assert.equal(pageOfCell(viewOf(map, 0, 0), 2), 1024);
});

test("cells know how much of them is mapped how", () => {
  const shares = sharesOf(SPLIT, viewOf(SPLIT, 0, 0));
  const of = (cell: number) => Object.fromEntries(CLASSES.map((name, i) => [name, shares[cell * CLASS_COUNT + i]]));
  assert.deepEqual(of(0), { level1: 0, contBlock: 0, block: 512, contPage: 0, page: 0, readOnly: 0, invalid: 0 });
  assert.deepEqual(of(1), { level1: 0, contBlock: 0, block: 0, contPage: 16, page: 492, readOnly: 4, invalid: 0 });
});

test("every page of a map is in exactly one cell, at each zoom", () => {
  for (const zoom of [0, 1]) {
    const view = viewOf(SPLIT, zoom, 600);
    const total = sharesOf(SPLIT, view).reduce((sum, pages) => sum + pages, 0);
    assert.equal(total, zoom === 0 ? 1024 : 512);
  }
});

test("cells know how much of them differs", () => {
  const diff = diffMaps(SPLIT, mapOf([508, 0], [4, 1], [16, 2], [4, 3], [492, 1]));
  assert.deepEqual([...differencesOf(diff, viewOf(SPLIT, 0, 0))], [4, 0]);
  assert.deepEqual([...differencesOf(diff, viewOf(SPLIT, 1, 508))].slice(506), [0, 0, 1, 1, 1, 1]);
});

test("rows hold a power of two of cells, and fit", () => {
  for (const [cells, width] of [
    [512, 1200],
    [2048, 1200],
    [2048, 360],
    [8192, 2500],
    [1, 300],
  ] as const) {
    const layout = layoutOf(cells, width, 60);
    assert.equal(Math.log2(layout.columns) % 1, 0);
    assert.ok(layout.width <= width, `${layout.width} in ${width}`);
    assert.ok(layout.columns * layout.rows >= cells);
  }
});

test("rows are labelled with their exact distance from the first", () => {
  assert.equal(rowLabel(0, 128 << 10), "+0");
  assert.equal(rowLabel(9 * (128 << 10), 128 << 10), "+1,152 K");
  assert.equal(rowLabel(3 * (64 << 20), 64 << 20), "+192 M");
});

test("a point leads to the cell that is drawn there", () => {
  const layout = layoutOf(512, 1200, 60);
  const [x, y] = [layout.left + 3.5 * layout.size, 1.5 * layout.size];
  assert.equal(cellAt(layout, 512, x, y), layout.columns + 3);
  assert.equal(cellAt(layout, 512, 10, y), -1);
  assert.equal(cellAt(layout, 512, x, layout.height + 5), -1);
});

test("keys move within the cells", () => {
  assert.equal(moveCell("ArrowRight", 5, 10, 4), 6);
  assert.equal(moveCell("ArrowRight", 9, 10, 4), 9);
  assert.equal(moveCell("ArrowUp", 5, 10, 4), 1);
  assert.equal(moveCell("ArrowUp", 1, 10, 4), 1);
  assert.equal(moveCell("PageDown", 1, 10, 4), 9);
  assert.equal(moveCell("PageUp", 9, 10, 4), 1);
  assert.equal(moveCell("End", 0, 10, 4), 9);
  assert.equal(moveCell("x", 0, 10, 4), undefined);
});

test("classes are named by what they are with the map's page size", () => {
  const names = classNames(SPLIT);
  assert.deepEqual(
    [names.level1, names.contBlock, names.block, names.contPage, names.page],
    ["1G block", "32M contiguous", "2M block", "64K contiguous", "4K page"],
  );
  const large = classNames({ ...SPLIT, pageBytes: 65536, blockPages: 8192, contiguousPages: 32, contiguousBlocks: 32 });
  assert.deepEqual([large.block, large.contPage, large.page], ["512M block", "2M contiguous", "64K page"]);
});

test("a cell is told in words, what is most of it first", () => {
  const [most, ...others] = kindsIn(SPLIT, 512, 1024);
  assert.equal(kindLine(most!), "492 × 4K page, writable, NX, NORMAL-TAGGED");
  assert.equal(kindText(SPLIT, others[0]!.kind), "4K page in a 64K contiguous group, writable, NX, NORMAL-TAGGED");
  assert.equal(kindLine(others[1]!), "4 × 4K page, read-only, NX, NORMAL-TAGGED");
  assert.equal(kindLine(kindsIn(SPLIT, 3, 4)[0]!), "2M block, writable, NX, NORMAL-TAGGED");
});

test("a census counts entries, not pages", () => {
  const counts = Object.fromEntries(census(SPLIT).map(({ name, entries }) => [name, entries]));
  assert.deepEqual(counts, { level1: 0, contBlock: 0, block: 1, contPage: 16, page: 492, readOnly: 4, invalid: 0 });
  assert.equal(pagesPerEntry(SPLIT, SPLIT.kinds[0]!), 512);
});

test("owners are found by their block, and an unknown field is no hindrance", () => {
  const { blocks } = parseOwners(
    '{"phase":"loaded","block_bytes":"2097152","new_field":1,"owners":[{"kind":"MODULE_TEXT","name":"zstd_compress","blocks":"2","pages":"93"}],' +
      `"blocks":[{"start":"${START + (2n << 20n)}","entries":"512","shares":[{"owner":0,"pages":"93"}]}]}`,
  );
  assert.deepEqual(blocks.get(START + (2n << 20n)), {
    entries: 512,
    alike: false,
    owners: ["zstd_compress (module text, 93 pages)"],
  });
});
