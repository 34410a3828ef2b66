// SPDX-License-Identifier: Apache-2.0
import { Code, ConnectError } from "@connectrpc/connect";

export const toError = (error: unknown): ConnectError => ConnectError.from(error);

/** Whether the same call may well succeed in a moment: the server or the way to it is down. */
export function isLost(error: ConnectError): boolean {
  return error.code === Code.Unavailable || error.code === Code.Unknown || error.code === Code.DeadlineExceeded;
}

/** A heading for what went wrong; the server's own words follow it. */
export function headline(error: ConnectError): string {
  switch (error.code) {
    case Code.NotFound:
      return "There is no such thing here";
    case Code.InvalidArgument:
      return "The server does not accept this";
    case Code.FailedPrecondition:
      return "Not possible for this one";
    case Code.PermissionDenied:
      return "You may not do this";
    case Code.Unauthenticated:
      return "The server asks who you are";
    case Code.Unimplemented:
      return "This server does not know the request";
    case Code.ResourceExhausted:
      return "Too much at once";
    case Code.Unavailable:
    case Code.Unknown:
    case Code.DeadlineExceeded:
      return "The server does not answer";
    default:
      return "The server failed";
  }
}

/** What a refusal says: a Connect error, or whatever stands in front of the server. */
export function refusal(status: number, body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string" && message) return message;
  } catch {
    // No JSON.
  }
  return `The server answers with HTTP status ${status}.`;
}
