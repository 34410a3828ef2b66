// SPDX-License-Identifier: Apache-2.0
//
// Dark or light: what the system says, unless the reader has chosen.
import { createStore } from "./store";

export type Theme = "light" | "dark";
const KEY = "roxlab.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const stored = (): string | null => localStorage.getItem(KEY);
const current = (): Theme => {
  const chosen = stored();
  return chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light";
};

export const theme = createStore<Theme>("light");

function apply(): void {
  document.documentElement.dataset["theme"] = current();
  theme.set(current());
}

export function startTheme(): void {
  apply();
  system.addEventListener("change", apply);
}

export function switchTheme(): void {
  const next: Theme = current() === "dark" ? "light" : "dark";
  if ((next === "dark") === system.matches) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  apply();
}
