// SPDX-License-Identifier: Apache-2.0
//
// Rows of a comparison as report/ tells them.
import type { Comparison, ComparisonRow } from "../../gen/roxlab/v1/record_pb";

/** No pair differs. */
export const isSame = (row: ComparisonRow): boolean =>
  row.n > 0 && row.mean === row.baselineMean && row.ci95.length === 2 && row.ci95[0] === 0 && row.ci95[1] === 0;

/** Names a row within its comparison; goes into addresses. */
export const rowKey = (row: ComparisonRow): string =>
  [row.variant, row.machine, row.workload, row.phase, row.metric].join("|");

export const placeKey = (row: { machine: string; workload: string }): string => `${row.machine}|${row.workload}`;

/** What the reader has asked for. Empty: no such limit. */
export interface RowFilter {
  all: boolean;
  variant: string;
  machine: string;
  workload: string;
  phase: string;
  metric: string;
}

/** `metric` is part of the metric's name. */
export const isWanted = (row: ComparisonRow, filter: RowFilter): boolean =>
  (filter.all || filter.metric !== "" || row.key) &&
  (!filter.variant || row.variant === filter.variant) &&
  (!filter.machine || row.machine === filter.machine) &&
  (!filter.workload || row.workload === filter.workload) &&
  (!filter.phase || row.phase === filter.phase) &&
  row.metric.includes(filter.metric);

/** The rows of one machine and workload. */
export interface PlaceRows {
  machine: string;
  workload: string;
  rows: ComparisonRow[];
}

/** By place, in the order in which places first come; those of one phase and metric together. */
export function byPlace(rows: readonly ComparisonRow[]): PlaceRows[] {
  const places = new Map<string, PlaceRows>();
  for (const row of rows) {
    const place = places.get(placeKey(row)) ?? { machine: row.machine, workload: row.workload, rows: [] };
    place.rows.push(row);
    places.set(placeKey(row), place);
  }
  for (const place of places.values()) {
    const order = [...new Set(place.rows.map((row) => `${row.phase}|${row.metric}`))];
    const rank = new Map(order.map((name, i) => [name, i]));
    place.rows.sort((a, b) => rank.get(`${a.phase}|${a.metric}`)! - rank.get(`${b.phase}|${b.metric}`)!);
  }
  return [...places.values()];
}

export const distinct = (values: Iterable<string>): string[] => [...new Set(values)];

/** The row that says how much `variant` changes `metric` after `phase` in a place. */
export const findRow = (
  comparison: Comparison | undefined,
  variant: string,
  place: string,
  phase: string,
  metric: string,
) =>
  comparison?.rows.find(
    (row) => row.variant === variant && placeKey(row) === place && row.phase === phase && row.metric === metric,
  );

/** The scale of a small drawing of intervals: symmetric around zero, percent. */
export function reach(rows: readonly ComparisonRow[]): number {
  let most = 1;
  for (const row of rows) for (const end of row.ci95) if (Number.isFinite(end)) most = Math.max(most, Math.abs(end));
  return Math.min(most, 100);
}
