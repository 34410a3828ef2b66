// SPDX-License-Identifier: Apache-2.0
//
// Keeps a page up to date: one WatchChanges stream for the ids that it shows, opened again by
// itself when it breaks, closed while the tab is hidden (a browser has six connections to a host).
import { Code } from "@connectrpc/connect";
import { useEffect, useState } from "preact/hooks";
import { createStore } from "../store";
import { signedIn } from "./access";
import { FOREVER, lab } from "./client";
import { toError } from "./errors";

export interface Link {
  state: "connecting" | "live" | "lost" | "paused";
  /** Unix ms: when the server was last heard of, and when it is tried again. */
  heard: number;
  retry: number;
}
export const link = createStore<Link>({ state: "connecting", heard: 0, retry: 0 });

/** Milliseconds until try `n`, from 0: doubling from half a second up to ten, spread a little. */
export function backoff(n: number, random: () => number = Math.random): number {
  return Math.min(10_000, 500 * 2 ** n) * (0.8 + 0.4 * random());
}

/** The server's clock minus ours, ms; for ages of what the server has stamped. */
let skew = 0;
export const serverNow = () => Date.now() + skew;

const wakeups = new Set<() => void>();
/** Tries at once instead of waiting. */
export const retryNow = () => wakeups.forEach((wake) => wake());

/** A stop or a change of visibility ends the wait early. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      wakeups.delete(end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    wakeups.add(end);
    signal.addEventListener("abort", end);
  });
}

/** Calls `changed` at once and after each change until `signal`. */
async function follow(ids: string[], changed: () => void, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const change of lab.watchChanges({ ids }, { ...FOREVER, signal })) {
        failures = 0;
        skew = Number(change.nowMs) - Date.now();
        link.set({ state: "live", heard: Date.now(), retry: 0 });
        changed();
      }
    } catch (error) {
      if (!signal.aborted && toError(error).code === Code.Unauthenticated) {
        link.set({ ...link.get(), state: "paused" });
        await signedIn(signal);
        continue;
      }
    }
    if (signal.aborted) return;
    const wait = backoff(failures++);
    link.set({ state: "lost", heard: link.get().heard, retry: Date.now() + wait });
    await pause(wait, signal);
  }
}

/**
 * A number that grows whenever something about these ids has changed, and once the stream is open:
 * load again when it does. No ids: everything is watched; null: nothing.
 */
export function useChanges(ids: readonly string[] | null): number {
  const [tick, setTick] = useState(0);
  const key = ids?.join(" ") ?? null;
  useEffect(() => {
    if (key === null) return;
    let stop = new AbortController();
    const start = () => {
      stop.abort();
      stop = new AbortController();
      if (document.hidden) {
        link.set({ ...link.get(), state: "paused" });
        return;
      }
      void follow(key.split(" ").filter(Boolean), () => setTick((n) => n + 1), stop.signal);
    };
    start();
    document.addEventListener("visibilitychange", start);
    return () => {
      stop.abort();
      document.removeEventListener("visibilitychange", start);
    };
  }, [key]);
  return tick;
}
