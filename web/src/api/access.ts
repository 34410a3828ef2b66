// SPDX-License-Identifier: Apache-2.0
//
// Who the reader is to the server, and what it lets such a one do: what it would refuse is not
// offered. The roles are those of proto/roxlab/v1/auth.proto; the server decides, this only knows.
import { type Caller, Role } from "../../gen/roxlab/v1/auth_pb";
import { createStore } from "../store";

/** A call was refused for want of a token that the server knows. */
export const tokenWanted = createStore(false);

/** Undefined until the server has said it. Without a name: it asks nobody. */
export const caller = createStore<Caller | undefined>(undefined);

type Who = Pick<Caller, "name" | "role"> | undefined;

export const isAdmin = (who: Who): boolean => who?.role === Role.ADMIN;

export const maySubmit = (who: Who): boolean => isAdmin(who) || who?.role === Role.SUBMITTER;

export const mayCancel = (who: Who, experiment: { submitter: string }): boolean =>
  isAdmin(who) || (maySubmit(who) && who?.name === experiment.submitter);

const ROLE_WORD: Record<Role, string> = {
  [Role.UNSPECIFIED]: "nobody",
  [Role.VIEWER]: "viewer",
  [Role.SUBMITTER]: "submitter",
  [Role.ADMIN]: "admin",
  [Role.RUNNER]: "runner",
};
export const roleWord = (role: Role): string => ROLE_WORD[role] ?? "of an unknown role";

/** Until the server asks for no token (any more), or `signal`. */
export function signedIn(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (tokenWanted.get() && !signal.aborted) return;
      unsubscribe();
      signal.removeEventListener("abort", look);
      resolve();
    };
    const unsubscribe = tokenWanted.subscribe(look);
    signal.addEventListener("abort", look);
    look();
  });
}
