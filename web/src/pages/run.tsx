// SPDX-License-Identifier: Apache-2.0
//
// One run: what happened, what was counted, what it said, and how to do it again.
import { useMemo } from "preact/hooks";
import { type Run, State } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { serverNow, useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { count } from "../format/number";
import { shellQuote } from "../format/shell";
import { stamp } from "../format/time";
import { statusOf } from "../format/words";
import { LogView, useLog } from "../log/view";
import { Artifacts, FailureBox, Metrics, Tests, Timeline } from "../run/parts";
import { spansOf } from "../run/timeline";
import { Badge, Code, PageHead, Section, shortId } from "../ui/parts";
import { Show } from "../ui/states";

function Body({ run }: { run: Run }) {
  const open = run.state !== State.DONE;
  const source = useLog(run.id, open);
  const spans = useMemo(() => spansOf(source.log), [source.log, source.version]);
  const [, number = ""] = /-(\d+)$/.exec(run.id) ?? [];
  return (
    <>
      <PageHead
        tab={`run ${run.id}`}
        crumbs={
          <>
            <a href="/">Experiments</a> / <a href={`/experiments/${run.experiment}`}>{run.experiment}</a> / run {number}
          </>
        }
        title={`${run.variant}, seed ${run.seed}`}
        actions={
          run.snapshots.length > 0 && (
            <a class="button" href={`/map/${run.id}`}>
              Linear map
            </a>
          )
        }
      >
        <Badge status={statusOf(run)} big />
        <code class="dim">{run.id}</code>
        {open && run.progress?.stage && <span role="status">{run.progress.stage}</span>}
      </PageHead>
      <FailureBox verdict={run.verdict} failure={run.failure} />
      <dl class="facts">
        <dt>machine</dt>
        <dd>{run.machine}</dd>
        <dt>workload</dt>
        <dd>{run.workload}</dd>
        <dt>build</dt>
        <dd>
          <a href={`/builds/${run.build}`}>{shortId(run.build)}</a>
        </dd>
        <dt>runner</dt>
        <dd>
          {run.runner ? (
            <a href={`/runners/${encodeURIComponent(run.runner)}`}>{run.runner}</a>
          ) : (
            <span class="dim">none yet</span>
          )}
          {run.attempts > 1 && `, ${count(run.attempts, "attempt")}`}
        </dd>
        <dt>started</dt>
        <dd>{stamp(run.startedMs)}</dd>
      </dl>
      <Section title="Timeline">
        <Timeline run={run} spans={spans} now={serverNow()} />
      </Section>
      <Section title="Console">
        <LogView id={run.id} open={open} label="Console of the run" source={source} />
      </Section>
      {run.tests.length > 0 && (
        <Section title="Tests">
          <Tests tests={run.tests} />
        </Section>
      )}
      <Section title="Page tables after each phase">
        <Metrics snapshots={run.snapshots} />
      </Section>
      <Section title="How to see it again">
        <p class="note">
          A plain shell script that builds the kernel, boots it and compares the dumps, without roxlab:
        </p>
        <Code label="Command that does the run again" text={`roxlab reproduce ${run.id} > run.sh && sh run.sh`} />
        {run.argv.length > 0 && (
          <>
            <p class="note">
              The exact command that booted it, in a directory with the artifacts below and those of the build:
            </p>
            <Code label="Command that booted it" text={shellQuote(run.argv)} wrap />
          </>
        )}
      </Section>
      <Section title="Artifacts">
        <Artifacts list={run.artifacts} label="Artifacts of the run" />
      </Section>
    </>
  );
}

export function RunPage({ id }: { id: string }) {
  const tick = useChanges([id]);
  const run = useLoad(id, tick, (signal) => lab.getRun({ id }, { signal }));
  return (
    <Show from={run} what={`run ${id}`} page>
      {(data) => <Body run={data} />}
    </Show>
  );
}
