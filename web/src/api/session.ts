// SPDX-License-Identifier: Apache-2.0
//
// Signing in and out. The token is sent once; the browser keeps it in a cookie that no script sees,
// and adds it to whatever is asked of the same server, links included.
import { caller, tokenWanted } from "./access";
import { lab } from "./client";
import { refusal } from "./errors";
import { link } from "./live";

const AWAY = "The server does not answer.";

/** Why the server (or the page) does not take the token; empty: it does. */
export async function signIn(token: string): Promise<string> {
  if (!/^[!-~]+$/.test(token)) return "A token is one word, as 'roxlab token add' prints it.";
  try {
    const answer = await fetch("/session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) return refusal(answer.status, await answer.text());
  } catch {
    return AWAY;
  }
  tokenWanted.set(false);
  return "";
}

/** Forgets all that was shown. Otherwise why not. */
export async function signOut(): Promise<string> {
  try {
    const answer = await fetch("/session", { method: "DELETE" });
    if (!answer.ok) return refusal(answer.status, await answer.text());
  } catch {
    return AWAY;
  }
  location.reload();
  return "";
}

/** Asks who the reader is: now, after a sign-in, and when the way to the server is open again. */
export function followCaller(): void {
  const ask = () =>
    lab.whoAmI({}).then(
      (who) => caller.set(who),
      () => {}, // Other calls tell what is wrong.
    );
  let before = link.get().state;
  link.subscribe(() => {
    const { state } = link.get();
    // Another tab may have signed in as somebody else meanwhile.
    if (state === "live" && before !== "live" && (caller.get() === undefined || before !== "connecting")) void ask();
    before = state;
  });
  tokenWanted.subscribe(() => {
    if (!tokenWanted.get()) void ask();
  });
  void ask();
}
