// SPDX-License-Identifier: Apache-2.0
//
// Where in the maps the reader is, which the address says: `at` is an address, `zoom` a step.
import { useMemo } from "preact/hooks";
import { address } from "../format/number";
import { setQuery, usePlace } from "../route";
import { CLASS_COUNT, CLASSES, type MapData, addressOf, pageOf } from "./decode";
import { type MapDiff, diffMaps, isComparable } from "./diff";
import { type View, cellOf, differencesOf, pageOfCell, sharesOf, viewOf, zoomSteps } from "./geometry";
import type { Side } from "./readout";

/** The page that an address in words is in; the map's first for anything else. */
function pageOfText(map: MapData, text: string | null): number {
  try {
    return Math.max(0, pageOf(map, BigInt(text ?? "-1")));
  } catch {
    return 0;
  }
}

const SPLIT = ["contPage", "page", "readOnly"].map((name) => (CLASSES as readonly string[]).indexOf(name));

export interface MapPlace {
  /** The first map, and the longer of both. */
  map: MapData;
  longest: MapData;
  diff?: MapDiff;
  steps: number[];
  zoom: number;
  view: View;
  cursor: number;
  /** Whether differences are lit. */
  lit: boolean;
  /** Pages of a cell: from and behind. */
  range(cell: number): [number, number];
  goTo(page: number, zoom?: number): void;
  move(cell: number): void;
  zoomBy(direction: 1 | -1, cell: number): void;
  /** To the next or previous cell that differs; without a second map: that is split. */
  jump(direction: 1 | -1): void;
  /** To what is before or after what is shown. */
  step(direction: 1 | -1): void;
}

export function useMapPlace(sides: Side[]): MapPlace {
  const { query } = usePlace();
  const map = sides[0]!.map;
  const other = sides[1]?.map;
  const longest = other && other.pages > map.pages ? other : map;
  const diff = useMemo(() => (other && isComparable(map, other) ? diffMaps(map, other) : undefined), [map, other]);
  const steps = zoomSteps(longest);
  const page = pageOfText(map, query.get("at"));
  const zoom = Math.max(0, Math.min(Math.floor(Number(query.get("zoom")) || 0), steps.length - 1));
  const outer = zoom === 0 ? 0 : Math.floor(page / steps[zoom - 1]!);
  const view = useMemo(() => viewOf(longest, zoom, page), [longest, zoom, outer]);
  const cursor = Math.max(0, Math.min(cellOf(view, page), view.cells - 1));

  const differences = useMemo(() => diff && differencesOf(diff, view), [diff, view]);
  const shares = useMemo(() => sharesOf(map, view), [map, view]);
  const isWorthALook = (cell: number): boolean =>
    differences ? differences[cell]! > 0 : SPLIT.some((shade) => shares[cell * CLASS_COUNT + shade]! > 0);
  const goTo = (to: number, zoomTo = zoom) =>
    setQuery({
      at: address(addressOf(map, Math.max(0, Math.min(to, longest.pages - 1)))),
      zoom: zoomTo ? String(zoomTo) : "",
    });
  const move = (cell: number) => goTo(pageOfCell(view, cell));
  return {
    map,
    longest,
    diff,
    steps,
    zoom,
    view,
    cursor,
    lit: query.get("light") !== "off",
    range: (cell) => [pageOfCell(view, cell), Math.min(pageOfCell(view, cell) + view.step, longest.pages)],
    goTo,
    move,
    zoomBy(direction, cell) {
      const next = zoom + direction;
      if (next >= 0 && next < steps.length) goTo(pageOfCell(view, cell), next);
    },
    jump(direction) {
      for (let i = 1; i <= view.cells; ++i) {
        const cell = (cursor + direction * i + view.cells * 2) % view.cells;
        if (isWorthALook(cell)) return move(cell);
      }
    },
    step: (direction) => goTo(view.first + direction * (steps[zoom - 1] ?? 0)),
  };
}
