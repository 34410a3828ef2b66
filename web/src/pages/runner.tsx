// SPDX-License-Identifier: Apache-2.0
//
// One runner: what it does and what it did.
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { PageHead, Section } from "../ui/parts";
import { Empty, Show } from "../ui/states";
import { BuildList, RunList } from "./builds";
import { BoardTable, RunnerTable } from "./runners";

export function RunnerPage({ id }: { id: string }) {
  const tick = useChanges([]);
  const runners = useLoad(id, tick, (signal) => lab.listRunners({}, { signal }));
  const boards = useLoad(id, tick, (signal) => lab.listBoards({}, { signal }));
  const runs = useLoad(id, tick, (signal) => lab.listRuns({ runner: id, pageSize: 50 }, { signal }));
  const builds = useLoad(id, tick, (signal) => lab.listBuilds({ runner: id, pageSize: 20 }, { signal }));
  const mine = boards.data?.boards.filter((board) => board.runner === id) ?? [];
  return (
    <>
      <PageHead tab={`runner ${id}`} crumbs={<a href="/runners">Runners</a>} title={id} />
      <Show from={runners} what="the runners">
        {(data) => {
          const one = data.runners.filter((runner) => runner.name === id);
          return one.length ? (
            <RunnerTable runners={one} />
          ) : (
            <Empty title="The server does not know this runner now">
              <p>Since the server started, none of this name has called. What it did before is below.</p>
            </Empty>
          );
        }}
      </Show>
      {mine.length > 0 && (
        <Section title="Its boards">
          <BoardTable boards={mine} />
        </Section>
      )}
      <Section title="Its runs" note="newest first">
        <Show from={runs} what="its runs">
          {(data) => (data.runs.length ? <RunList runs={data.runs} /> : <p class="note">None.</p>)}
        </Show>
      </Section>
      <Section title="Its builds" note="newest first">
        <Show from={builds} what="its builds">
          {(data) => (data.builds.length ? <BuildList builds={data.builds} /> : <p class="note">None.</p>)}
        </Show>
      </Section>
    </>
  );
}
