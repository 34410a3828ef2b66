// SPDX-License-Identifier: Apache-2.0
//
// All builds, newest first; and lists of builds and runs for other pages.
import { type Build, type Run, State, Verdict } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { serverNow, useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { count, grouped } from "../format/number";
import { duration } from "../format/time";
import { statusOf } from "../format/words";
import { cameFromHere, setQuery, usePlace } from "../route";
import { Age, Badge, Choice, PageHead, Scroll, shortId } from "../ui/parts";
import { Empty, Show } from "../ui/states";

const took = (job: { startedMs: bigint; finishedMs: bigint }): string =>
  job.startedMs === 0n
    ? "–"
    : duration(Number(job.finishedMs || BigInt(Math.round(serverNow()))) - Number(job.startedMs));

export function BuildList({ builds }: { builds: readonly Build[] }) {
  return (
    <Scroll label="Builds">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">build</th>
            <th scope="col">base</th>
            <th scope="col">patches</th>
            <th scope="col">what happened</th>
            <th scope="col">runner</th>
            <th scope="col" class="number">
              took
            </th>
            <th scope="col" class="number">
              asked for
            </th>
          </tr>
        </thead>
        <tbody>
          {builds.map((build) => (
            <tr key={build.id}>
              <td class="nowrap">
                <Badge status={statusOf(build)} />
              </td>
              <th scope="row" class="mono">
                <a href={`/builds/${build.id}`}>{shortId(build.id)}</a>
              </th>
              <td data-label="base">{build.base}</td>
              <td data-label="patches">
                {build.patches.length ? count(build.patches.length, "patch", "patches") : <span class="dim">none</span>}
              </td>
              <td>
                {build.failure?.summary ? `${build.failure.kind}: ${build.failure.summary}` : build.progress?.stage}
              </td>
              <td data-label="runner">{build.runner}</td>
              <td class="number" data-label="took">
                {took(build)}
              </td>
              <td class="number" data-label="asked for">
                <Age ms={build.createdMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function RunList({ runs }: { runs: readonly Run[] }) {
  return (
    <Scroll label="Runs">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">run</th>
            <th scope="col">variant</th>
            <th scope="col">machine</th>
            <th scope="col">workload</th>
            <th scope="col" class="number">
              seed
            </th>
            <th scope="col">what happened</th>
            <th scope="col" class="number">
              took
            </th>
            <th scope="col" class="number">
              asked for
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td class="nowrap">
                <Badge status={statusOf(run)} />
              </td>
              <th scope="row" class="mono">
                <a href={`/runs/${run.id}`}>{run.id}</a>
              </th>
              <td data-label="variant">{run.variant}</td>
              <td data-label="machine">{run.machine}</td>
              <td data-label="workload">{run.workload}</td>
              <td class="number" data-label="seed">
                {String(run.seed)}
              </td>
              <td>{run.failure?.summary ? `${run.failure.kind}: ${run.failure.summary}` : run.progress?.stage}</td>
              <td class="number" data-label="took">
                {took(run)}
              </td>
              <td class="number" data-label="asked for">
                <Age ms={run.createdMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const PAGE_SIZE = 50;
const FILTERS = {
  all: {},
  open: { states: [State.QUEUED, State.RUNNING] },
  pass: { verdicts: [Verdict.PASS] },
  fail: { verdicts: [Verdict.FAIL] },
  error: { verdicts: [Verdict.ERROR] },
};
type Filter = keyof typeof FILTERS;

export function BuildsPage(_: { id: string }) {
  const { query } = usePlace();
  const asked = query.get("show") ?? "all";
  const show: Filter = asked in FILTERS ? (asked as Filter) : "all";
  const from = query.get("from") ?? "";
  const tick = useChanges([]);
  const list = useLoad(`${show} ${from}`, tick, (signal) =>
    lab.listBuilds({ pageSize: PAGE_SIZE, pageToken: from, ...FILTERS[show] }, { signal }),
  );
  return (
    <>
      <PageHead title="Builds" tab="builds">
        <span class="dim" role="status">
          {list.data && grouped(list.data.total)}
        </span>
      </PageHead>
      <div class="filters">
        <Choice
          label="Which"
          value={show}
          options={[
            { value: "all", text: "all" },
            { value: "open", text: "▸ under way" },
            { value: "pass", text: "✓ pass" },
            { value: "fail", text: "✗ fail" },
            { value: "error", text: "! error" },
          ]}
          onChange={(value) => setQuery({ show: value === "all" ? "" : value, from: "" })}
        />
      </div>
      <Show from={list} what="the builds">
        {({ builds, nextPageToken }) =>
          builds.length === 0 ? (
            <Empty title={show === "all" ? "Nothing has been built yet" : "No build is like this"}>
              <p>A build is made once for everything that goes into it, when the first experiment asks for it.</p>
            </Empty>
          ) : (
            <>
              <BuildList builds={builds} />
              {(from || nextPageToken) && (
                <nav class="pager" aria-label="Pages of the list">
                  <button type="button" disabled={!from} onClick={() => setQuery({ from: "" }, false)}>
                    First
                  </button>
                  <button type="button" disabled={!from || !cameFromHere()} onClick={() => history.back()}>
                    Back
                  </button>
                  <button
                    type="button"
                    disabled={!nextPageToken}
                    onClick={() => setQuery({ from: nextPageToken }, false)}
                  >
                    Next
                  </button>
                </nav>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}
