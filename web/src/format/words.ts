// SPDX-License-Identifier: Apache-2.0
//
// States and verdicts in words. Each has a sign beside its colour, for those who do not see colours.
import { BoardState, RunnerState, State, type Tally, Verdict } from "../../gen/roxlab/v1/record_pb";

export type Tone = "pass" | "fail" | "error" | "cancelled" | "running" | "queued";

export interface Status {
  tone: Tone;
  sign: string;
  text: string;
}

const STATUS: Record<Tone, Status> = {
  pass: { tone: "pass", sign: "✓", text: "PASS" },
  fail: { tone: "fail", sign: "✗", text: "FAIL" },
  error: { tone: "error", sign: "!", text: "ERROR" },
  cancelled: { tone: "cancelled", sign: "–", text: "CANCELLED" },
  running: { tone: "running", sign: "▸", text: "RUNNING" },
  queued: { tone: "queued", sign: "·", text: "QUEUED" },
};

const TONES: Partial<Record<Verdict, Tone>> = {
  [Verdict.PASS]: "pass",
  [Verdict.FAIL]: "fail",
  [Verdict.ERROR]: "error",
  [Verdict.CANCELLED]: "cancelled",
};

export const status = (tone: Tone): Status => STATUS[tone];

export function statusOf(what: { state: State; verdict: Verdict }): Status {
  if (what.state === State.DONE) return STATUS[TONES[what.verdict] ?? "error"];
  return STATUS[what.state === State.RUNNING ? "running" : "queued"];
}

export const verdictStatus = (verdict: Verdict): Status | undefined => {
  const tone = TONES[verdict];
  return tone && STATUS[tone];
};

/** How many of a tally have ended. */
export const ended = (tally: Tally | undefined): number =>
  tally ? tally.passed + tally.failed + tally.errors + tally.cancelled : 0;

/** What is in a tally, most telling first. */
export const parts = (tally: Tally): { tone: Tone; n: number }[] =>
  (
    [
      { tone: "fail", n: tally.failed },
      { tone: "error", n: tally.errors },
      { tone: "pass", n: tally.passed },
      { tone: "cancelled", n: tally.cancelled },
      { tone: "running", n: tally.running },
      { tone: "queued", n: tally.queued },
    ] as { tone: Tone; n: number }[]
  ).filter((part) => part.n > 0);

export const TONE_WORD: Record<Tone, string> = {
  pass: "passed",
  fail: "failed",
  error: "errors",
  cancelled: "cancelled",
  running: "running",
  queued: "queued",
};

export const BOARD_WORD: Record<BoardState, string> = {
  [BoardState.BOARD_STATE_UNSPECIFIED]: "unknown",
  [BoardState.BOARD_READY]: "ready",
  [BoardState.BOARD_BUSY]: "busy",
  [BoardState.BOARD_RESERVED]: "reserved",
  [BoardState.BOARD_RECOVERING]: "recovering",
  [BoardState.BOARD_QUARANTINED]: "quarantined",
};

/** How a runner is. What a person has said of one that is away holds when it is back. */
export function runnerStatus(runner: { online: boolean; state: RunnerState }): Status[] {
  const list: Status[] = [];
  if (!runner.online) list.push({ tone: "fail", sign: "✗", text: "away" });
  if (runner.state === RunnerState.RUNNER_PAUSED) list.push({ tone: "running", sign: "‖", text: "paused" });
  if (runner.state === RunnerState.RUNNER_QUARANTINED) list.push({ tone: "error", sign: "!", text: "quarantined" });
  return list.length ? list : [{ tone: "pass", sign: "●", text: "online" }];
}
