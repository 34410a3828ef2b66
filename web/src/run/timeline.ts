// SPDX-License-Identifier: Apache-2.0
//
// When a run's phases began, from its console: the probe prints "roxlab: phase NAME" as each begins.
import type { LogStore } from "../log/store";

export interface Span {
  name: string;
  /** Seconds of the guest's clock. */
  from: number;
  to: number;
}

const PHASE = /^\[\s*(\d+\.\d+)\] roxlab: phase (\S+)/;
const STAMP = /^\[\s*(\d+\.\d+)\]/;

/** In order; before the first phase is "kernel". Nothing while no phase has begun. */
export function spansOf(log: LogStore): Span[] {
  const spans: Span[] = [];
  for (const { line } of log.marks.filter((mark) => mark.kind === "phase")) {
    const match = PHASE.exec(log.text(line));
    if (!match) continue;
    const at = Number(match[1]);
    const last = spans.at(-1);
    if (last) last.to = at;
    else spans.push({ name: "kernel", from: 0, to: at });
    spans.push({ name: match[2]!, from: at, to: at });
  }
  const last = spans.at(-1);
  if (last)
    for (let line = log.lines - 1; line >= 0; --line) {
      const match = STAMP.exec(log.text(line));
      if (!match) continue;
      last.to = Math.max(last.from, Number(match[1]));
      break;
    }
  return spans;
}
