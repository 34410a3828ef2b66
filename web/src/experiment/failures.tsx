// SPDX-License-Identifier: Apache-2.0
import { Fragment } from "preact";
import type { GetExperimentResponse } from "../../gen/roxlab/v1/lab_pb";
import { type Failure, Verdict } from "../../gen/roxlab/v1/record_pb";
import { count } from "../format/number";
import { status } from "../format/words";
import { Badge, shortId } from "../ui/parts";

/** What went wrong alike, with those that it happened to. */
export interface FailureGroup {
  verdict: Verdict;
  failure: Failure;
  builds: string[];
  runs: { id: string; variant: string; seed: bigint }[];
}

/** By kind and summary, in the order in which each first comes: builds before runs. */
export function groupFailures(state: GetExperimentResponse): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const groupOf = (what: { verdict: Verdict; failure?: Failure }) => {
    if ((what.verdict !== Verdict.FAIL && what.verdict !== Verdict.ERROR) || !what.failure) return undefined;
    const key = `${what.failure.kind}|${what.failure.summary}`;
    const group = groups.get(key) ?? { verdict: what.verdict, failure: what.failure, builds: [], runs: [] };
    groups.set(key, group);
    return group;
  };
  for (const build of state.builds) groupOf(build)?.builds.push(build.id);
  for (const run of state.runs) groupOf(run)?.runs.push({ id: run.id, variant: run.variant, seed: run.seed });
  return [...groups.values()];
}

const SHOWN_RUNS = 12;

export function Failures({ groups }: { groups: FailureGroup[] }) {
  return (
    <ul class="failures">
      {groups.map((group) => (
        <li key={`${group.failure.kind}|${group.failure.summary}`}>
          <p>
            <Badge status={status(group.verdict === Verdict.FAIL ? "fail" : "error")} />{" "}
            <strong>{group.failure.kind}</strong>: {group.failure.summary}
          </p>
          <p class="dim">
            {group.builds.map((id) => (
              <Fragment key={id}>
                <a href={`/builds/${id}`}>build {shortId(id)}</a>{" "}
              </Fragment>
            ))}
            {group.runs.length > 0 && `${count(group.runs.length, "run")}: `}
            {group.runs.slice(0, SHOWN_RUNS).map((run, i) => (
              <Fragment key={run.id}>
                {i > 0 && ", "}
                <a href={`/runs/${run.id}`}>
                  {run.variant} seed {String(run.seed)}
                </a>
              </Fragment>
            ))}
            {group.runs.length > SHOWN_RUNS && `, and ${group.runs.length - SHOWN_RUNS} more`}
          </p>
          {group.failure.excerpt && (
            <pre class="excerpt" tabIndex={0}>
              {group.failure.excerpt}
            </pre>
          )}
        </li>
      ))}
    </ul>
  );
}
