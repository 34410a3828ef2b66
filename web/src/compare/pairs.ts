// SPDX-License-Identifier: Apache-2.0
import type { ComparisonRow, Pair } from "../../gen/roxlab/v1/record_pb";
import { interval, pValue, percent, valueText } from "../format/number";

/** "17 of 24 seeds lower, 5 equal, 2 higher", as the experiment's own verdict says it. */
export function seedsText(pairs: readonly Pair[]): string {
  const n = pairs.length;
  const lower = pairs.filter((pair) => pair.value < pair.baseline).length;
  const higher = pairs.filter((pair) => pair.value > pair.baseline).length;
  const equal = n - lower - higher;
  if (equal === n) return `all of ${n} seeds equal`;
  const counts: [number, string][] = [
    [lower, "lower"],
    [higher, "higher"],
  ];
  counts.sort((a, b) => b[0] - a[0]);
  const [most, least] = counts as [[number, string], [number, string]];
  return (
    `${most[0]} of ${n} seeds ${most[1]}` +
    (equal ? `, ${equal} equal` : "") +
    (least[0] ? `, ${least[0]} ${least[1]}` : "")
  );
}

/** "rox-cache: linear.l3_entries after loaded −24.2 % [−29.0, −17.8], p = 0.0078". */
export function rowSentence(row: ComparisonRow): string {
  if (row.n === 0) return `${row.variant}: ${row.metric} after ${row.phase} was not measured`;
  const change =
    row.deltaPercent === undefined
      ? `${valueText(row.mean, row.unit)} instead of ${valueText(row.baselineMean, row.unit)}`
      : `${percent(row.deltaPercent)} ${interval(row.ci95)}`;
  const p = row.pValue === undefined ? "" : row.pValue < 0.0001 ? ", p < 0.0001" : `, p = ${pValue(row.pValue)}`;
  return `${row.variant}: ${row.metric} after ${row.phase} ${change}${p}`;
}
