// SPDX-License-Identifier: Apache-2.0
import type { ConnectError } from "@connectrpc/connect";
import { useEffect, useRef, useState } from "preact/hooks";
import { tokenWanted } from "./access";
import { isLost, toError } from "./errors";
import { link } from "./live";

export interface Loaded<T> {
  /** The newest answer; stays while a newer one is fetched, and when that fails. */
  data?: T;
  error?: ConnectError;
  loading: boolean;
  /** Loads again, because the reader says so. */
  again: () => void;
}

const RETRY_MS = 2000;

/**
 * What `load` gives for `key`; again when `tick` changes or the reader has signed in. Calls do not pile up: a
 * change during a call leads to one more after it. An empty key loads nothing.
 */
export function useLoad<T>(key: string, tick: number, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  type Kept = Omit<Loaded<T>, "again"> & { key: string };
  const [state, setState] = useState<Kept>({ key, loading: key !== "" });
  const job = useRef<{ key: string; stop: AbortController; again: boolean } | null>(null);
  const latest = useRef(load);
  latest.current = load;

  const start = () => {
    const running = job.current;
    if (running?.key === key) {
      running.again = true;
      return;
    }
    running?.stop.abort();
    job.current = null;
    if (key === "") {
      setState({ key, loading: false });
      return;
    }
    const mine = { key, stop: new AbortController(), again: false };
    job.current = mine;
    setState((old) => ({ key, loading: true, data: old.key === key ? old.data : undefined }));
    const finish = (result: Partial<Kept>) => {
      if (job.current !== mine) return;
      job.current = null;
      setState((old) => ({ key, loading: false, data: old.key === key ? old.data : undefined, ...result }));
      if (mine.again) start();
    };
    latest.current(mine.stop.signal).then(
      (data) => finish({ data, error: undefined }),
      (reason) => {
        const error = toError(reason);
        // A page that watches loads again when its stream is back; this is for the others.
        if (isLost(error) && link.get().state !== "lost")
          setTimeout(() => job.current ?? (!mine.stop.signal.aborted && start()), RETRY_MS);
        finish({ error });
      },
    );
  };

  useEffect(start, [key, tick]);
  useEffect(() => tokenWanted.subscribe(() => tokenWanted.get() || start()), [key]);
  useEffect(() => () => job.current?.stop.abort(), []);
  return { ...(state.key === key ? state : { loading: key !== "" }), again: start };
}
