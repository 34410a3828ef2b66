// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Role } from "../../gen/roxlab/v1/auth_pb";
import { RunnerState } from "../../gen/roxlab/v1/record_pb";
import { isAdmin, mayCancel, maySubmit, signedIn, tokenWanted } from "../../src/api/access";
import { refusal } from "../../src/api/errors";
import { runnerStatus } from "../../src/format/words";

const who = (role: Role, name = "ann") => ({ name, role });
const OF_ANN = { submitter: "ann" };
const OF_BOB = { submitter: "bob" };

test("a submitter may hand in, and cancel what carries their name", () => {
  assert.ok(maySubmit(who(Role.SUBMITTER)));
  assert.ok(mayCancel(who(Role.SUBMITTER), OF_ANN));
  assert.ok(!mayCancel(who(Role.SUBMITTER), OF_BOB));
  assert.ok(!isAdmin(who(Role.SUBMITTER)));
});

test("viewers and runners are offered nothing that changes the lab, also where the name is theirs", () => {
  for (const role of [Role.VIEWER, Role.RUNNER, Role.UNSPECIFIED]) {
    assert.ok(!maySubmit(who(role)));
    assert.ok(!mayCancel(who(role), OF_ANN));
    assert.ok(!isAdmin(who(role)));
  }
});

test("an admin may do everything, and so may everybody on a server that asks nobody", () => {
  for (const name of ["ann", ""]) {
    const admin = who(Role.ADMIN, name);
    assert.ok(isAdmin(admin) && maySubmit(admin) && mayCancel(admin, OF_BOB) && mayCancel(admin, { submitter: "" }));
  }
});

test("nothing is offered before the server has said who it is", () => {
  assert.ok(!isAdmin(undefined) && !maySubmit(undefined) && !mayCancel(undefined, OF_ANN));
  assert.ok(!mayCancel(undefined, { submitter: "" }));
});

test("what waits for a sign-in goes on after it, or when nobody waits any more", async () => {
  const never = new AbortController().signal;
  await signedIn(never);
  tokenWanted.set(true);
  let went = 0;
  const stop = new AbortController();
  const waits = [signedIn(never), signedIn(stop.signal)].map((wait) => wait.then(() => ++went));
  stop.abort();
  await waits[1];
  assert.equal(went, 1);
  tokenWanted.set(false);
  await waits[0];
  assert.equal(went, 2);
});

test("a refusal is told in the server's words, or by its status when something else answers", () => {
  assert.equal(refusal(401, '{"code":"unauthenticated","message":"not known here"}'), "not known here");
  for (const body of ["", "<h1>Bad gateway</h1>", "null", "{}", '{"message":7}'])
    assert.equal(refusal(502, body), "The server answers with HTTP status 502.");
});

test("a runner is online unless something else is to be said of it", () => {
  const texts = (online: boolean, state: RunnerState) => runnerStatus({ online, state }).map((one) => one.text);
  assert.deepEqual(texts(true, RunnerState.RUNNER_READY), ["online"]);
  assert.deepEqual(texts(true, RunnerState.RUNNER_STATE_UNSPECIFIED), ["online"]);
  assert.deepEqual(texts(true, RunnerState.RUNNER_PAUSED), ["paused"]);
  assert.deepEqual(texts(true, RunnerState.RUNNER_QUARANTINED), ["quarantined"]);
  assert.deepEqual(texts(false, RunnerState.RUNNER_PAUSED), ["away", "paused"]);
});
