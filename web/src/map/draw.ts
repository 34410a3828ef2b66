// SPDX-License-Identifier: Apache-2.0
//
// The picture. Each class has a colour and a pattern, and larger entries are calmer.
import type { Theme } from "../theme";
import { CLASSES, CLASS_COUNT, type MapClass } from "./decode";
import type { Layout } from "./geometry";

interface Ink {
  fill: string;
  pattern: "none" | "dots" | "lines" | "slants" | "cross" | "sparse";
  ink: string;
}

const INKS: Record<Theme, Record<MapClass, Ink>> = {
  light: {
    level1: { fill: "#08306b", pattern: "none", ink: "" },
    contBlock: { fill: "#3b86c0", pattern: "dots", ink: "#1d5f97" },
    block: { fill: "#a9cfe5", pattern: "none", ink: "" },
    contPage: { fill: "#fde3c2", pattern: "lines", ink: "#c96a12" },
    page: { fill: "#e2550b", pattern: "slants", ink: "#ffe0cc" },
    readOnly: { fill: "#63196f", pattern: "cross", ink: "#d9a9e2" },
    invalid: { fill: "#eef0f3", pattern: "sparse", ink: "#7a8490" },
  },
  dark: {
    level1: { fill: "#6fb1ea", pattern: "none", ink: "" },
    contBlock: { fill: "#2566a0", pattern: "dots", ink: "#4f93cf" },
    block: { fill: "#1d3f5c", pattern: "none", ink: "" },
    contPage: { fill: "#5c3a12", pattern: "lines", ink: "#ffc27a" },
    page: { fill: "#ff8a3d", pattern: "slants", ink: "#552200" },
    readOnly: { fill: "#d28be0", pattern: "cross", ink: "#4b0f57" },
    invalid: { fill: "#1c222a", pattern: "sparse", ink: "#76828f" },
  },
};

const TILE = 6;

function drawPattern(pen: CanvasRenderingContext2D, pattern: Ink["pattern"]): void {
  pen.beginPath();
  if (pattern === "dots") pen.rect(2, 2, 1.6, 1.6);
  if (pattern === "sparse") pen.rect(2.5, 2.5, 1, 1);
  if (pattern === "lines") pen.rect(0, 2, TILE, 1.4);
  pen.fill();
  if (pattern === "slants" || pattern === "cross") {
    pen.moveTo(-1, TILE + 1);
    pen.lineTo(TILE + 1, -1);
  }
  if (pattern === "cross") {
    pen.moveTo(-1, -1);
    pen.lineTo(TILE + 1, TILE + 1);
  }
  pen.stroke();
}

/** What each class is painted with, for one theme and density of pixels. */
export function makeInks(pen: CanvasRenderingContext2D, theme: Theme, scale: number): CanvasPattern[] {
  return CLASSES.map((name) => {
    const ink = INKS[theme][name];
    const tile = document.createElement("canvas");
    tile.width = tile.height = Math.round(TILE * scale);
    const inner = tile.getContext("2d")!;
    inner.scale(tile.width / TILE, tile.height / TILE);
    inner.fillStyle = ink.fill;
    inner.fillRect(0, 0, TILE, TILE);
    if (ink.pattern !== "none") {
      inner.fillStyle = inner.strokeStyle = ink.ink;
      inner.lineWidth = 1;
      drawPattern(inner, ink.pattern);
    }
    return pen.createPattern(tile, "repeat")!;
  });
}

/** A cell's classes lie on each other like strata, as thick as they are large, but never unseen. */
function drawCell(
  pen: CanvasRenderingContext2D,
  inks: CanvasPattern[],
  shares: Float64Array,
  at: number,
  x: number,
  y: number,
  size: number,
  thinnest: number,
): void {
  let total = 0;
  let present = 0;
  let last = 0;
  for (let shade = 0; shade < CLASS_COUNT; ++shade) {
    const pages = shares[at + shade]!;
    total += pages;
    if (pages > 0) {
      ++present;
      last = shade;
    }
  }
  if (present === 0) return;
  if (present === 1) {
    pen.fillStyle = inks[last]!;
    pen.fillRect(x, y, size, size);
    return;
  }
  const room = size - present * thinnest;
  let top = y;
  for (let shade = 0; shade < CLASS_COUNT; ++shade) {
    const pages = shares[at + shade]!;
    if (pages === 0) continue;
    const height = shade === last ? y + size - top : thinnest + Math.round((room * pages) / total);
    pen.fillStyle = inks[shade]!;
    pen.fillRect(x, top, size, height);
    top += height;
  }
}

export interface Picture {
  layout: Layout;
  cells: number;
  shares: Float64Array;
  /** Pages of each cell that differ from the map beside; nothing: no such map. */
  differences?: Float64Array;
  /** Pales cells that do not differ. */
  lit: boolean;
  cursor: number;
  theme: Theme;
  labels: (row: number) => string;
  colors: { background: string; text: string; dim: string; focus: string };
}

/** Draws everything; `scale` is device pixels per CSS pixel. */
export function drawMap(canvas: HTMLCanvasElement, picture: Picture, scale: number): void {
  const { layout, colors } = picture;
  const pen = canvas.getContext("2d", { alpha: false })!;
  const [width, height] = [Math.round(layout.width * scale), Math.round((layout.height + 1) * scale)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = colors.background;
  pen.fillRect(0, 0, width, height);
  const inks = makeInks(pen, picture.theme, scale);
  const size = Math.round((layout.size - 1) * scale);
  const place = (cell: number): [number, number] => [
    Math.round((layout.left + (cell % layout.columns) * layout.size) * scale),
    Math.round(Math.floor(cell / layout.columns) * layout.size * scale),
  ];
  for (let cell = 0; cell < picture.cells; ++cell) {
    const [x, y] = place(cell);
    drawCell(pen, inks, picture.shares, cell * CLASS_COUNT, x, y, size, Math.max(1, Math.round(scale)));
  }
  if (picture.differences) drawDifferences(pen, picture, place, size, scale);
  pen.fillStyle = colors.dim;
  pen.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  const every = Math.max(1, Math.ceil(14 / layout.size));
  for (let row = 0; row < layout.rows; row += every)
    pen.fillText(picture.labels(row), (layout.left - 6) * scale, (row + 0.5) * layout.size * scale);
  if (picture.cursor >= 0 && picture.cursor < picture.cells) {
    const [x, y] = place(picture.cursor);
    pen.lineWidth = 2 * scale;
    pen.strokeStyle = colors.background;
    pen.strokeRect(x - 2 * scale, y - 2 * scale, size + 4 * scale, size + 4 * scale);
    pen.strokeStyle = colors.focus;
    pen.strokeRect(x, y, size, size);
  }
}

/** Cells that differ keep their colours and, while they are few, get a frame and a corner; the others pale. */
function drawDifferences(
  pen: CanvasRenderingContext2D,
  picture: Picture,
  place: (cell: number) => [number, number],
  size: number,
  scale: number,
): void {
  const corner = Math.max(3, Math.round(size * 0.35));
  // Where nearly everything differs, frames would hide it.
  const framed = picture.differences!.filter((pages) => pages > 0).length * 2 <= picture.cells;
  for (let cell = 0; cell < picture.cells; ++cell) {
    const [x, y] = place(cell);
    if (picture.differences![cell]! > 0) {
      if (!framed) continue;
      pen.strokeStyle = picture.colors.text;
      pen.lineWidth = Math.max(1, Math.round(scale));
      pen.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
      pen.fillStyle = picture.colors.text;
      pen.beginPath();
      pen.moveTo(x + size, y);
      pen.lineTo(x + size, y + corner);
      pen.lineTo(x + size - corner, y);
      pen.fill();
    } else if (picture.lit) {
      pen.globalAlpha = 0.78;
      pen.fillStyle = picture.colors.background;
      pen.fillRect(x, y, size, size);
      pen.globalAlpha = 1;
    }
  }
}

/** A sample of a class for the legend. */
export function drawSample(canvas: HTMLCanvasElement, name: MapClass, theme: Theme, scale: number): void {
  canvas.width = canvas.height = Math.round(18 * scale);
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = makeInks(pen, theme, scale)[CLASSES.indexOf(name)]!;
  pen.fillRect(0, 0, canvas.width, canvas.height);
}
