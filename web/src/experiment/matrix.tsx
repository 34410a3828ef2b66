// SPDX-License-Identifier: Apache-2.0
//
// Variants x machines x workloads: one metric at a glance, and how many runs there were.
import type { GetExperimentResponse } from "../../gen/roxlab/v1/lab_pb";
import { type Comparison, type Run, State, Verdict } from "../../gen/roxlab/v1/record_pb";
import { distinct, findRow, placeKey, rowKey } from "../format/comparison";
import { interval, percent, valueText } from "../format/number";
import { status, verdictStatus } from "../format/words";
import { setQuery, usePlace } from "../route";
import { Badge, Scroll, Select } from "../ui/parts";

interface Counts {
  total: number;
  passed: number;
  failed: number;
  errors: number;
  open: number;
}

function countRuns(runs: readonly Run[]): Counts {
  const of = (verdict: Verdict) => runs.filter((run) => run.verdict === verdict).length;
  return {
    total: runs.length,
    passed: of(Verdict.PASS),
    failed: of(Verdict.FAIL),
    errors: of(Verdict.ERROR),
    open: runs.filter((run) => run.state !== State.DONE).length,
  };
}

/** "8 runs", "7/8 passed, 1 failed". */
function runsText({ total, passed, failed, errors, open }: Counts): string {
  if (passed === total) return `${total} of ${total} passed`;
  const more = [failed && `${failed} failed`, errors && `${errors} errors`, open && `${open} open`].filter(Boolean);
  return [`${passed} of ${total} passed`, ...more].join(", ");
}

/** What the matrix shows at first: what was expected, else the entries that all this is about. */
export function firstMetric(state: GetExperimentResponse, comparison: Comparison | undefined): string {
  const expected = state.experiment?.spec?.expect.find((one) => one.metric);
  if (expected) return `${expected.phase}|${expected.metric}`;
  const rows = comparison?.rows.filter((row) => row.metric === "linear.l3_entries") ?? [];
  const row = rows.find((one) => one.phase === "loaded") ?? rows.at(-1) ?? comparison?.rows[0];
  return row ? `${row.phase}|${row.metric}` : "";
}

export function Matrix({ state, comparison }: { state: GetExperimentResponse; comparison: Comparison | undefined }) {
  const { query } = usePlace();
  const chosen = query.get("matrix") ?? firstMetric(state, comparison);
  const [phase = "", metric = ""] = chosen.split("|");
  const metrics = distinct(
    (comparison?.rows ?? []).filter((row) => row.key).map((row) => `${row.phase}|${row.metric}`),
  );
  if (chosen && !metrics.includes(chosen)) metrics.unshift(chosen);
  const variants = distinct(state.runs.map((run) => run.variant));
  const places = distinct(state.runs.map(placeKey));
  const baseline = comparison?.baseline ?? "";

  const cell = (variant: string, place: string) => {
    const runs = state.runs.filter((run) => run.variant === variant && placeKey(run) === place);
    if (runs.length === 0)
      return (
        <td key={place} class="dim">
          no runs
        </td>
      );
    const counts = countRuns(runs);
    const row = findRow(comparison, variant, place, phase, metric);
    const other = comparison?.rows.find(
      (one) => placeKey(one) === place && one.phase === phase && one.metric === metric && one.n > 0,
    );
    const verdict = row && verdictStatus(row.verdict);
    return (
      <td key={place}>
        {variant === baseline && other && <div class="figure">{valueText(other.baselineMean, other.unit)}</div>}
        {row && (
          <div class="figure">
            <button type="button" class="plain" onClick={() => setQuery({ row: rowKey(row) })}>
              {percent(row.deltaPercent)}
            </button>{" "}
            <span class="dim">{interval(row.ci95)}</span> {verdict && <Badge status={verdict} />}
          </div>
        )}
        <div class={counts.failed ? "tone-fail" : counts.errors ? "tone-error" : "dim"}>
          {counts.failed ? `${status("fail").sign} ` : counts.errors ? `${status("error").sign} ` : ""}
          {runsText(counts)}
        </div>
      </td>
    );
  };

  return (
    <>
      {metrics.length > 1 && (
        <div class="filters">
          <Select
            label="change of"
            value={chosen}
            options={metrics.map((value) => ({ value, text: value.split("|").reverse().join(" after ") }))}
            onChange={(value) => setQuery({ matrix: value })}
          />
        </div>
      )}
      <Scroll label="Variants by machine and workload">
        <table class="matrix tight">
          <thead>
            <tr>
              <th scope="col">variant</th>
              {places.map((place) => {
                const [machine, workload] = place.split("|");
                return (
                  <th key={place} scope="col">
                    {machine}
                    <br />
                    {workload}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {variants.map((variant) => (
              <tr key={variant}>
                <th scope="row">
                  {variant}
                  {variant === baseline && <div class="dim">baseline</div>}
                </th>
                {places.map((place) => cell(variant, place))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
