// SPDX-License-Identifier: Apache-2.0
//
// One build: what went in, what came out, what the compiler said.
import { type Build, type Run, State } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { count, grouped } from "../format/number";
import { duration, stamp } from "../format/time";
import { statusOf } from "../format/words";
import { LogView, useLog } from "../log/view";
import { Artifacts, FailureBox } from "../run/parts";
import { Badge, PageHead, Section, shortId } from "../ui/parts";
import { Show } from "../ui/states";
import { RunList } from "./builds";

/** What it was built for: the newest of the runs that boot it. */
function Runs({ build, tick }: { build: Build; tick: number }) {
  const runs = useLoad(build.id, tick, (signal) => lab.listRuns({ build: build.id, pageSize: 20 }, { signal }));
  return (
    <Show from={runs} what="its runs">
      {(list: { runs: Run[]; total: number }) => (
        <>
          <p class="note">
            {count(list.total, "run")}
            {list.total > list.runs.length && `; the newest ${list.runs.length}`}
          </p>
          {list.runs.length > 0 && <RunList runs={list.runs} />}
        </>
      )}
    </Show>
  );
}

function Body({ build, tick }: { build: Build; tick: number }) {
  const open = build.state !== State.DONE;
  const source = useLog(build.id, open);
  return (
    <>
      <PageHead
        tab={`build ${shortId(build.id)}`}
        crumbs={<a href="/builds">Builds</a>}
        title={<>Build {shortId(build.id)}</>}
      >
        <Badge status={statusOf(build)} big />
        {open && build.progress?.stage && (
          <span role="status">
            {build.progress.stage}
            {build.progress.total > 0n && ` ${grouped(build.progress.done)} of ${grouped(build.progress.total)}`}
          </span>
        )}
      </PageHead>
      <FailureBox verdict={build.verdict} failure={build.failure} />
      <dl class="facts">
        <dt>id</dt>
        <dd>
          <code>{build.id}</code>
        </dd>
        <dt>base</dt>
        <dd>
          {build.base} {build.baseTree && <span class="dim">(git tree {build.baseTree})</span>}
        </dd>
        <dt>compiler</dt>
        <dd>{build.compiler || build.toolchain || "–"}</dd>
        <dt>patches</dt>
        <dd>
          {build.patches.length === 0 ? (
            "none: the base as it is"
          ) : (
            <ol>
              {build.patches.map((name, i) => (
                <li key={i}>
                  <code>{name}</code>
                </li>
              ))}
            </ol>
          )}
        </dd>
        <dt>runner</dt>
        <dd>
          {build.runner ? (
            <a href={`/runners/${encodeURIComponent(build.runner)}`}>{build.runner}</a>
          ) : (
            <span class="dim">none yet</span>
          )}
        </dd>
        <dt>started</dt>
        <dd>
          {stamp(build.startedMs)}
          {build.finishedMs > 0n &&
            build.startedMs > 0n &&
            `, took ${duration(Number(build.finishedMs - build.startedMs))}`}
        </dd>
      </dl>
      <Section title="Runs">
        <Runs build={build} tick={tick} />
      </Section>
      <Section title="Log">
        <LogView id={build.id} open={open} label="Log of the build" source={source} />
      </Section>
      <Section title="What came out">
        <Artifacts list={build.artifacts} label="Artifacts of the build" />
      </Section>
      {build.inputs.length > 0 && (
        <Section title="What went in" note="patches, then configuration fragments">
          <Artifacts list={build.inputs} label="Inputs of the build" />
        </Section>
      )}
    </>
  );
}

export function BuildPage({ id }: { id: string }) {
  const tick = useChanges([id]);
  const build = useLoad(id, tick, (signal) => lab.getBuild({ id }, { signal }));
  return (
    <Show from={build} what={`build ${id}`} page>
      {(data) => <Body build={data} tick={tick} />}
    </Show>
  );
}
