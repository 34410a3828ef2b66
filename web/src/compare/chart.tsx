// SPDX-License-Identifier: Apache-2.0
//
// The paired values of one row, seed by seed: the baseline as circles, the variant as diamonds.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Pair } from "../../gen/roxlab/v1/record_pb";
import { grouped, valueText } from "../format/number";
import { useStore } from "../store";
import { theme } from "../theme";

const HEIGHT = 220;

const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A line from the baseline's value to the variant's, for each seed; then the variant's diamonds. */
function drawPairs(plot: uPlot): void {
  const { ctx } = plot;
  const [seeds = [], baseline = [], values = []] = plot.data as [number[], number[], number[]];
  const half = 4.5 * devicePixelRatio;
  ctx.save();
  seeds.forEach((seed, i) => {
    const x = plot.valToPos(seed, "x", true);
    const from = plot.valToPos(baseline[i]!, "y", true);
    const to = plot.valToPos(values[i]!, "y", true);
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeStyle = color("--strong");
    ctx.beginPath();
    ctx.moveTo(x, from);
    ctx.lineTo(x, to);
    ctx.stroke();
    ctx.fillStyle = color("--bg");
    ctx.strokeStyle = color("--text");
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.arc(x, from, 4 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = color("--link");
    ctx.beginPath();
    ctx.moveTo(x, to - half);
    ctx.lineTo(x + half, to);
    ctx.lineTo(x, to + half);
    ctx.lineTo(x - half, to);
    ctx.fill();
  });
  ctx.restore();
}

export function PairsChart({
  pairs,
  unit,
  baseline,
  variant,
}: {
  pairs: readonly Pair[];
  unit: string;
  baseline: string;
  variant: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const mode = useStore(theme);
  useEffect(() => {
    const element = box.current!;
    const axis = {
      stroke: color("--dim"),
      grid: { stroke: color("--line"), width: 1 },
      ticks: { stroke: color("--line"), width: 1 },
      font: "12px system-ui",
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: (_, low, high) => [low - 0.7, high + 0.7] }, y: {} },
        axes: [
          {
            ...axis,
            label: "seed",
            size: 30,
            labelSize: 18,
            labelFont: "12px system-ui",
            incrs: [1, 2, 5, 10, 20, 50, 100, 1000],
          },
          {
            ...axis,
            size: 72,
            values: (_, ticks) => ticks.map((tick) => (unit === "bytes" ? valueText(tick, unit) : grouped(tick))),
          },
        ],
        series: [
          {},
          { label: baseline, paths: () => null, points: { show: false } },
          { label: variant, paths: () => null, points: { show: false } },
        ],
        hooks: { draw: [drawPairs] },
      },
      [pairs.map((pair) => Number(pair.seed)), pairs.map((pair) => pair.baseline), pairs.map((pair) => pair.value)],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [pairs, unit, mode]);
  return (
    <figure class="pairs-chart">
      <div ref={box} aria-hidden="true" />
      <figcaption class="dim">
        <span aria-hidden="true">○</span> {baseline}{" "}
        <span class="diamond" aria-hidden="true">
          ◆
        </span>{" "}
        {variant}; the figures stand in the table.
      </figcaption>
    </figure>
  );
}
