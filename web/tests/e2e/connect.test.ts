// SPDX-License-Identifier: Apache-2.0
//
// The Lab service from a stock Connect client that is not the page's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Lab } from "../../gen/roxlab/v1/lab_pb";
import { LabProcess } from "./lab";

const lab = new LabProcess();
before(() => lab.start());
after(() => lab.stop());

const clients = () =>
  [true, false].map((useBinaryFormat) =>
    createClient(Lab, createConnectTransport({ baseUrl: lab.url, httpVersion: "1.1", useBinaryFormat })),
  );

test("calls are answered in binary and in JSON alike", async () => {
  const [binary, json] = clients();
  const catalogs = await Promise.all([binary!.getCatalog({}), json!.getCatalog({})]);
  assert.ok(catalogs[0].bases.length > 0);
  assert.deepEqual(catalogs[0], catalogs[1]);
});

test("an error has the code and the words of the service", async () => {
  for (const client of clients())
    await assert.rejects(client.getExperiment({ id: "ffffffffffff" }), (error) => {
      assert.equal(ConnectError.from(error).code, Code.NotFound);
      assert.match(ConnectError.from(error).rawMessage, /ffffffffffff/);
      return true;
    });
});

test("a stream gives its messages one by one, and ends when it is let go", async () => {
  for (const client of clients()) {
    const stop = new AbortController();
    let seen = 0;
    await assert.rejects(async () => {
      for await (const change of client.watchChanges({}, { signal: stop.signal })) {
        assert.ok(change.nowMs > 0n);
        ++seen;
        stop.abort();
      }
    });
    assert.equal(seen, 1);
  }
});

test("a log comes whole in a stream", async () => {
  const { runs } = await lab.experiment();
  const [client] = clients();
  let text = "";
  for await (const chunk of client!.readLog({ id: runs[0].id })) text += Buffer.from(chunk.data).toString();
  assert.match(text, /Booting Linux/);
  assert.match(text, /reboot: Power down/);
});

test("what is no request of the service is refused with a proper error", async () => {
  const post = (method: string, body: string, type = "application/json") =>
    fetch(`${lab.url}/roxlab.v1.Lab/${method}`, { method: "POST", body, headers: { "Content-Type": type } });
  const unknown = await post("NoSuchMethod", "{}");
  assert.ok(unknown.status === 404 || unknown.status === 501);
  const malformed = await post("GetExperiment", "{");
  assert.equal(malformed.status, 400);
  assert.equal(((await malformed.json()) as { code: string }).code, "invalid_argument");
  const huge = await post("ListExperiments", '{"pageSize": 100000}');
  assert.ok(huge.status === 200 || huge.status === 400);
  if (huge.status === 200) assert.ok(((await huge.json()) as { experiments?: unknown[] }).experiments!.length <= 500);
  assert.equal((await fetch(`${lab.url}/artifacts/../server.log`)).status, 404);
});
