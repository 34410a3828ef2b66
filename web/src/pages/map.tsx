// SPDX-License-Identifier: Apache-2.0
//
// How the linear map is mapped, as a picture: of one run, or of two side by side.
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Run } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { type Loaded, useLoad } from "../api/load";
import { address, bytes, count, grouped } from "../format/number";
import { statusOf } from "../format/words";
import { type MapData, addressOf, decodeMap, pageOf } from "../map/decode";
import { diffMaps, isComparable } from "../map/diff";
import { type View, cellOf, differencesOf, pageOfCell, sharesOf, viewOf, zoomSteps } from "../map/geometry";
import { type Owners, parseOwners } from "../map/owners";
import { Readout, type Side } from "../map/readout";
import { Census, DiffTable, OwnerKinds, SplitTable } from "../map/tables";
import { MapView } from "../map/view";
import { setQuery, usePlace } from "../route";
import { Badge, Choice, PageHead, Section, Select } from "../ui/parts";
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

/** The cell after (or before) the cursor's that differs; without a second map: that is split. */
function nextCell(view: View, interesting: (cell: number) => boolean, from: number, direction: 1 | -1): number {
  for (let i = 1; i <= view.cells; ++i) {
    const cell = (from + direction * i + view.cells * 2) % view.cells;
    if (interesting(cell)) return cell;
  }
  return from;
}

function Maps({ sides, phase }: { sides: Side[]; phase: string }) {
  const { query } = usePlace();
  const help = useId();
  const [hover, setHover] = useState({ cell: -1, x: 0, y: 0 });
  const tip = useRef<HTMLDivElement>(null);
  const map = sides[0]!.map;
  const other = sides[1]?.map;
  const longest = other && other.pages > map.pages ? other : map;
  const diff = useMemo(() => (other && isComparable(map, other) ? diffMaps(map, other) : undefined), [map, other]);

  const steps = zoomSteps(longest);
  let wanted = -1;
  try {
    wanted = pageOf(map, BigInt(query.get("at") ?? "-1"));
  } catch {
    // Whoever wrote the address meant something else; the map's start will do.
  }
  const page = Math.max(0, wanted);
  const zoom = Math.max(0, Math.min(Number(query.get("zoom")) || 0, steps.length - 1));
  const view = useMemo(
    () => viewOf(longest, zoom, page),
    [longest, zoom, zoom === 0 ? 0 : Math.floor(page / steps[zoom - 1]!)],
  );
  const cursor = Math.max(0, Math.min(cellOf(view, page), view.cells - 1));
  const lit = query.get("light") !== "off";

  const differences = useMemo(() => diff && differencesOf(diff, view), [diff, view]);
  const shares = useMemo(() => sharesOf(map, view), [map, view]);
  const interesting = (cell: number) =>
    differences ? differences[cell]! > 0 : shares[cell * 7 + 3]! + shares[cell * 7 + 4]! + shares[cell * 7 + 5]! > 0;

  const pick = (to: number, zoomTo = zoom) =>
    setQuery({ at: address(addressOf(map, Math.min(to, longest.pages - 1))), zoom: zoomTo ? String(zoomTo) : "" });
  const move = (cell: number) => pick(pageOfCell(view, cell));
  const zoomBy = (direction: 1 | -1, cell: number) => {
    const next = zoom + direction;
    if (next >= 0 && next < steps.length) pick(pageOfCell(view, cell), next);
  };
  const jump = (direction: 1 | -1) => move(nextCell(view, interesting, cursor, direction));
  const step = (direction: 1 | -1) =>
    pick(Math.max(0, Math.min(view.first + direction * steps[zoom - 1]!, longest.pages - 1)));

  useEffect(() => {
    const element = tip.current;
    if (!element || hover.cell < 0) return;
    const left = Math.min(hover.x + 16, innerWidth - element.offsetWidth - 8);
    const top = hover.y + 20 + element.offsetHeight > innerHeight ? hover.y - element.offsetHeight - 12 : hover.y + 20;
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${Math.max(8, top)}px`;
  }, [hover]);

  const range = (cell: number): [number, number] => {
    const from = pageOfCell(view, cell);
    return [from, Math.min(from + view.step, longest.pages)];
  };
  const cellBytes = view.step * map.pageBytes;
  return (
    <>
      <div class="filters map-tools">
        <span class="row">
          <button type="button" disabled={zoom === 0} onClick={() => zoomBy(-1, cursor)} aria-label="Zoom out">
            −
          </button>
          <button
            type="button"
            disabled={zoom === steps.length - 1}
            onClick={() => zoomBy(1, cursor)}
            aria-label="Zoom in"
          >
            +
          </button>
          <span>
            {zoom === 0 ? "all" : <span class="mono">{address(addressOf(map, view.first))}</span>}{" "}
            {bytes(Math.min(view.cells * view.step, longest.pages - view.first) * map.pageBytes)}, a cell is{" "}
            <strong>{bytes(cellBytes)}</strong>
          </span>
        </span>
        {zoom > 0 && (
          <span class="row">
            <button type="button" onClick={() => step(-1)}>
              ← before
            </button>
            <button type="button" onClick={() => step(1)}>
              after →
            </button>
          </span>
        )}
        <span class="row">
          <button type="button" onClick={() => jump(-1)}>
            previous
          </button>
          <button type="button" onClick={() => jump(1)}>
            next
          </button>
          <span class="dim">{diff ? "difference" : "cell that is not in one piece"}</span>
        </span>
        {diff && (
          <label class="field">
            <input
              type="checkbox"
              checked={lit}
              onChange={(event) => setQuery({ light: event.currentTarget.checked ? "" : "off" })}
            />
            light the differences ({bytes(diff.pages * map.pageBytes)} in{" "}
            {count(diff.from.length, "stretch", "stretches")})
          </label>
        )}
      </div>
      {other && !diff && (
        <p class="tone-error">These maps have different page sizes and cannot be laid over each other.</p>
      )}
      <p id={help} class="unseen">
        Arrow keys move from cell to cell, Enter or plus zooms in, Escape or minus zooms out, n and p go to the next and
        previous {diff ? "difference" : "split cell"}. What the cell holds is told below; the same as tables follows.
      </p>
      <div class={`maps${sides.length > 1 ? " two" : ""}`}>
        {sides.map((side) => (
          <div key={side.letter}>
            <h2 class="map-name">
              {sides.length > 1 && `${side.letter}: `}
              {side.name}
            </h2>
            <MapView
              map={side.map}
              view={view}
              diff={diff}
              lit={lit}
              cursor={cursor}
              label={`Linear map of ${side.name} after ${phase}, ${grouped(view.cells)} cells of ${bytes(cellBytes)}`}
              describedBy={help}
              onCursor={move}
              onHover={(cell, x, y) => setHover({ cell, x, y })}
              onZoom={zoomBy}
              onJump={jump}
            />
          </div>
        ))}
      </div>
      <div class="readout" role="status">
        <Readout sides={sides} from={range(cursor)[0]} to={range(cursor)[1]} />
      </div>
      {hover.cell >= 0 && hover.cell < view.cells && (
        <div ref={tip} class="tip" aria-hidden="true">
          <Readout sides={sides} from={range(hover.cell)[0]} to={range(hover.cell)[1]} />
        </div>
      )}
      <Section title="How much is mapped how">
        <Census sides={sides} />
      </Section>
      {sides.map((side) => (
        <Section
          key={side.letter}
          title={`Who splits blocks${sides.length > 1 ? ` in ${side.letter}: ${side.name}` : ""}`}
        >
          <OwnerKinds side={side} />
        </Section>
      ))}
      <Section title="As tables" note="the picture, for reading">
        {diff && (
          <details class="same">
            <summary>Differences: {count(diff.from.length, "stretch", "stretches")}</summary>
            <DiffTable sides={sides} diff={diff} onPick={(to) => pick(to)} />
          </details>
        )}
        {sides.map((side) => (
          <details key={side.letter} class="same">
            <summary>Split blocks of {side.name}</summary>
            <SplitTable side={side} onPick={(to) => pick(to, steps.length - 1)} />
          </details>
        ))}
      </Section>
    </>
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
