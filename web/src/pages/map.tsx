// SPDX-License-Identifier: Apache-2.0
//
// How the linear map is mapped, as a picture: of one run, or of two side by side.
import { useEffect, useRef } from "preact/hooks";
import type { Run } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { type Loaded, useLoad } from "../api/load";
import { statusOf } from "../format/words";
import { type MapData, decodeMap } from "../map/decode";
import { Maps } from "../map/maps";
import { type Owners, parseOwners } from "../map/owners";
import type { Side } from "../map/readout";
import { setQuery, usePlace } from "../route";
import { Badge, Choice, PageHead, Select } from "../ui/parts";
import { Empty, Failed, Loading, Show } from "../ui/states";

/** The phases that a run has a dump of, in their order. */
export const phasesOf = (run: Run): string[] => [
  ...new Set(run.snapshots.filter((one) => one.collector !== "board").map((one) => one.phase)),
];

async function loadOwners(run: Run, phase: string, signal: AbortSignal): Promise<Owners | undefined> {
  const artifact = run.artifacts.find((one) => one.name === `owners.${phase}.json`);
  if (!artifact) return undefined;
  const response = await fetch(`/artifacts/${artifact.sha256}/${encodeURIComponent(artifact.name)}`, { signal });
  return response.ok ? parseOwners(await response.text()) : undefined;
}

/** Map and owners of a run after a phase. Maps that were seen stay, so that the slider is smooth. */
const seen = new Map<string, { map: MapData; owners?: Owners }>();
async function loadMoment(run: Run, phase: string, signal: AbortSignal) {
  const key = `${run.id}|${phase}`;
  const known = seen.get(key);
  if (known) return known;
  const [message, owners] = await Promise.all([
    lab.getLinearMap({ run: run.id, phase }, { signal }),
    loadOwners(run, phase, signal).catch(() => undefined),
  ]);
  const moment = { map: decodeMap(message), owners };
  if (seen.size > 12) seen.clear();
  seen.set(key, moment);
  return moment;
}

const nameOf = (run: Run) => `${run.variant}, seed ${run.seed}`;

function Phases({ phases, phase }: { phases: string[]; phase: string }) {
  const at = Math.max(0, phases.indexOf(phase));
  return (
    <div class="phases">
      <label class="field">
        <span class="dim">after</span>
        <input
          type="range"
          min={0}
          max={phases.length - 1}
          step={1}
          value={at}
          disabled={phases.length < 2}
          aria-valuetext={phase}
          onInput={(event) => setQuery({ phase: phases[Number(event.currentTarget.value)] ?? "" })}
        />
      </label>
      <Choice
        label="After which phase"
        value={phase}
        options={phases.map((value) => ({ value, text: value }))}
        onChange={(value) => setQuery({ phase: value })}
      />
    </div>
  );
}

/** What the second map may be: runs on the same machine, workload and seed of the same experiment. */
function Beside({ run, beside }: { run: Run; beside: string }) {
  const state = useLoad(run.experiment, 0, (signal) => lab.getExperiment({ id: run.experiment }, { signal }));
  const alike = (state.data?.runs ?? []).filter(
    (other) =>
      other.id !== run.id &&
      other.machine === run.machine &&
      other.workload === run.workload &&
      other.seed === run.seed,
  );
  const options = alike.map((other) => ({ value: other.id, text: `${other.variant} (${other.id})` }));
  if (beside && !options.some((option) => option.value === beside)) options.push({ value: beside, text: beside });
  if (options.length === 0) return null;
  return (
    <Select
      label="beside"
      value={beside}
      options={[{ value: "", text: "nothing" }, ...options]}
      onChange={(value) => setQuery({ beside: value })}
    />
  );
}

function Body({ run, second }: { run: Run; second?: Run }) {
  const { query } = usePlace();
  const phases = phasesOf(run);
  const asked = query.get("phase") ?? "";
  const phase = phases.includes(asked) ? asked : (phases.find((one) => one === "loaded") ?? phases.at(-1) ?? "");
  const a = useLoad(phase && `${run.id}|${phase}`, 0, (signal) => loadMoment(run, phase, signal));
  const b = useLoad(phase && second ? `${second.id}|${phase}` : "", 0, (signal) => loadMoment(second!, phase, signal));
  // What the slider will ask for next.
  useEffect(() => {
    if (!a.data) return;
    const stop = new AbortController();
    for (const one of second ? [run, second] : [run])
      for (const next of phases) void loadMoment(one, next, stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [a.data !== undefined, run.id, second?.id]);
  // While the slider's next map comes, the one before stays.
  const kept = useRef<Side[]>([]);
  const sides: Side[] = [];
  if (a.data) sides.push({ letter: "A", name: nameOf(run), ...a.data });
  if (a.data && second && b.data) sides.push({ letter: "B", name: nameOf(second), ...b.data });
  const whole = sides.length === (second ? 2 : 1);
  if (whole) kept.current = sides;
  const failed = [a, b].find((one: Loaded<unknown>) => one.error);

  return (
    <>
      <PageHead
        tab={`map of ${run.id}`}
        crumbs={
          <>
            <a href="/">Experiments</a> / <a href={`/experiments/${run.experiment}`}>{run.experiment}</a> /{" "}
            <a href={`/runs/${run.id}`}>{run.id}</a>
          </>
        }
        title="Linear map"
      >
        <span>
          {run.variant} on {run.machine}, workload {run.workload}, seed {String(run.seed)}
        </span>
        <Badge status={statusOf(run)} />
      </PageHead>
      {phases.length === 0 ? (
        <Empty title="This run has no dump of its page tables">
          <p>
            {run.failure?.summary
              ? `It ended before the first snapshot: ${run.failure.summary}`
              : "It has not come to its first snapshot yet."}{" "}
            <a href={`/runs/${run.id}`}>See the run</a>.
          </p>
        </Empty>
      ) : (
        <>
          <div class="filters">
            <Phases phases={phases} phase={phase} />
            <Beside run={run} beside={second?.id ?? ""} />
          </div>
          {failed?.error ? (
            <Failed error={failed.error} what={`the linear map after ${phase}`} again={failed.again} />
          ) : kept.current.length > 0 && kept.current.length === (second ? 2 : 1) ? (
            <Maps sides={kept.current} phase={phase} />
          ) : (
            <Loading what="the linear map" />
          )}
        </>
      )}
    </>
  );
}

export function MapPage({ id }: { id: string }) {
  const { query } = usePlace();
  const beside = query.get("beside") ?? "";
  const tick = useChanges(beside ? [id, beside] : [id]);
  const run = useLoad(id, tick, (signal) => lab.getRun({ id }, { signal }));
  const second = useLoad(beside, tick, (signal) => lab.getRun({ id: beside }, { signal }));
  if (second.error)
    return <Failed error={second.error} what={`run ${beside}, to be shown beside`} again={second.again} page />;
  return (
    <Show from={run} what={`run ${id}`} page>
      {(data) =>
        beside && !second.data ? (
          <Loading what={`run ${beside}`} />
        ) : (
          <Body run={data} second={beside ? second.data : undefined} />
        )
      }
    </Show>
  );
}
