// SPDX-License-Identifier: Apache-2.0
//
// What runs and builds show of themselves.
import {
  type Artifact,
  type Failure,
  type Run,
  type Snapshot,
  type TestResult,
  TestStatus,
  Verdict,
} from "../../gen/roxlab/v1/record_pb";
import { distinct } from "../format/comparison";
import { bytes, count, grouped, valueText } from "../format/number";
import { duration } from "../format/time";
import { status } from "../format/words";
import { setQuery, usePlace } from "../route";
import { Badge, Choice, Scroll, SearchField } from "../ui/parts";
import type { Span } from "./timeline";

export function FailureBox({ verdict, failure }: { verdict: Verdict; failure: Failure | undefined }) {
  if (!failure || (verdict !== Verdict.FAIL && verdict !== Verdict.ERROR)) return null;
  return (
    <div class="failures">
      <p class="verdict">
        <Badge status={status(verdict === Verdict.FAIL ? "fail" : "error")} /> {failure.kind}: {failure.summary}
      </p>
      <p class="note">
        {verdict === Verdict.FAIL
          ? "The variant's fault, not the lab's."
          : "The lab's fault, not the variant's; it says nothing about the kernel."}
      </p>
      {failure.excerpt && (
        <pre class="excerpt" tabIndex={0} role="region" aria-label="The lines that show it">
          {failure.excerpt}
        </pre>
      )}
    </div>
  );
}

export function Artifacts({ list, label }: { list: readonly Artifact[]; label: string }) {
  if (list.length === 0) return <p class="note">None were kept.</p>;
  return (
    <Scroll label={label}>
      <table class="tight">
        <thead>
          <tr>
            <th scope="col">file</th>
            <th scope="col" class="number">
              size
            </th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {list.map((artifact) => (
            <tr key={artifact.name}>
              <th scope="row">
                <a
                  class="mono"
                  href={`/artifacts/${artifact.sha256}/${encodeURIComponent(artifact.name)}`}
                  download={artifact.name}
                >
                  {artifact.name}
                </a>
              </th>
              <td class="number">{bytes(artifact.size)}</td>
              <td>
                <code class="dim">{artifact.sha256.slice(0, 16)}…</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Waiting and working on the lab's clock, and the phases on the guest's. */
export function Timeline({ run, spans, now }: { run: Run; spans: Span[]; now: number }) {
  const created = Number(run.createdMs);
  const started = Number(run.startedMs) || now;
  const finished = Number(run.finishedMs) || now;
  const end = spans.at(-1)?.to ?? 0;
  const bar = (parts: { name: string; share: number; text: string }[]) => (
    <>
      <div class="timeline-bar" aria-hidden="true">
        {parts.map((part, i) => (
          <i key={i} class={`shade-${i % 4}`} style={{ flexGrow: Math.max(part.share, 0.0001) }} />
        ))}
      </div>
      <ul class="timeline-words">
        {parts.map((part, i) => (
          <li key={i}>
            <span class={`swatch shade-${i % 4}`} aria-hidden="true" />
            {part.name} <span class="dim">{part.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <>
      <h3>in the lab</h3>
      {bar([
        { name: "waited", share: started - created, text: duration(started - created) },
        ...(run.startedMs
          ? [{ name: run.finishedMs ? "ran" : "runs", share: finished - started, text: duration(finished - started) }]
          : []),
      ])}
      {spans.length > 0 && (
        <>
          <h3>in the guest, its own clock</h3>
          {bar(
            spans.map((span) => ({
              name: span.name,
              share: (span.to - span.from) / end,
              text: `${(span.to - span.from).toFixed(2)} s`,
            })),
          )}
        </>
      )}
    </>
  );
}

/** A metric's value after each phase. */
export function Metrics({ snapshots }: { snapshots: readonly Snapshot[] }) {
  const { query } = usePlace();
  const all = query.get("metrics") === "all";
  const part = query.get("metric") ?? "";
  // The other readings of the tables agree with the dump, or the run would be an ERROR.
  const telling = snapshots.filter(
    (one) => one.metrics.length > 0 && (one.collector === "ptdump" || one.collector === "board"),
  );
  const phases = distinct(telling.map((one) => one.phase));
  const values = new Map(
    telling.flatMap((one) => one.metrics.map((metric) => [`${one.phase}|${metric.name}`, metric] as const)),
  );
  const names = distinct(telling.flatMap((one) => one.metrics.map((metric) => metric.name))).filter(
    (name) => name.includes(part) && (all || part !== "" || /^linear\.|^(perf|board|module_load|command)\./.test(name)),
  );
  if (telling.length === 0) return <p class="note">No snapshot was taken.</p>;
  return (
    <>
      <div class="filters">
        <Choice
          label="Which metrics"
          value={all ? "all" : "key"}
          options={[
            { value: "key", text: "linear map" },
            { value: "all", text: "all regions" },
          ]}
          onChange={(value) => setQuery({ metrics: value === "all" ? "all" : "" })}
        />
        <SearchField
          label="part of a metric's name"
          value={part}
          onChange={(metric) => setQuery({ metric })}
          width={13}
        />
      </div>
      <Scroll label="Metrics by phase">
        <table class="tight">
          <thead>
            <tr>
              <th scope="col">metric</th>
              {phases.map((phase) => (
                <th key={phase} scope="col" class="number">
                  {phase}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row" class="mono">
                  {name}
                </th>
                {phases.map((phase) => {
                  const metric = values.get(`${phase}|${name}`);
                  return (
                    <td key={phase} class="number">
                      {metric ? valueText(metric.value, metric.unit) : "–"}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {names.length === 0 && <p class="note">No metric has “{part}” in its name.</p>}
    </>
  );
}

const TEST_WORD: Record<TestStatus, [string, string]> = {
  [TestStatus.TEST_STATUS_UNSPECIFIED]: ["?", "queued"],
  [TestStatus.TEST_PASSED]: ["✓ passed", "pass"],
  [TestStatus.TEST_FAILED]: ["✗ failed", "fail"],
  [TestStatus.TEST_SKIPPED]: ["– skipped", "cancelled"],
};

export function Tests({ tests }: { tests: readonly TestResult[] }) {
  const of = (wanted: TestStatus) => tests.filter((test) => test.status === wanted).length;
  return (
    <>
      <p>
        {count(tests.length, "test")}: {grouped(of(TestStatus.TEST_PASSED))} passed,{" "}
        {grouped(of(TestStatus.TEST_FAILED))} failed, {grouped(of(TestStatus.TEST_SKIPPED))} skipped
      </p>
      <Scroll label="Tests">
        <table class="tight">
          <tbody>
            {[...tests]
              .sort((a, b) => Number(b.status === TestStatus.TEST_FAILED) - Number(a.status === TestStatus.TEST_FAILED))
              .map((test) => (
                <tr key={test.name}>
                  <td class={`nowrap tone-${TEST_WORD[test.status][1]}`}>{TEST_WORD[test.status][0]}</td>
                  <th scope="row" class="mono">
                    {test.name}
                  </th>
                  <td>{test.diagnostic && <pre>{test.diagnostic}</pre>}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
