// SPDX-License-Identifier: Apache-2.0
//
// Small things that every page is made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Tally } from "../../gen/roxlab/v1/record_pb";
import { serverNow } from "../api/live";
import { grouped } from "../format/number";
import { ago, stamp } from "../format/time";
import { type Status, TONE_WORD, parts } from "../format/words";

export function Badge({ status, big }: { status: Status; big?: boolean }) {
  return (
    <span class={`badge tone-${status.tone}${big ? " big" : ""}`} data-sign={status.sign}>
      {status.text}
    </span>
  );
}

/** "12 of 16: 1 failed, 11 passed, 4 running" as a bar with the words for those who hear it. */
export function TallyBar({ tally, what }: { tally: Tally | undefined; what: string }) {
  if (!tally || tally.total === 0) return <span class="dim">none</span>;
  const list = parts(tally);
  const words = list.map((part) => `${grouped(part.n)} ${TONE_WORD[part.tone]}`).join(", ");
  const done = tally.passed + tally.failed + tally.errors + tally.cancelled;
  return (
    <span class="tally" title={`${what}: ${words}`}>
      <span class="bar" aria-hidden="true">
        {list.map((part) => (
          <i key={part.tone} class={`fill-${part.tone}`} style={{ width: `${(100 * part.n) / tally.total}%` }} />
        ))}
      </span>
      <span>
        {grouped(done)}/{grouped(tally.total)}
        <span class="unseen">
          {" "}
          {what}: {words}
        </span>
      </span>
    </span>
  );
}

/** When something was, as an age; keeps itself up to date. */
export function Age({ ms }: { ms: bigint }) {
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 10_000);
    return () => clearInterval(timer);
  }, []);
  if (ms === 0n) return <span class="dim">not yet</span>;
  return (
    <time dateTime={new Date(Number(ms)).toISOString()} title={stamp(ms)} class="nowrap">
      {ago(Number(ms), serverNow())}
    </time>
  );
}

export function PageHead({
  title,
  crumbs,
  children,
  actions,
  tab,
}: {
  title: ComponentChildren;
  crumbs?: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  /** The browser tab's title. */
  tab: string;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = tab ? `${tab} · roxlab` : "roxlab";
  }, [tab]);
  return (
    <div>
      {crumbs && <p class="crumbs">{crumbs}</p>}
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
        {actions && <div class="actions">{actions}</div>}
      </div>
    </div>
  );
}

export function Section({
  title,
  note,
  children,
  aside,
}: {
  title: string;
  note?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section>
      <div class="section-head">
        <h2>{title}</h2>
        {note && <span class="dim">{note}</span>}
        {aside}
      </div>
      {children}
    </section>
  );
}

/** One of several; a row of buttons of which one is pressed. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; text: string; title?: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <span class="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </span>
  );
}

/** A text field that tells what was typed once the typing rests. */
export function SearchField({
  label,
  value,
  onChange,
  width = 18,
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  width?: number;
}) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), 200);
  };
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      style={{ width: `${width}rem` }}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}

export function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly (string | { value: string; text: string })[];
  onChange: (value: string) => void;
}) {
  return (
    <label class="field">
      <span class="dim">{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => {
          const { value: key, text } = typeof option === "string" ? { value: option, text: option } : option;
          return (
            <option key={key} value={key} selected={key === value}>
              {text}
            </option>
          );
        })}
      </select>
    </label>
  );
}

/** A command or other text to take away. */
export function Code({ text, label, wrap }: { text: string; label: string; wrap?: boolean }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("copied");
    } catch {
      setSaid("select it");
    }
    setTimeout(() => setSaid(""), 1500);
  };
  return (
    <div class="code">
      <pre class={wrap ? "wrap" : ""} tabIndex={0} aria-label={label} role="region">
        {text}
      </pre>
      <button type="button" onClick={copy} aria-label={`Copy: ${label}`}>
        {said || "copy"}
      </button>
    </div>
  );
}

/** A table that may be wider than the page; reachable by keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

export const shortId = (id: string): string => (id.length > 16 ? id.slice(0, 12) : id);
