// SPDX-License-Identifier: Apache-2.0
//
// The map in words.
import type { MapKind } from "../../gen/roxlab/v1/lab_pb";
import { bytes, grouped } from "../format/number";
import { CLASSES, type MapClass, type MapData, classOf, eachStretch, pagesPerEntry } from "./decode";

/** "4K", "2M", "1G". */
const short = (count: number): string =>
  bytes(count)
    .replace(/ ([KMGT])iB$/, "$1")
    .replace(/ B$/, "");

/** What the classes are called with this map's page size, e.g. "64K contiguous". */
export function classNames(map: MapData): Record<MapClass, string> {
  const page = map.pageBytes;
  const block = page * map.blockPages;
  return {
    level1: `${short(block * (page / 8))} block`,
    contBlock: `${short(block * map.contiguousBlocks)} contiguous`,
    block: `${short(block)} block`,
    contPage: `${short(page * map.contiguousPages)} contiguous`,
    page: `${short(page)} page`,
    readOnly: "read-only",
    invalid: "invalid",
  };
}

/** "2M block, read-only, NX, NORMAL-TAGGED". */
export function kindText(map: MapData, kind: MapKind): string {
  if (kind.hole) return "nothing mapped";
  const entry = short(pagesPerEntry(map, kind) * map.pageBytes);
  const group = kind.level >= 3 ? map.contiguousPages : map.contiguousBlocks;
  return [
    `${entry} ${kind.level >= 3 ? "page" : "block"}` +
      (kind.contiguous ? ` in a ${short(pagesPerEntry(map, kind) * group * map.pageBytes)} contiguous group` : ""),
    kind.valid ? "" : "not valid",
    kind.readOnly ? "read-only" : "writable",
    kind.executable ? "executable" : "NX",
    kind.memory,
  ]
    .filter(Boolean)
    .join(", ");
}

export interface KindCount {
  kind: MapKind;
  text: string;
  className: MapClass;
  pages: number;
  entries: number;
}

/** How [from, to) is mapped, kinds with most pages first. */
export function kindsIn(map: MapData, from: number, to: number): KindCount[] {
  const pages = new Map<number, number>();
  eachStretch(map, from, to, (start, end, kind) => pages.set(kind, (pages.get(kind) ?? 0) + end - start));
  return [...pages]
    .sort((a, b) => b[1] - a[1])
    .map(([index, total]) => {
      const kind = map.kinds[index]!;
      return {
        kind,
        text: kindText(map, kind),
        className: classOf(kind),
        pages: total,
        entries: total / pagesPerEntry(map, kind),
      };
    });
}

/** "512 entries of 4K page, writable, NX, NORMAL-TAGGED"; of part of an entry just what it is. */
export function kindLine(one: KindCount): string {
  if (one.kind.hole) return `nothing mapped (${grouped(one.pages)} pages)`;
  return one.entries <= 1 ? one.text : `${grouped(one.entries)} × ${one.text}`;
}

/** Pages and entries of each class over the whole map. */
export function census(map: MapData): { name: MapClass; pages: number; entries: number }[] {
  const all = kindsIn(map, 0, map.pages);
  return CLASSES.map((name) => {
    const mine = all.filter((one) => one.className === name);
    return {
      name,
      pages: mine.reduce((sum, one) => sum + one.pages, 0),
      entries: mine.reduce((sum, one) => sum + (one.kind.hole ? 0 : one.entries), 0),
    };
  });
}
