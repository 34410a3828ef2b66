// SPDX-License-Identifier: Apache-2.0
//
// Where the reader is: the path says which page, the query string what it shows (filters, phase,
// zoom), so that an address can be sent to others and shows them the same.
import { createStore, useStore } from "./store";

export interface Place {
  path: string;
  query: URLSearchParams;
}

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

const place = createStore<Place>(read());
addEventListener("popstate", () => place.set(read()));

export const usePlace = () => useStore(place);

/** Goes to an address of this page. `replace`: the back button skips what was there before. */
export function navigate(url: string, replace = false): void {
  if (replace) history.replaceState(history.state, "", url);
  else history.pushState({ within: true }, "", url);
  const before = place.get().path;
  place.set(read());
  if (place.get().path !== before) scrollTo(0, 0);
}

/** Whether the back button stays within the dashboard. */
export const cameFromHere = (): boolean => Boolean((history.state as { within?: boolean } | null)?.within);

/** `base` with these keys of the query string set; an empty value takes the key away. */
export function withQuery(base: Place, changes: Record<string, string>): string {
  const query = new URLSearchParams(base.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return base.path + (text ? `?${text}` : "");
}

/** Sets keys of this page's query string. A small change by default: no step for the back button. */
export function setQuery(changes: Record<string, string>, replace = true): void {
  navigate(withQuery(read(), changes), replace);
}

/** Lets links within the page be followed without loading it anew. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith("/artifacts/")) return;
    if (url.hash && url.pathname === location.pathname) return;
    event.preventDefault();
    navigate(url.pathname + url.search);
  });
}
