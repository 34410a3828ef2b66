// SPDX-License-Identifier: Apache-2.0
import type { MapKind } from "../../gen/roxlab/v1/lab_pb";
import type { MapData } from "./decode";

/** Stretches in which two maps differ: pairs of pages, from and behind, ascending, not touching. */
export interface MapDiff {
  from: Float64Array;
  to: Float64Array;
  /** Pages in all of them. */
  pages: number;
}

const identity = (kind: MapKind): string =>
  [kind.level, kind.hole, kind.valid, kind.contiguous, kind.readOnly, kind.executable, kind.memory].join();

/** Whether two maps can be laid over each other. */
export const isComparable = (a: MapData, b: MapData): boolean =>
  a.pageBytes === b.pageBytes && a.blockPages === b.blockPages;

/** By distance from the start; where one map is longer, its rest differs. */
export function diffMaps(a: MapData, b: MapData): MapDiff {
  const names = new Map<string, number>();
  const number = (kind: MapKind) => {
    const name = identity(kind);
    if (!names.has(name)) names.set(name, names.size);
    return names.get(name)!;
  };
  const [ofA, ofB] = [a.kinds.map(number), b.kinds.map(number)];
  const from: number[] = [];
  const to: number[] = [];
  let pages = 0;
  const end = Math.max(a.pages, b.pages);
  for (let at = 0, i = 0, j = 0; at < end;) {
    const [endA, endB] = [a.ends[i] ?? end, b.ends[j] ?? end];
    const next = Math.min(endA, endB);
    const differs = i >= a.ends.length || j >= b.ends.length || ofA[a.kind[i]!] !== ofB[b.kind[j]!];
    if (differs && next > at) {
      if (to.at(-1) === at) to[to.length - 1] = next;
      else {
        from.push(at);
        to.push(next);
      }
      pages += next - at;
    }
    at = next;
    if (endA === next) ++i;
    if (endB === next) ++j;
  }
  return { from: Float64Array.from(from), to: Float64Array.from(to), pages };
}
