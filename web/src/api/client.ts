// SPDX-License-Identifier: Apache-2.0
//
// The server's Lab service.
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { Lab } from "../../gen/roxlab/v1/lab_pb";
import { tokenWanted } from "./access";

/** Notes whether the server wants a token; the browser shows it the cookie (session.ts) by itself. */
const noteAccess: Interceptor = (next) => async (request) => {
  try {
    const response = await next(request);
    // Perhaps another tab has signed in. Of a stream only the beginning has come.
    if (!response.stream) tokenWanted.set(false);
    return response;
  } catch (error) {
    if (ConnectError.from(error).code === Code.Unauthenticated) tokenWanted.set(true);
    throw error;
  }
};

export const lab = createClient(
  Lab,
  createConnectTransport({
    baseUrl: "", // Where the page is from.
    useBinaryFormat: true,
    interceptors: [noteAccess],
    defaultTimeoutMs: 60_000,
  }),
);

/** For server streams: they end when the reader goes. */
export const FOREVER = { timeoutMs: 0 };
