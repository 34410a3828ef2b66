// SPDX-License-Identifier: Apache-2.0
//
// Figures as report/ writes them (cells.cc, table.cc), but for the minus sign, which is a real one.

export const NONE = "–";

/** A real minus sign (U+2212), as wide as a plus. */
export const minus = (text: string): string => text.replace(/-(?=\d)/g, "\u2212");

/** Words with figures of the server's: the hyphen before a figure that has a sign becomes a minus. */
export const typeset = (text: string): string => text.replace(/(^|[\s[(])-(?=\d)/g, "$1\u2212");

/**
 * One digit after the point, a tie to the even one, as printf does: toFixed() goes up instead. Ties
 * are common: means over 4 or 8 seeds end in .25.
 */
export function tenths(value: number): string {
  const size = Math.abs(value);
  return (size * 4) % 4 === 1
    ? (Math.sign(value) * Math.floor(size) + Math.sign(value) * 0.2).toFixed(1)
    : value.toFixed(1);
}

/** "1,234,567", or with one digit after the point where the value is no whole number. */
export function grouped(value: number | bigint): string {
  if (typeof value === "number" && !Number.isFinite(value)) return NONE;
  const whole = typeof value === "bigint" || Math.round(value) === value;
  const text = typeof value === "bigint" ? value.toString() : whole ? value.toFixed(0) : tenths(value);
  const [digits = "", fraction] = text.split(".");
  return minus(digits.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`));
}

/** "5,888", "20 KiB". */
export const valueText = (value: number, unit: string): string =>
  unit === "bytes" ? `${grouped(value / 1024)} KiB` : grouped(value);

/** "+1.2". */
export const signed = (value: number): string => minus((value >= 0 ? "+" : "") + tenths(value));

export const percent = (value: number | undefined): string => (value === undefined ? NONE : `${signed(value)} %`);

/** "[−18.5, −12.0]". */
export const interval = (ends: readonly number[]): string =>
  ends.length === 2 ? `[${signed(ends[0]!)}, ${signed(ends[1]!)}]` : NONE;

/** "0.0078", "<0.0001". */
export const pValue = (p: number | undefined): string =>
  p === undefined ? NONE : p < 0.0001 ? "<0.0001" : p.toFixed(4);

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** "12.3 KiB", "4 GiB": at most one digit after the point. */
export function bytes(count: number | bigint): string {
  let value = Number(count);
  let unit = 0;
  while (value >= 1024 && unit + 1 < UNITS.length) {
    value /= 1024;
    ++unit;
  }
  return `${grouped(Math.round(value * 10) / 10)} ${UNITS[unit]}`;
}

/** "0xffff000012200000". */
export const address = (value: bigint): string => `0x${value.toString(16).padStart(16, "0")}`;

/** "1 run", "2 runs". */
export const count = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;
