// SPDX-License-Identifier: Apache-2.0
//
// Every run of an experiment as a sign, a line for each variant and place, a column for each seed.
import type { Run } from "../../gen/roxlab/v1/record_pb";
import { distinct, placeKey } from "../format/comparison";
import { statusOf } from "../format/words";
import { Scroll } from "../ui/parts";

export function RunGrid({ runs }: { runs: readonly Run[] }) {
  const seeds = distinct(runs.map((run) => String(run.seed))).sort((a, b) => Number(a) - Number(b));
  const lines = distinct(runs.map((run) => `${run.variant}|${placeKey(run)}`));
  const byKey = new Map(runs.map((run) => [`${run.variant}|${placeKey(run)}|${run.seed}`, run]));
  return (
    <Scroll label="Runs by seed">
      <table class="runs tight">
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col">machine</th>
            <th scope="col">workload</th>
            {seeds.map((seed) => (
              <th key={seed} scope="col" class="seed">
                <span class="unseen">seed </span>
                {seed}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const [variant, machine, workload] = line.split("|");
            return (
              <tr key={line}>
                <th scope="row">{variant}</th>
                <td>{machine}</td>
                <td>{workload}</td>
                {seeds.map((seed) => {
                  const run = byKey.get(`${line}|${seed}`);
                  if (!run) return <td key={seed} />;
                  const { tone, sign, text } = statusOf(run);
                  return (
                    <td key={seed} class="seed">
                      <a
                        class={`sign tone-${tone}`}
                        href={`/runs/${run.id}`}
                        title={`seed ${seed}: ${text}${run.failure?.summary ? `: ${run.failure.summary}` : ""}`}
                      >
                        {sign}
                        <span class="unseen"> {text}</span>
                      </a>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
