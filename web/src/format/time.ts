// SPDX-License-Identifier: Apache-2.0
import { NONE } from "./number";

/** "2.2 s", "4 min 41 s", "3 h 05 min". */
export function duration(ms: number): string {
  if (ms < 0) return NONE;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** "just now", "5 min ago", "3 h ago", "12 d ago". */
export function ago(ms: number, now: number): string {
  const seconds = Math.floor((now - ms) / 1000);
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

const two = (n: number) => String(n).padStart(2, "0");

/** "2026-11-23 07:03:11", where the reader is; nothing for 0. */
export function stamp(ms: number | bigint): string {
  if (Number(ms) === 0) return NONE;
  const date = new Date(Number(ms));
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
