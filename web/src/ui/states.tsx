// SPDX-License-Identifier: Apache-2.0
//
// What a page says when it has nothing to show: not yet, not at all, or because something is wrong.
import { Code, type ConnectError } from "@connectrpc/connect";
import type { ComponentChildren } from "preact";
import { headline } from "../api/errors";
import type { Loaded } from "../api/load";

export function Loading({ what }: { what: string }) {
  return (
    <div class="skeleton pulse" role="status">
      <span class="unseen">Loading {what}</span>
      {Array.from({ length: 6 }, (_, i) => (
        <i key={i} />
      ))}
    </div>
  );
}

/** `page`: there is nothing else on the page, so this is its heading; here and below. */
export function Empty({ title, page, children }: { title: string; page?: boolean; children?: ComponentChildren }) {
  return (
    <div class="state">
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

export function Failed({
  error,
  what,
  again,
  page,
}: {
  error: ConnectError;
  what: string;
  again: () => void;
  page?: boolean;
}) {
  // The frame asks for the token, and everything comes when it is given.
  if (error.code === Code.Unauthenticated) {
    const words = `Who has signed in sees ${what} here.`;
    if (!page) return <p class="note">{words}</p>;
    return (
      <Empty title="Not signed in" page>
        <p>{words}</p>
      </Empty>
    );
  }
  return (
    <div class="state failed" role="alert">
      {page ? <h1>{headline(error)}</h1> : <h2>{headline(error)}</h2>}
      <p>While loading {what}, it said:</p>
      <pre>{error.rawMessage || "(nothing)"}</pre>
      <div class="actions">
        <button type="button" onClick={again}>
          Try again
        </button>
        {page && (
          <a class="button" href="/">
            All experiments
          </a>
        )}
      </div>
    </div>
  );
}

/** The data, or what there is to say instead. Old data stay on the page while the server is away. */
export function Show<T>({
  from,
  what,
  page,
  children,
}: {
  from: Loaded<T>;
  what: string;
  page?: boolean;
  children: (data: T) => ComponentChildren;
}) {
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.error) return <Failed error={from.error} what={what} again={from.again} page={page} />;
  return <Loading what={what} />;
}
