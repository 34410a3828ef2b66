// SPDX-License-Identifier: Apache-2.0
//
// Which lines of a long list are on the screen. Browsers draw nothing beyond some ten million pixels,
// so a longer list is scrolled by share: a pixel of the scroll bar is then more than a pixel of text.

export const LINE_HEIGHT = 19;
const TALLEST = 8_000_000;

export interface Window {
  /** Height of what is scrolled, pixels. */
  height: number;
  /** First line shown, lines shown, and where the first one is. */
  first: number;
  count: number;
  top: number;
}

/** Height of what `lines` take to scroll. */
export const scrollHeight = (lines: number): number => Math.min(lines * LINE_HEIGHT, TALLEST);

export function windowOf(lines: number, scrollTop: number, room: number): Window {
  const height = scrollHeight(lines);
  const fit = Math.ceil(room / LINE_HEIGHT) + 1;
  const count = Math.min(lines, fit);
  if (lines * LINE_HEIGHT <= TALLEST) {
    const first = Math.max(0, Math.min(Math.floor(scrollTop / LINE_HEIGHT), lines - count));
    return { height, first, count, top: first * LINE_HEIGHT };
  }
  const share = Math.max(0, Math.min(1, scrollTop / Math.max(1, height - room)));
  const first = Math.round(share * (lines - count + 1));
  return {
    height,
    first: Math.min(first, lines - count),
    count,
    top: Math.min(scrollTop, height - count * LINE_HEIGHT),
  };
}

/** The scroll position that shows `line` at the top. */
export function scrollTo(line: number, lines: number, room: number): number {
  if (lines * LINE_HEIGHT <= TALLEST) return line * LINE_HEIGHT;
  const count = Math.min(lines, Math.ceil(room / LINE_HEIGHT) + 1);
  return (line / Math.max(1, lines - count + 1)) * (scrollHeight(lines) - room);
}
