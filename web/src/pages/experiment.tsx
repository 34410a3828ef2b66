// SPDX-License-Identifier: Apache-2.0
//
// One experiment: the verdict in a sentence, then the figures, then how to see it again.
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { GetExperimentResponse } from "../../gen/roxlab/v1/lab_pb";
import { type Experiment, State, Verdict } from "../../gen/roxlab/v1/record_pb";
import { caller, mayCancel } from "../api/access";
import { lab } from "../api/client";
import { toError } from "../api/errors";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { ComparisonTables } from "../compare/table";
import { Failures, groupFailures } from "../experiment/failures";
import { Matrix } from "../experiment/matrix";
import { FORMATS, type ReportFacts, download, parseReport } from "../experiment/report";
import { RunGrid } from "../experiment/runs";
import { count, typeset } from "../format/number";
import { duration } from "../format/time";
import { ended, statusOf } from "../format/words";
import { usePlace } from "../route";
import { useStore } from "../store";
import { Age, Badge, Code, PageHead, Section, TallyBar, shortId } from "../ui/parts";
import { Failed, Loading, Show } from "../ui/states";

function CancelButton({ experiment }: { experiment: Experiment }) {
  const who = useStore(caller);
  const [asked, setAsked] = useState(false);
  const [said, setSaid] = useState("");
  if (experiment.state === State.DONE || !mayCancel(who, experiment)) return null;
  const cancel = async () => {
    try {
      const { cancelled } = await lab.cancelExperiment({ id: experiment.id });
      setSaid(`cancelled ${cancelled} of its builds and runs`);
    } catch (error) {
      setSaid(toError(error).rawMessage);
    }
    setAsked(false);
  };
  if (said) return <span role="status">{said}</span>;
  if (!asked)
    return (
      <button type="button" onClick={() => setAsked(true)}>
        Cancel…
      </button>
    );
  return (
    <>
      <button type="button" class="primary" onClick={cancel}>
        Cancel what is not done
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        Keep it
      </button>
    </>
  );
}

function Export({ experiment }: { experiment: Experiment }) {
  const [said, setSaid] = useState("");
  const save = async (format: string, ending: string) => {
    setSaid("");
    try {
      await download(experiment.id, format, `${experiment.name}-${experiment.id}.${ending}`);
    } catch (error) {
      setSaid(toError(error).rawMessage);
    }
  };
  return (
    <span class="row">
      <span class="dim">report as</span>
      {FORMATS.map(({ format, text, ending }) => (
        <button key={format} type="button" onClick={() => save(format, ending)}>
          {text}
        </button>
      ))}
      {said && <span role="alert">{said}</span>}
    </span>
  );
}

/** What stands above all else: the verdict, or how far it is. */
function Lead({ state }: { state: GetExperimentResponse }) {
  const experiment = state.experiment!;
  if (experiment.state === State.DONE)
    return <p class="verdict">{typeset(experiment.summary) || "It has ended; there is nothing to say about it."}</p>;
  const stages = [...state.builds, ...state.runs]
    .filter((job) => job.state === State.RUNNING && job.progress?.stage)
    .map(
      (job) =>
        `${shortId(job.id)}: ${job.progress!.stage}${job.progress!.total ? ` ${job.progress!.done}/${job.progress!.total}` : ""}`,
    );
  return (
    <div class="verdict-open">
      <p class="row">
        <span>builds</span> <TallyBar tally={experiment.builds} what="builds" />
        <span>runs</span> <TallyBar tally={experiment.runs} what="runs" />
      </p>
      {experiment.summary && <p>{typeset(experiment.summary)}</p>}
      {stages.length > 0 && <p class="dim mono">{stages.slice(0, 4).join(" · ")}</p>}
    </div>
  );
}

function BuildFacts({ state, report }: { state: GetExperimentResponse; report?: ReportFacts }) {
  return (
    <dl class="facts">
      {state.builds.map((build) => {
        const names = new Set(state.runs.filter((run) => run.build === build.id).map((run) => run.variant));
        return (
          <Fragment key={build.id}>
            <dt>{[...names].join(", ") || "–"}</dt>
            <dd>
              <a href={`/builds/${build.id}`}>build {shortId(build.id)}</a>: {build.base}
              {build.baseTree && ` (git tree ${shortId(build.baseTree)})`},{" "}
              {build.patches.length ? count(build.patches.length, "patch", "patches") : "no patch"}
              {build.compiler && `, ${build.compiler}`}
            </dd>
          </Fragment>
        );
      })}
      {report?.machines.map((machine) => (
        <Fragment key={machine.name}>
          <dt>{machine.name}</dt>
          <dd>
            {machine.qemuVersion || "QEMU of an unknown version"}; <a href={`/runs/${machine.run}`}>a run's command</a>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Body({ state }: { state: GetExperimentResponse }) {
  const experiment = state.experiment!;
  const { query } = usePlace();
  const id = experiment.id;
  // Figures change when a run has ended, not with every stage of one.
  const news = ended(experiment.runs) + (experiment.state === State.DONE ? 1 : 0);
  const comparison = useLoad(id, news, (signal) => lab.compare({ id }, { signal }));
  const report = useLoad(id, news, async (signal) =>
    parseReport((await lab.getReport({ id, format: "json" }, { signal })).content),
  );
  const pairs = useLoad(query.get("row") ? id : "", news, (signal) => lab.compare({ id, pairs: true }, { signal }));
  const groups = groupFailures(state);
  const mapRun = state.runs.find((run) => run.verdict === Verdict.PASS);
  const beside =
    mapRun &&
    state.runs.find(
      (run) =>
        run.verdict === Verdict.PASS &&
        run.variant !== mapRun.variant &&
        run.machine === mapRun.machine &&
        run.workload === mapRun.workload &&
        run.seed === mapRun.seed,
    );
  const took = Number(experiment.finishedMs - experiment.createdMs);

  return (
    <>
      <PageHead
        tab={experiment.name}
        crumbs={<a href="/">Experiments</a>}
        title={experiment.name}
        actions={
          <>
            {mapRun && (
              <a class="button" href={`/map/${mapRun.id}${beside ? `?beside=${beside.id}` : ""}`}>
                Linear map
              </a>
            )}
            <a class="button" href={`/compare?candidate=${id}`}>
              Compare with…
            </a>
            <CancelButton experiment={experiment} />
          </>
        }
      >
        <Badge status={statusOf(experiment)} big />
        <code class="dim">{id}</code>
        <span class="dim">
          handed in <Age ms={experiment.createdMs} />
          {experiment.submitter && ` by ${experiment.submitter}`}
          {experiment.finishedMs > 0n && `, took ${duration(took)}`}
        </span>
      </PageHead>
      {experiment.title && <p class="dim">{experiment.title}</p>}
      <Lead state={state} />
      {report.data && experiment.state === State.DONE && (
        <ul class="claims prose" aria-label="What was claimed, and whether it holds">
          {report.data.claims.map((claim) => (
            <li key={claim}>{typeset(claim)}</li>
          ))}
        </ul>
      )}
      {groups.length > 0 && (
        <Section title="What failed and why">
          <Failures groups={groups} />
        </Section>
      )}
      <Section title="Variants, machines, workloads">
        <Matrix state={state} comparison={comparison.data} />
      </Section>
      <Section
        title="Comparison"
        note="a row opens to its pairs, and a value leads to its run"
        aside={<Export experiment={experiment} />}
      >
        {comparison.data ? (
          <ComparisonTables comparison={comparison.data} pairs={pairs} />
        ) : comparison.error ? (
          <Failed error={comparison.error} what="the comparison" again={comparison.again} />
        ) : (
          <Loading what="the comparison" />
        )}
      </Section>
      <Section title="Runs" note={count(state.runs.length, "run")}>
        <RunGrid runs={state.runs} />
      </Section>
      <Section title="Measured with">
        <BuildFacts state={state} report={report.data} />
      </Section>
      {report.data && (
        <Section title="How to see it again">
          {report.data.reproduce.length > 0 ? (
            <>
              <p class="note">
                A script without roxlab that builds and boots one run and compares its dumps of the page tables:
              </p>
              <Code label="Commands that do runs again" text={report.data.reproduce.join("\n")} />
            </>
          ) : (
            <p class="note">No run has passed, so there is nothing to do again.</p>
          )}
          <details class="same">
            <summary>How to read the figures</summary>
            <ul class="prose">
              {report.data.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </details>
        </Section>
      )}
    </>
  );
}

export function ExperimentPage({ id }: { id: string }) {
  const tick = useChanges([id]);
  const state = useLoad(id, tick, (signal) => lab.getExperiment({ id }, { signal }));
  return (
    <Show from={state} what={`experiment ${id}`} page>
      {(data) => <Body state={data} />}
    </Show>
  );
}
