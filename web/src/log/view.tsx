// SPDX-License-Identifier: Apache-2.0
//
// A console or build log: live, searchable, with the lines that say what went wrong marked.
import { Code } from "@connectrpc/connect";
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { signedIn } from "../api/access";
import { FOREVER, lab } from "../api/client";
import { isLost, toError } from "../api/errors";
import { backoff } from "../api/live";
import { bytes, count, grouped } from "../format/number";
import { setQuery, usePlace } from "../route";
import { SearchField } from "../ui/parts";
import { LINE_HEIGHT, scrollTo, windowOf } from "./scroll";
import { Search, cut } from "./search";
import { LogStore, type MarkKind } from "./store";

type Reading = "reading" | "following" | "ended" | "interrupted";

/** Milliseconds of work before the page gets its turn. */
const TURN = 8;

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Reads a log from the server until it ends, again from where it was if the way is interrupted. */
export function useLog(id: string, open: boolean) {
  const store = useRef(new LogStore());
  const [version, grow] = useReducer((n: number) => n + 1, 0);
  const [reading, setReading] = useState<Reading>("reading");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    let scheduled = false;
    const changed = () => {
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        if (!stop.signal.aborted) grow(0);
      });
    };
    const read = async () => {
      store.current = new LogStore();
      for (let failures = 0; !stop.signal.aborted;) {
        try {
          let rest = performance.now();
          const offset = BigInt(store.current.size);
          for await (const chunk of lab.readLog({ id, offset, follow: true }, { ...FOREVER, signal: stop.signal })) {
            failures = 0;
            // Another attempt started: its log begins anew.
            if (Number(chunk.offset) < store.current.size) store.current = new LogStore();
            store.current.append(chunk.data);
            setReading("following");
            changed();
            if (performance.now() - rest > TURN) {
              await turn();
              rest = performance.now();
            }
          }
          setReading("ended");
          changed();
          return;
        } catch (reason) {
          if (stop.signal.aborted) return;
          const error = toError(reason);
          setProblem(error.rawMessage);
          setReading("interrupted");
          if (error.code === Code.Unauthenticated) await signedIn(stop.signal);
          else if (isLost(error)) await new Promise((resolve) => setTimeout(resolve, backoff(failures++)));
          else return;
        }
      }
    };
    void read();
    return () => stop.abort();
  }, [id, open]);
  return { log: store.current, version, reading, problem };
}
export type LogSource = ReturnType<typeof useLog>;

function useSearch(log: LogStore, query: string, version: number) {
  const search = useMemo(() => new Search(log, query), [log, query]);
  const [, found] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let stopped = false;
    const work = async () => {
      search.grown();
      while (!search.done && !stopped) {
        const begin = performance.now();
        while (!search.done && performance.now() - begin < TURN) search.step();
        found(0);
        await turn();
      }
    };
    void work();
    return () => {
      stopped = true;
    };
  }, [search, version]);
  return search;
}

const SIGN: Record<MarkKind, string> = { error: "✗", warning: "!", phase: "▸" };
const WORD: Record<MarkKind, string> = { error: "error", warning: "warning", phase: "phase" };

/** The place of `line` in an ascending list: how many are before it. */
function before(list: readonly number[], line: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function LogView({ id, open, label, source }: { id: string; open: boolean; label: string; source: LogSource }) {
  const { query } = usePlace();
  const find = query.get("find") ?? "";
  const asked = Number(query.get("line")) || 0;
  const { log, version, reading, problem } = source;
  const search = useSearch(log, find, version);
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [room, setRoom] = useState(480);
  const [follow, setFollow] = useState(open && !asked);
  const lines = log.lines;
  const view = windowOf(lines, top, room);
  const marks = useMemo(() => new Map(log.marks.map((mark) => [mark.line, mark.kind])), [log, version]);
  const errors = useMemo(
    () => log.marks.filter((mark) => mark.kind !== "phase").map((mark) => mark.line),
    [log, version],
  );

  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => setRoom(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (follow) box.current!.scrollTop = box.current!.scrollHeight;
  }, [follow, lines, version]);

  const go = (line: number) => {
    setFollow(false);
    const element = box.current!;
    element.scrollTop = scrollTo(Math.max(0, line - Math.floor(room / LINE_HEIGHT / 3)), lines, room);
    setQuery({ line: String(line + 1) });
  };
  // The address names a line: there, once it has come.
  const jumped = useRef(false);
  useEffect(() => {
    if (jumped.current || !asked || lines < asked) return;
    jumped.current = true;
    go(asked - 1);
  }, [lines, asked]);

  // What is looked for comes into sight when it is first found.
  const sought = useRef("");
  useEffect(() => {
    const first = search.matches[0];
    if (!find || asked || first === undefined || sought.current === find) return;
    sought.current = find;
    setFollow(false);
    box.current!.scrollTop = scrollTo(Math.max(0, first - 5), lines, room);
  });

  const at = asked ? asked - 1 : view.first;
  const step = (list: readonly number[], direction: 1 | -1) => {
    if (list.length === 0) return;
    const index = direction === 1 ? before(list, at + 1) : before(list, at) - 1;
    go(list[(index + list.length) % list.length]!);
  };
  const save = () => {
    const url = URL.createObjectURL(new Blob(log.parts(), { type: "text/plain" }));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = `${id.slice(0, 40)}.log`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  const state = {
    reading: "reading",
    following: open ? "live" : "reading",
    ended: "complete",
    interrupted: `interrupted: ${problem}`,
  }[reading];

  return (
    <div class="log">
      <div class="filters">
        <SearchField label="find in the log" value={find} onChange={(text) => setQuery({ find: text, line: "" })} />
        {find && (
          <span class="row">
            <button type="button" disabled={search.matches.length === 0} onClick={() => step(search.matches, -1)}>
              previous
            </button>
            <button type="button" disabled={search.matches.length === 0} onClick={() => step(search.matches, 1)}>
              next
            </button>
            <span role="status">
              {count(search.matches.length, "line")}
              {search.done ? "" : " so far"}
            </span>
          </span>
        )}
        <button type="button" disabled={errors.length === 0} onClick={() => step(errors, 1)}>
          {errors.length === 0 ? "no errors marked" : `next of ${count(errors.length, "mark")}`}
        </button>
        {open && (
          <label class="field">
            <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />{" "}
            follow
          </label>
        )}
        <span class="dim" role="status">
          {count(lines, "line")}, {bytes(log.size)}, {state}
        </span>
        <button type="button" onClick={save} disabled={log.size === 0}>
          Save
        </button>
      </div>
      <div class="log-frame">
        <div
          ref={box}
          class="log-box mono"
          role="log"
          aria-live="off"
          aria-label={label}
          tabIndex={0}
          onScroll={(event) => {
            const element = event.currentTarget;
            setTop(element.scrollTop);
            if (follow && element.scrollTop + element.clientHeight < element.scrollHeight - 2 * LINE_HEIGHT)
              setFollow(false);
          }}
        >
          <div style={{ height: `${view.height}px` }}>
            <div class="log-lines" style={{ transform: `translateY(${view.top}px)` }}>
              {Array.from({ length: view.count }, (_, i) => {
                const line = view.first + i;
                const mark = marks.get(line);
                return (
                  <div key={line} class={`log-line${mark ? ` ${mark}` : ""}${line + 1 === asked ? " asked" : ""}`}>
                    <span class="log-number" aria-hidden="true">
                      {line + 1}
                    </span>
                    <span class="log-sign" title={mark && WORD[mark]}>
                      {mark ? SIGN[mark] : ""}
                    </span>
                    <span class="log-text">
                      {cut(log.text(line), find).map((part, j) => (j % 2 ? <mark key={j}>{part}</mark> : part))}
                    </span>
                  </div>
                );
              })}
            </div>
          </div>
        </div>
        <div class="log-map" aria-hidden="true">
          {errors.slice(0, 400).map((line) => (
            <i key={line} style={{ top: `${(100 * line) / Math.max(1, lines)}%` }} />
          ))}
        </div>
      </div>
      {lines === 0 && (
        <p class="note">
          {reading === "ended"
            ? "The log is empty."
            : reading === "interrupted"
              ? `The log did not come: ${problem}`
              : "Nothing yet."}
        </p>
      )}
      <p class="unseen" role="status">
        {grouped(lines)} lines
      </p>
    </div>
  );
}
