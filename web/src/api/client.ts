// SPDX-License-Identifier: Apache-2.0
//
// The server's Lab service, and the token where the server asks for one.
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { Lab } from "../../gen/roxlab/v1/lab_pb";
import { createStore } from "../store";

const TOKEN_KEY = "roxlab.token";

/** What the server has let this reader do so far. */
export interface Access {
  /** A call was refused for want of a (valid) token. */
  tokenWanted: boolean;
  /** Something that changes the lab was refused: no use in offering it. */
  readOnly: boolean;
}
export const access = createStore<Access>({ tokenWanted: false, readOnly: false });

/** Kept until the tab is closed. Empty: none. */
export function setToken(token: string): void {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
  access.set({ tokenWanted: false, readOnly: false });
}

const withToken: Interceptor = (next) => async (request) => {
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token) request.header.set("Authorization", `Bearer ${token}`);
  try {
    return await next(request);
  } catch (error) {
    const code = ConnectError.from(error).code;
    if (code === Code.Unauthenticated) access.set({ ...access.get(), tokenWanted: true });
    if (code === Code.PermissionDenied) access.set({ ...access.get(), readOnly: true });
    throw error;
  }
};

export const lab = createClient(
  Lab,
  createConnectTransport({
    baseUrl: "", // Where the page is from.
    useBinaryFormat: true,
    interceptors: [withToken],
    defaultTimeoutMs: 60_000,
  }),
);

/** For server streams: they end when the reader goes. */
export const FOREVER = { timeoutMs: 0 };
