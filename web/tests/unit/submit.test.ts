// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { AutoSeedsSchema, ExperimentSpecSchema } from "../../gen/roxlab/v1/catalog_pb";
import { GetExperimentResponseSchema } from "../../gen/roxlab/v1/lab_pb";
import { State, Verdict } from "../../gen/roxlab/v1/record_pb";
import { groupFailures } from "../../src/experiment/failures";
import { parseReport } from "../../src/experiment/report";
import { ended, statusOf } from "../../src/format/words";
import { draftFrom, emptyDraft, isEmpty, newVariant, requestId, specOf, variantNames } from "../../src/submit/draft";

// Browsers have it, Node only from 20 on.
globalThis.crypto ??= webcrypto as Crypto;

const SPEC = create(ExperimentSpecSchema, {
  name: "rox-vs-stock",
  title: "t",
  variants: ["stock", "rox-cache"],
  baseline: "stock",
  machines: ["qemu-bbml3"],
  workloads: ["modules"],
  seeds: ["1-8"],
  expect: [
    { variant: "rox-cache", metric: "linear.l3_entries", phase: "loaded", relation: "below", evidence: "interval" },
  ],
});

test("an experiment of the catalog goes through the form unchanged", () => {
  assert.deepEqual(specOf(draftFrom(SPEC)), SPEC);
  const auto = create(ExperimentSpecSchema, {
    ...SPEC,
    seeds: ["auto"],
    autoSeeds: create(AutoSeedsSchema, { start: 8, limit: 32 }),
  });
  assert.deepEqual(specOf(draftFrom(auto)), auto);
});

test("auto seeds' settings go when the seeds are typed in", () => {
  const auto = create(ExperimentSpecSchema, {
    ...SPEC,
    seeds: ["auto"],
    autoSeeds: create(AutoSeedsSchema, { start: 8 }),
  });
  assert.equal(specOf({ ...draftFrom(auto), seeds: "1-4" }).autoSeeds, undefined);
});

test("a variant of one's own carries its patches and its configuration", () => {
  const own = { ...newVariant("linux-7.3", ["mine"]), fragment: "CONFIG_X=y", patches: [] };
  assert.equal(own.name, "mine-2");
  const draft = { ...emptyDraft(), variants: ["stock"], own: [own], seeds: "1, 2 5" };
  const spec = specOf(draft);
  assert.deepEqual(variantNames(draft), ["stock", "mine-2"]);
  assert.deepEqual(spec.seeds, ["1", "2", "5"]);
  assert.equal(spec.define[0]!.fragments[0]!.content, "CONFIG_X=y\n");
});

test("an empty form asks the server nothing", () => {
  assert.ok(isEmpty(emptyDraft()));
  assert.ok(!isEmpty({ ...emptyDraft(), machines: ["m"] }));
});

test("each request has an id of its own that the server takes", () => {
  assert.notEqual(requestId(), requestId());
  assert.ok(requestId().length <= 64);
});

test("failures alike are told once, with all that they happened to", () => {
  const failure = { kind: "panic", summary: "Kernel panic" };
  const run = (id: string, changes: object) => ({
    id,
    variant: "v",
    seed: 1n,
    state: State.DONE,
    verdict: Verdict.FAIL,
    failure,
    ...changes,
  });
  const state = create(GetExperimentResponseSchema, {
    builds: [{ id: "b", verdict: Verdict.PASS }],
    runs: [
      run("r1", {}),
      run("r2", {}),
      run("r3", { failure: { kind: "oops", summary: "x" } }),
      run("r4", { verdict: Verdict.PASS, failure: undefined }),
    ],
  });
  assert.deepEqual(
    groupFailures(state).map((group) => [group.failure.kind, group.runs.map((one) => one.id)]),
    [
      ["panic", ["r1", "r2"]],
      ["oops", ["r3"]],
    ],
  );
});

test("a report with more or less in it than the page knows is no failure", () => {
  assert.deepEqual(parseReport('{"claims":["a",1],"new":{}}'), {
    claims: ["a"],
    notes: [],
    reproduce: [],
    machines: [],
  });
});

test("a state is told by the verdict once it is done", () => {
  assert.equal(statusOf({ state: State.RUNNING, verdict: Verdict.VERDICT_UNSPECIFIED }).text, "RUNNING");
  assert.equal(statusOf({ state: State.DONE, verdict: Verdict.FAIL }).text, "FAIL");
  assert.equal(ended(undefined), 0);
});
