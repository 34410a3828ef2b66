// SPDX-License-Identifier: Apache-2.0
//
// A terminal's text without what steers the terminal.

// ECMA-48: CSI sequences; strings (OSC, DCS, APC, PM, SOS) up to BEL or ST; two-character escapes.
const ESCAPES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Marks that turn text around, which a hostile log could use to show other than it holds. */
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line, cleaned: of what was written over with carriage returns, the last. */
export function cleanLine(line: string): string {
  let text = line.replace(/\r+$/, "").replace(ESCAPES, "");
  const over = text.lastIndexOf("\r");
  if (over >= 0) text = text.slice(over + 1);
  return text.replace(CONTROLS, "").replace(DIRECTIONS, "\ufffd");
}
