// SPDX-License-Identifier: Apache-2.0
//
// From pages to cells and from cells to pixels.
import { grouped } from "../format/number";
import { CLASS_COUNT, type MapData, eachStretch } from "./decode";
import type { MapDiff } from "./diff";

/** More cells than this are too small to see. */
export const MOST_CELLS = 8192;

/**
 * Pages of a cell at each step of zooming in, coarsest first; the last one is a page, the one before
 * it a block. Coarser ones are what an entry of the next level maps.
 */
export function zoomSteps(map: Pick<MapData, "pages" | "blockPages" | "pageBytes">): number[] {
  const fanout = map.pageBytes / 8;
  const steps = [1, map.blockPages];
  while (Math.ceil(map.pages / steps.at(-1)!) > MOST_CELLS) steps.push(steps.at(-1)! * fanout);
  return steps.reverse();
}

/** The part of a map that is on the screen, as cells of the same size. */
export interface View {
  /** Index into zoomSteps(). */
  zoom: number;
  /** First page, pages of a cell, cells. */
  first: number;
  step: number;
  cells: number;
}

/** At step `zoom`, what one cell of the step before covers around `page`; all of it at step 0. */
export function viewOf(map: Pick<MapData, "pages" | "blockPages" | "pageBytes">, zoom: number, page: number): View {
  const steps = zoomSteps(map);
  const at = Math.max(0, Math.min(zoom, steps.length - 1));
  const step = steps[at]!;
  const outer = at === 0 ? map.pages : steps[at - 1]!;
  const first = at === 0 ? 0 : Math.floor(page / outer) * outer;
  const end = Math.min(first + outer, map.pages);
  return { zoom: at, first, step, cells: Math.max(0, Math.ceil((end - first) / step)) };
}

export const cellOf = (view: View, page: number): number => Math.floor((page - view.first) / view.step);
export const pageOfCell = (view: View, cell: number): number => view.first + cell * view.step;

/** Where cells are drawn, in CSS pixels: rows of 2^n cells, so that a row is a round number of bytes. */
export interface Layout {
  columns: number;
  rows: number;
  size: number;
  left: number;
  width: number;
  height: number;
}

const SMALLEST = 9;
const LARGEST = 26;
const TALLEST = 600;

/** As few columns, and so as large cells, as keep the picture on one screen. */
export function layoutOf(cells: number, width: number, left: number): Layout {
  const room = Math.max(SMALLEST * 8, width - left);
  const sizeOf = (columns: number) => Math.max(SMALLEST, Math.min(LARGEST, Math.floor(room / columns)));
  let columns = 8;
  while (columns * 2 * SMALLEST <= room && Math.ceil(cells / columns) * sizeOf(columns) > TALLEST) columns *= 2;
  const size = sizeOf(columns);
  const rows = Math.ceil(cells / columns);
  return { columns, rows, size, left, width: left + columns * size, height: rows * size };
}

/** How far a row is from the first, in the largest unit that says every row exactly: "+128 M". */
export function rowLabel(distance: number, rowBytes: number): string {
  const units = ["", " K", " M", " G", " T"];
  let unit = 0;
  while (unit + 1 < units.length && rowBytes % 1024 ** (unit + 1) === 0) ++unit;
  return `+${grouped(distance / 1024 ** unit)}${distance ? units[unit] : ""}`;
}

/** The cell under a point, -1 for none. */
export function cellAt(layout: Layout, cells: number, x: number, y: number): number {
  const column = Math.floor((x - layout.left) / layout.size);
  const row = Math.floor(y / layout.size);
  if (column < 0 || column >= layout.columns || row < 0) return -1;
  const cell = row * layout.columns + column;
  return cell < cells ? cell : -1;
}

/** Pages of each class in each cell: CLASS_COUNT numbers a cell. */
export function sharesOf(map: MapData, view: View): Float64Array {
  const shares = new Float64Array(view.cells * CLASS_COUNT);
  eachStretch(map, view.first, view.first + view.cells * view.step, (from, to, kind) => {
    const shade = map.classOf[kind]!;
    for (let at = from; at < to;) {
      const cell = cellOf(view, at);
      const end = Math.min(to, view.first + (cell + 1) * view.step);
      shares[cell * CLASS_COUNT + shade]! += end - at;
      at = end;
    }
  });
  return shares;
}

/** Pages in each cell that differ. */
export function differencesOf(diff: MapDiff, view: View): Float64Array {
  const counts = new Float64Array(view.cells);
  const end = view.first + view.cells * view.step;
  for (let i = 0; i < diff.from.length; ++i) {
    const to = Math.min(diff.to[i]!, end);
    for (let at = Math.max(diff.from[i]!, view.first); at < to;) {
      const cell = cellOf(view, at);
      const next = Math.min(to, view.first + (cell + 1) * view.step);
      counts[cell]! += next - at;
      at = next;
    }
  }
  return counts;
}

/** Where a key leads from `cell`; undefined for a key that moves nothing. */
export function moveCell(key: string, cell: number, cells: number, columns: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: cell - 1,
    ArrowRight: cell + 1,
    ArrowUp: cell - columns,
    ArrowDown: cell + columns,
    PageUp: cell - 8 * columns,
    PageDown: cell + 8 * columns,
    Home: 0,
    End: cells - 1,
  };
  const to = moves[key];
  if (to === undefined) return undefined;
  if (key.startsWith("Page")) return Math.max(cell % columns, Math.min(cells - 1, to));
  return to < 0 || to >= cells ? cell : to;
}
