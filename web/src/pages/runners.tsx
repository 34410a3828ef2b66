// SPDX-License-Identifier: Apache-2.0
//
// Who does the work: runners, boards, and what waits for them.
import type { ListBuildsResponse, ListRunsResponse } from "../../gen/roxlab/v1/lab_pb";
import { type BoardRecord, BoardState, type Runner, State } from "../../gen/roxlab/v1/record_pb";
import { caller, isAdmin } from "../api/access";
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { count, grouped } from "../format/number";
import { BOARD_WORD, runnerStatus } from "../format/words";
import { RunnerState, RunnerSwitch, Signs } from "../runner/state";
import { useStore } from "../store";
import { Age, PageHead, Scroll, Section, shortId } from "../ui/parts";
import { Empty, Show } from "../ui/states";
import { BuildList, RunList } from "./builds";

/** A build has a hash for an id, a run an experiment's id and a number. */
export const jobHref = (id: string): string => (id.includes("-") ? `/runs/${id}` : `/builds/${id}`);

export function RunnerTable({ runners }: { runners: readonly Runner[] }) {
  const admin = isAdmin(useStore(caller));
  return (
    <Scroll label="Runners">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">runner</th>
            <th scope="col">does now</th>
            <th scope="col" class="number">
              build slots
            </th>
            <th scope="col" class="number">
              run slots
            </th>
            <th scope="col">bases</th>
            <th scope="col">tags</th>
            <th scope="col">version</th>
            <th scope="col" class="number">
              last word
            </th>
            {admin && (
              <th scope="col">
                <span class="unseen">pause or resume</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {runners.map((runner) => (
            <tr key={runner.name}>
              <td>
                <RunnerState runner={runner} />
              </td>
              <th scope="row">
                <a href={`/runners/${encodeURIComponent(runner.name)}`}>{runner.name}</a>
              </th>
              <td>
                {runner.jobs.length === 0 ? (
                  <span class="dim">nothing</span>
                ) : (
                  runner.jobs.map((id) => (
                    <a key={id} class="mono" href={jobHref(id)}>
                      {shortId(id)}{" "}
                    </a>
                  ))
                )}
              </td>
              <td class="number" data-label="build slots">
                {runner.buildSlots}
              </td>
              <td class="number" data-label="run slots">
                {runner.runSlots}
              </td>
              <td data-label="bases">{runner.bases.join(", ")}</td>
              <td data-label="tags">
                <code>{runner.tags.join(" ")}</code>
              </td>
              <td data-label="version">{runner.version}</td>
              <td class="number" data-label="last word">
                <Age ms={runner.seenMs} />
              </td>
              {admin && (
                <td>
                  <RunnerSwitch runner={runner} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const AWAY = runnerStatus({ online: false, state: 0 });

const BOARD_TONE: Record<BoardState, [string, string]> = {
  [BoardState.BOARD_STATE_UNSPECIFIED]: ["queued", "?"],
  [BoardState.BOARD_READY]: ["pass", "●"],
  [BoardState.BOARD_BUSY]: ["running", "▸"],
  [BoardState.BOARD_RESERVED]: ["running", "◇"],
  [BoardState.BOARD_RECOVERING]: ["queued", "↻"],
  [BoardState.BOARD_QUARANTINED]: ["fail", "✗"],
};

export function BoardTable({ boards }: { boards: readonly BoardRecord[] }) {
  return (
    <Scroll label="Boards">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">board</th>
            <th scope="col">why</th>
            <th scope="col">run</th>
            <th scope="col">runner</th>
            <th scope="col">tags</th>
            <th scope="col">resident kernel</th>
            <th scope="col" class="number">
              since
            </th>
          </tr>
        </thead>
        <tbody>
          {boards.map((board) => {
            const [tone, sign] = BOARD_TONE[board.state];
            const kind = board.machine?.kind;
            return (
              <tr key={board.machine?.name}>
                <td class={`nowrap tone-${tone}`}>
                  {sign} {BOARD_WORD[board.state]}
                </td>
                <th scope="row">
                  {board.machine?.name}
                  {board.machine?.title && <div class="dim">{board.machine.title}</div>}
                </th>
                <td>{board.reason}</td>
                <td>
                  {board.run && (
                    <a class="mono" href={`/runs/${board.run}`}>
                      {board.run}
                    </a>
                  )}
                </td>
                <td data-label="runner">
                  {board.runner} {!board.online && <Signs list={AWAY} />}
                </td>
                <td data-label="tags">
                  <code>{board.machine?.tags.join(" ")}</code>
                </td>
                <td data-label="resident kernel">{kind?.case === "board" ? kind.value.resident : ""}</td>
                <td class="number" data-label="since">
                  <Age ms={board.sinceMs} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Builds and runs that wait or are under way. */
export function Queue({ builds, runs }: { builds: ListBuildsResponse; runs: ListRunsResponse }) {
  if (builds.total + runs.total === 0) return <p class="note">Nothing waits and nothing is under way.</p>;
  return (
    <>
      <p class="note">
        {count(builds.total, "build")}, {count(runs.total, "run")}
        {runs.total > runs.runs.length && ` (the ${grouped(runs.runs.length)} newest are shown)`}
      </p>
      {builds.builds.length > 0 && <BuildList builds={builds.builds} />}
      {runs.runs.length > 0 && <RunList runs={runs.runs} />}
    </>
  );
}

const OPEN = [State.QUEUED, State.RUNNING];

export function RunnersPage(_: { id: string }) {
  const tick = useChanges([]);
  const runners = useLoad("runners", tick, (signal) => lab.listRunners({}, { signal }));
  const boards = useLoad("boards", tick, (signal) => lab.listBoards({}, { signal }));
  const queue = useLoad("queue", tick, async (signal) => {
    const [builds, runs] = await Promise.all([
      lab.listBuilds({ states: OPEN, pageSize: 20 }, { signal }),
      lab.listRuns({ states: OPEN, pageSize: 50 }, { signal }),
    ]);
    return { builds, runs };
  });
  return (
    <>
      <PageHead title="Runners and boards" tab="runners" />
      <Show from={runners} what="the runners">
        {({ runners: list }) =>
          list.length === 0 ? (
            <Empty title="No runner has ever called">
              <p>
                Work waits until one does: start <code>roxlab-runner</code> where kernels can be built and booted.
              </p>
            </Empty>
          ) : (
            <RunnerTable runners={list} />
          )
        }
      </Show>
      <Section title="Boards">
        <Show from={boards} what="the boards">
          {({ boards: list }) =>
            list.length === 0 ? (
              <p class="note">No runner has announced a board (docs/boards.md says how one comes in).</p>
            ) : (
              <BoardTable boards={list} />
            )
          }
        </Show>
      </Section>
      <Section title="Queue">
        <Show from={queue} what="the queue">
          {(data) => <Queue {...data} />}
        </Show>
      </Section>
    </>
  );
}
