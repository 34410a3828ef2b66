// SPDX-License-Identifier: Apache-2.0
//
// One map or two with their tools, and what is under the cursor.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { address, bytes, count, grouped } from "../format/number";
import { setQuery } from "../route";
import { Section } from "../ui/parts";
import { addressOf } from "./decode";
import { type MapPlace, useMapPlace } from "./place";
import { Readout, type Side } from "./readout";
import { Census, DiffTable, OwnerKinds, SplitTable } from "./tables";
import { MapView } from "./view";

function Zoom({ place }: { place: MapPlace }) {
  const { map, view, zoom, steps, cursor, longest } = place;
  const shown = Math.min(view.cells * view.step, longest.pages - view.first) * map.pageBytes;
  return (
    <span class="row">
      <button type="button" disabled={zoom === 0} onClick={() => place.zoomBy(-1, cursor)} aria-label="Zoom out">
        −
      </button>
      <button
        type="button"
        disabled={zoom === steps.length - 1}
        onClick={() => place.zoomBy(1, cursor)}
        aria-label="Zoom in"
      >
        +
      </button>
      <span>
        {zoom === 0 ? "all" : <span class="mono">{address(addressOf(map, view.first))}</span>} {bytes(shown)}, a cell is{" "}
        <strong>{bytes(view.step * map.pageBytes)}</strong>
      </span>
      {zoom > 0 && (
        <>
          <button type="button" onClick={() => place.step(-1)}>
            ← before
          </button>
          <button type="button" onClick={() => place.step(1)}>
            after →
          </button>
        </>
      )}
    </span>
  );
}

function Tools({ place }: { place: MapPlace }) {
  const { diff, map } = place;
  return (
    <div class="filters">
      <Zoom place={place} />
      <span class="row">
        <button type="button" onClick={() => place.jump(-1)}>
          previous
        </button>
        <button type="button" onClick={() => place.jump(1)}>
          next
        </button>
        <span class="dim">{diff ? "difference" : "cell that is not in one piece"}</span>
      </span>
      {diff && (
        <label class="field">
          <input
            type="checkbox"
            checked={place.lit}
            onChange={(event) => setQuery({ light: event.currentTarget.checked ? "" : "off" })}
          />
          light the differences ({bytes(diff.pages * map.pageBytes)} in{" "}
          {count(diff.from.length, "stretch", "stretches")})
        </label>
      )}
    </div>
  );
}

interface Hover {
  cell: number;
  x: number;
  y: number;
}

/** What is under the mouse, beside it and within the window. */
function Tip({ sides, place, hover }: { sides: Side[]; place: MapPlace; hover: Hover }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    const left = Math.min(hover.x + 16, innerWidth - element.offsetWidth - 8);
    const below = hover.y + 20;
    const top = below + element.offsetHeight > innerHeight ? hover.y - element.offsetHeight - 12 : below;
    element.style.left = `${Math.max(8, left)}px`;
    element.style.top = `${Math.max(8, top)}px`;
  }, [hover]);
  const [from, to] = place.range(hover.cell);
  return (
    <div ref={box} class="tip" aria-hidden="true">
      <Readout sides={sides} from={from} to={to} />
    </div>
  );
}

function Tables({ sides, place }: { sides: Side[]; place: MapPlace }) {
  const { diff } = place;
  return (
    <>
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
            <DiffTable sides={sides} diff={diff} onPick={(page) => place.goTo(page)} />
          </details>
        )}
        {sides.map((side) => (
          <details key={side.letter} class="same">
            <summary>Split blocks of {side.name}</summary>
            <SplitTable side={side} onPick={(page) => place.goTo(page, place.steps.length - 1)} />
          </details>
        ))}
      </Section>
    </>
  );
}

export function Maps({ sides, phase }: { sides: Side[]; phase: string }) {
  const place = useMapPlace(sides);
  const help = useId();
  const [hover, setHover] = useState<Hover>({ cell: -1, x: 0, y: 0 });
  const { map, view, diff, cursor } = place;
  const [from, to] = place.range(cursor);
  return (
    <>
      <Tools place={place} />
      {sides.length > 1 && !diff && (
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
              lit={place.lit}
              cursor={cursor}
              label={`Linear map of ${side.name} after ${phase}, ${grouped(view.cells)} cells of ${bytes(view.step * map.pageBytes)}`}
              describedBy={help}
              onCursor={place.move}
              onHover={(cell, x, y) => setHover({ cell, x, y })}
              onZoom={place.zoomBy}
              onJump={place.jump}
            />
          </div>
        ))}
      </div>
      <div class="readout" role="status">
        <Readout sides={sides} from={from} to={to} />
      </div>
      {hover.cell >= 0 && hover.cell < view.cells && <Tip sides={sides} place={place} hover={hover} />}
      <Tables sides={sides} place={place} />
    </>
  );
}
