// SPDX-License-Identifier: Apache-2.0
//
// A LinearMap as the page works with it. Positions are pages from the map's start: a linear map of
// 2^53 pages is a long way off, so numbers do.
import type { LinearMap, MapKind } from "../../gen/roxlab/v1/lab_pb";

/** How a page is mapped, as the picture tells it apart; from the largest to the smallest entries. */
export const CLASSES = ["level1", "contBlock", "block", "contPage", "page", "readOnly", "invalid"] as const;
export type MapClass = (typeof CLASSES)[number];
export const CLASS_COUNT = CLASSES.length;

export interface MapData {
  start: bigint;
  pageBytes: number;
  pages: number;
  blockPages: number;
  contiguousPages: number;
  contiguousBlocks: number;
  kinds: MapKind[];
  /** Class of each kind, as an index of CLASSES. */
  classOf: Uint8Array;
  /** Stretch i goes from ends[i - 1] (or 0) to ends[i], in pages, and has kind[i]. */
  ends: Float64Array;
  kind: Uint32Array;
}

/** Read-only wins over the entry's size: such pages are what splits a linear map. */
export function classOf(kind: MapKind): MapClass {
  if (kind.hole || !kind.valid) return "invalid";
  if (kind.readOnly) return "readOnly";
  if (kind.level <= 1) return "level1";
  if (kind.level === 2) return kind.contiguous ? "contBlock" : "block";
  return kind.contiguous ? "contPage" : "page";
}

/** Throws on a message that contradicts itself, with what is wrong. */
export function decodeMap(message: LinearMap): MapData {
  const { kinds, pages, kind } = message;
  if (pages.length !== kind.length) throw new Error(`the map has ${pages.length} lengths and ${kind.length} kinds`);
  if (message.pageBytes <= 0n || message.blockBytes < message.pageBytes) throw new Error("the map has no page size");
  const ends = new Float64Array(pages.length);
  let end = 0;
  for (let i = 0; i < pages.length; ++i) {
    if (kind[i]! >= kinds.length) throw new Error(`stretch ${i} of the map has the unknown kind ${kind[i]}`);
    end += Number(pages[i]);
    ends[i] = end;
  }
  return {
    start: message.start,
    pageBytes: Number(message.pageBytes),
    pages: end,
    blockPages: Number(message.blockBytes / message.pageBytes),
    contiguousPages: message.contiguousPages,
    contiguousBlocks: message.contiguousBlocks,
    kinds,
    classOf: Uint8Array.from(kinds, (one) => CLASSES.indexOf(classOf(one))),
    ends,
    kind: Uint32Array.from(kind),
  };
}

/** The stretch that a page is in; the number of stretches for a page behind the end. */
export function stretchAt(map: MapData, page: number): number {
  let low = 0;
  let high = map.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map.ends[middle]! <= page) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls `each` with every stretch's part of [from, to), in order. */
export function eachStretch(
  map: MapData,
  from: number,
  to: number,
  each: (from: number, to: number, kind: number) => void,
): void {
  let at = Math.max(0, from);
  for (let i = stretchAt(map, at); i < map.ends.length && at < to; ++i) {
    const end = Math.min(map.ends[i]!, to);
    each(at, end, map.kind[i]!);
    at = end;
  }
}

/** Pages that an entry of this kind maps. */
export function pagesPerEntry(map: MapData, kind: MapKind): number {
  if (kind.level >= 3) return 1;
  return kind.level === 2 ? map.blockPages : map.blockPages * (map.pageBytes / 8);
}

export const addressOf = (map: MapData, page: number): bigint => map.start + BigInt(page) * BigInt(map.pageBytes);

/** The page that an address is in; -1 outside the map. */
export function pageOf(map: MapData, address: bigint): number {
  const page = Number((address - map.start) / BigInt(map.pageBytes));
  return address < map.start || page >= map.pages ? -1 : page;
}
