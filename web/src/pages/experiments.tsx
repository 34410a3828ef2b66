// SPDX-License-Identifier: Apache-2.0
//
// All experiments: what is under way, what came out.
import { type Experiment, State, Verdict } from "../../gen/roxlab/v1/record_pb";
import { caller, maySubmit } from "../api/access";
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { count, grouped, typeset } from "../format/number";
import { statusOf } from "../format/words";
import { cameFromHere, setQuery, usePlace } from "../route";
import { useStore } from "../store";
import { Age, Badge, Choice, PageHead, Scroll, SearchField, Select, TallyBar } from "../ui/parts";
import { Empty, Show } from "../ui/states";

const PAGE_SIZE = 50;

const FILTERS = {
  all: { states: [], verdicts: [] },
  open: { states: [State.QUEUED, State.RUNNING], verdicts: [] },
  pass: { states: [], verdicts: [Verdict.PASS] },
  fail: { states: [], verdicts: [Verdict.FAIL] },
  error: { states: [], verdicts: [Verdict.ERROR] },
  cancelled: { states: [], verdicts: [Verdict.CANCELLED] },
} satisfies Record<string, { states: State[]; verdicts: Verdict[] }>;
type Filter = keyof typeof FILTERS;

const FILTER_TEXT: { value: Filter; text: string }[] = [
  { value: "all", text: "all" },
  { value: "open", text: "▸ under way" },
  { value: "pass", text: "✓ pass" },
  { value: "fail", text: "✗ fail" },
  { value: "error", text: "! error" },
  { value: "cancelled", text: "– cancelled" },
];

/** What an experiment has to say, or how far it is. */
function summary(experiment: Experiment): string {
  if (experiment.summary) return typeset(experiment.summary);
  if (experiment.state !== State.DONE) {
    const { builds, runs } = experiment;
    if (builds && builds.queued + builds.running > 0) return `builds ${builds.passed} of ${builds.total}`;
    if (runs && runs.running === 0 && runs.queued === runs.total) return "waits for a runner";
    return "";
  }
  return "";
}

function Row({ experiment }: { experiment: Experiment }) {
  return (
    <tr>
      <td class="nowrap">
        <Badge status={statusOf(experiment)} />
      </td>
      <th scope="row" class="list-name">
        <a href={`/experiments/${experiment.id}`}>{experiment.name}</a> <code class="dim">{experiment.id}</code>
        {experiment.title && <div class="dim">{experiment.title}</div>}
      </th>
      <td>{summary(experiment)}</td>
      <td data-label="runs">
        <TallyBar tally={experiment.runs} what="runs" />
      </td>
      <td data-label="by">{experiment.submitter || <span class="dim">–</span>}</td>
      <td class="number" data-label="handed in">
        <Age ms={experiment.createdMs} />
      </td>
    </tr>
  );
}

export function ExperimentsPage() {
  const { query } = usePlace();
  const show = query.get("show") ?? "all";
  const filter: Filter = show in FILTERS ? (show as Filter) : "all";
  const search = query.get("search") ?? "";
  const sort = query.get("sort") ?? "newest";
  const from = query.get("from") ?? "";
  const page = Math.max(1, Number(query.get("page")) || 1);
  // Another filter starts on its first page.
  const change = (changes: Record<string, string>) => setQuery({ from: "", page: "", ...changes });

  const tick = useChanges([]);
  const list = useLoad([filter, search, sort, from].join("\n") + "\n", tick, (signal) =>
    lab.listExperiments({ pageSize: PAGE_SIZE, pageToken: from, search, sort, ...FILTERS[filter] }, { signal }),
  );
  const may = maySubmit(useStore(caller));
  const filtered = filter !== "all" || search !== "";

  return (
    <>
      <PageHead title="Experiments" tab="experiments">
        <span class="dim" role="status">
          {list.data && (filtered ? `${grouped(list.data.total)} of these` : grouped(list.data.total))}
        </span>
      </PageHead>
      <div class="filters">
        <SearchField
          label="name, title, submitter or id"
          value={search}
          onChange={(text) => change({ search: text })}
        />
        <Choice
          label="Which"
          value={filter}
          options={FILTER_TEXT}
          onChange={(value) => change({ show: value === "all" ? "" : value })}
        />
        <Select
          label="sort"
          value={sort}
          options={["newest", "oldest", "name"]}
          onChange={(value) => change({ sort: value === "newest" ? "" : value })}
        />
      </div>
      <Show from={list} what="the experiments">
        {({ experiments, nextPageToken, total }) =>
          experiments.length === 0 ? (
            filtered ? (
              <Empty title="None of the experiments is like this">
                <p>
                  Less may be more:{" "}
                  <button type="button" class="plain" onClick={() => change({ search: "", show: "" })}>
                    take the filters away
                  </button>
                  .
                </p>
              </Empty>
            ) : (
              <Empty title="Nothing has been handed in yet">
                <p>
                  An experiment compares kernel variants seed by seed.
                  {may && (
                    <>
                      {" "}
                      <a href="/submit">Submit one here</a>, or on the command line:
                    </>
                  )}
                </p>
                {may && <pre>roxlab submit rox-vs-stock --watch</pre>}
              </Empty>
            )
          ) : (
            <>
              <Scroll label="Experiments">
                <table class="stack">
                  <thead>
                    <tr>
                      <th scope="col">state</th>
                      <th scope="col">experiment</th>
                      <th scope="col">what came out</th>
                      <th scope="col">runs</th>
                      <th scope="col">by</th>
                      <th scope="col" class="number">
                        handed in
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {experiments.map((experiment) => (
                      <Row key={experiment.id} experiment={experiment} />
                    ))}
                  </tbody>
                </table>
              </Scroll>
              {(from || nextPageToken) && (
                <nav class="pager" aria-label="Pages of the list">
                  <button type="button" disabled={!from} onClick={() => setQuery({ from: "", page: "" }, false)}>
                    First
                  </button>
                  <button type="button" disabled={!from || !cameFromHere()} onClick={() => history.back()}>
                    Back
                  </button>
                  <button
                    type="button"
                    disabled={!nextPageToken}
                    onClick={() => setQuery({ from: nextPageToken, page: String(page + 1) }, false)}
                  >
                    Next
                  </button>
                  <span class="dim">
                    page {grouped(page)} of {grouped(Math.ceil(total / PAGE_SIZE))}; {count(total, "experiment")}
                  </span>
                </nav>
              )}
            </>
          )
        }
      </Show>
    </>
  );
}
