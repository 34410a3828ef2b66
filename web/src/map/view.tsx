// SPDX-License-Identifier: Apache-2.0
//
// The canvas of one map, with mouse and keyboard. What is under the cursor is told by the page.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useStore } from "../store";
import { theme } from "../theme";
import type { MapData } from "./decode";
import type { MapDiff } from "./diff";
import { drawMap } from "./draw";
import { type View, cellAt, differencesOf, layoutOf, moveCell, rowLabel, sharesOf } from "./geometry";

const GUTTER = 62;

/** How wide an element is, now and whenever that changes. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current!;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export interface MapViewProps {
  map: MapData;
  view: View;
  diff?: MapDiff;
  lit: boolean;
  /** The chosen cell. */
  cursor: number;
  label: string;
  describedBy: string;
  onCursor: (cell: number) => void;
  onHover: (cell: number, x: number, y: number) => void;
  onZoom: (direction: 1 | -1, cell: number) => void;
  /** To the next (1) or previous (-1) cell that is worth a look. */
  onJump: (direction: 1 | -1) => void;
}

export function MapView(props: MapViewProps) {
  const { map, view, diff, lit, cursor } = props;
  const { box, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const mode = useStore(theme);
  const layout = useMemo(() => layoutOf(view.cells, width, GUTTER), [view.cells, width]);

  useLayoutEffect(() => {
    if (width === 0) return;
    const element = canvas.current!;
    const begin = performance.now();
    element.style.width = `${layout.width}px`;
    element.style.height = `${layout.height + 1}px`;
    const rowBytes = layout.columns * view.step * map.pageBytes;
    drawMap(
      element,
      {
        layout,
        cells: view.cells,
        shares: sharesOf(map, view),
        differences: diff && differencesOf(diff, view),
        lit,
        cursor,
        theme: mode,
        labels: (row) => rowLabel(row * rowBytes, rowBytes),
        colors: { background: css("--bg"), text: css("--text"), dim: css("--dim"), focus: css("--fail") },
      },
      devicePixelRatio,
    );
    performance.measure("roxlab.map.draw", { start: begin });
  }, [map, view, diff, lit, cursor, layout, mode]);

  const at = (event: MouseEvent): number => {
    const rect = canvas.current!.getBoundingClientRect();
    return cellAt(layout, view.cells, event.clientX - rect.left, event.clientY - rect.top);
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = moveCell(event.key, cursor, view.cells, layout.columns);
    if (to !== undefined) props.onCursor(to);
    else if (event.key === "Enter" || event.key === "+") props.onZoom(1, cursor);
    else if (event.key === "Escape" || event.key === "-") props.onZoom(-1, cursor);
    else if (event.key === "n") props.onJump(1);
    else if (event.key === "p") props.onJump(-1);
    else return;
    event.preventDefault();
  };
  useEffect(() => () => props.onHover(-1, 0, 0), []);
  return (
    <div ref={box} class="map-box">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-roledescription="map"
        aria-label={props.label}
        aria-describedby={props.describedBy}
        onKeyDown={key}
        onMouseMove={(event) => props.onHover(at(event), event.clientX, event.clientY)}
        onMouseLeave={() => props.onHover(-1, 0, 0)}
        onClick={(event) => at(event) >= 0 && props.onCursor(at(event))}
        onDblClick={(event) => at(event) >= 0 && props.onZoom(1, at(event))}
      />
    </div>
  );
}
