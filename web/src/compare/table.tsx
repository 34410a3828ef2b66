// SPDX-License-Identifier: Apache-2.0
//
// The rows of a comparison, the same columns as in the CLI and in reports. A row opens to its pairs,
// whose values lead to the runs they came from.
import { Fragment } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Comparison, ComparisonRow } from "../../gen/roxlab/v1/record_pb";
import type { Loaded } from "../api/load";
import { type PlaceRows, byPlace, distinct, isSame, isWanted, reach, rowKey } from "../format/comparison";
import { NONE, grouped, interval, pValue, percent, signed, valueText } from "../format/number";
import { verdictStatus } from "../format/words";
import { setQuery, usePlace } from "../route";
import { Badge, Choice, Scroll, SearchField, Select } from "../ui/parts";
import { Empty, Failed, Loading } from "../ui/states";
import { rowSentence, seedsText } from "./pairs";

/** The interval drawn: a line from low to high, a tick at the change, a rule at zero. */
function Whisker({ row, scale }: { row: ComparisonRow; scale: number }) {
  if (row.ci95.length !== 2 || row.deltaPercent === undefined) return null;
  const x = (value: number) => 50 + (48 * Math.max(-scale, Math.min(scale, value))) / scale;
  const [low, high] = [x(row.ci95[0]!), x(row.ci95[1]!)];
  return (
    <svg class="whisker" viewBox="0 0 100 14" aria-hidden="true" preserveAspectRatio="none">
      <rect x={Math.min(50, x(row.deltaPercent))} width={Math.abs(x(row.deltaPercent) - 50)} y="3" height="8" />
      <line class="zero" x1="50" x2="50" y1="0" y2="14" />
      <line x1={low} x2={Math.max(high, low + 0.8)} y1="7" y2="7" />
      <line class="mean" x1={x(row.deltaPercent)} x2={x(row.deltaPercent)} y1="2" y2="12" />
    </svg>
  );
}

/** Charts are fetched when the first row is opened. */
function Chart(props: Parameters<(typeof import("./chart"))["PairsChart"]>[0]) {
  const [chart, setChart] = useState<(typeof import("./chart"))["PairsChart"]>();
  useEffect(() => {
    import("./chart").then(
      (module) => setChart(() => module.PairsChart),
      () => undefined,
    );
  }, []);
  const Drawn = chart;
  return Drawn ? <Drawn {...props} /> : <div class="pairs-chart" />;
}

function Pairs({ row, baseline, from }: { row: ComparisonRow; baseline: string; from: Loaded<Comparison> }) {
  const pairs = useMemo(() => from.data?.rows.find((other) => rowKey(other) === rowKey(row))?.pairs, [from.data, row]);
  if (!pairs)
    return from.error ? (
      <Failed error={from.error} what="the pairs" again={from.again} />
    ) : (
      <Loading what="the pairs" />
    );
  if (pairs.length === 0) return <p>No seed has this value for both.</p>;
  return (
    <div class="pairs">
      <p class="lead">
        {rowSentence(row)}, {seedsText(pairs)}.
      </p>
      <div class="pairs-split">
        <Chart pairs={pairs} unit={row.unit} baseline={baseline} variant={row.variant} />
        <div class="scroll pairs-table" role="region" aria-label="Values seed by seed" tabIndex={0}>
          <table class="tight">
            <thead>
              <tr>
                <th scope="col" class="number">
                  seed
                </th>
                <th scope="col" class="number">
                  {baseline}
                </th>
                <th scope="col" class="number">
                  {row.variant}
                </th>
                <th scope="col" class="number">
                  difference
                </th>
                <th scope="col">map</th>
              </tr>
            </thead>
            <tbody>
              {pairs.map((pair) => (
                <tr key={String(pair.seed)}>
                  <th scope="row" class="number">
                    {String(pair.seed)}
                  </th>
                  <td class="number">
                    <a href={`/runs/${pair.baselineRun}`}>{valueText(pair.baseline, row.unit)}</a>
                  </td>
                  <td class="number">
                    <a href={`/runs/${pair.run}`}>{valueText(pair.value, row.unit)}</a>
                  </td>
                  <td class="number">
                    {pair.baseline === 0 ? NONE : `${signed((100 * (pair.value - pair.baseline)) / pair.baseline)} %`}
                  </td>
                  <td>
                    <a href={`/map/${pair.baselineRun}?beside=${pair.run}&phase=${encodeURIComponent(row.phase)}`}>
                      both<span class="unseen"> maps of seed {String(pair.seed)}</span>
                    </a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </div>
  );
}

/** More rows than this are no table to read. */
const MOST_ROWS = 600;

const COLUMNS = 12;

function Row({
  row,
  baseline,
  scale,
  open,
  pairs,
}: {
  row: ComparisonRow;
  baseline: string;
  scale: number;
  open: boolean;
  pairs: Loaded<Comparison>;
}) {
  const key = rowKey(row);
  const verdict = verdictStatus(row.verdict);
  const toggle = () => setQuery({ row: open ? "" : key });
  return (
    <Fragment>
      <tr
        class={open ? "chosen" : "opens"}
        onClick={(event) => (event.target as Element).closest("a,button") || toggle()}
      >
        <td data-label="after">{row.phase}</td>
        <th scope="row">
          <button type="button" class="plain mono" aria-expanded={open} onClick={toggle}>
            {row.metric}
          </button>
        </th>
        <td data-label="with">{row.variant}</td>
        <td class="number" data-label="n">
          {row.n}
        </td>
        <td class="number" data-label={baseline}>
          {row.n ? valueText(row.baselineMean, row.unit) : NONE}
        </td>
        <td class="number" data-label={row.variant}>
          {row.n ? valueText(row.mean, row.unit) : NONE}
        </td>
        <td class="number strong">{percent(row.deltaPercent)}</td>
        <td class="drawn">
          <Whisker row={row} scale={scale} />
        </td>
        <td class="number">{interval(row.ci95)}</td>
        <td class="number" data-label="p">
          {pValue(row.pValue)}
        </td>
        <td class="number" data-label="p (Holm)">
          {pValue(row.pHolm)}
        </td>
        <td>{verdict && <Badge status={verdict} />}</td>
      </tr>
      {open && (
        <tr class="detail">
          <td colSpan={COLUMNS}>
            <Pairs row={row} baseline={baseline} from={pairs} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function PlaceTable({
  place,
  baseline,
  opened,
  pairs,
}: {
  place: PlaceRows;
  baseline: string;
  opened: string;
  pairs: Loaded<Comparison>;
}) {
  const shown = place.rows.filter((row) => verdictStatus(row.verdict) || !isSame(row) || rowKey(row) === opened);
  const same = place.rows.filter((row) => !shown.includes(row));
  const scale = reach(shown);
  return (
    <div class="place">
      <h3>
        on {place.machine}, workload {place.workload} <span class="dim">means</span>
      </h3>
      {shown.length > 0 && (
        <Scroll label={`Comparison on ${place.machine}, workload ${place.workload}`}>
          <table class="comparison stack">
            <thead>
              <tr>
                <th scope="col">after</th>
                <th scope="col">metric</th>
                <th scope="col">variant</th>
                <th scope="col" class="number">
                  n
                </th>
                <th scope="col" class="number">
                  {baseline || "baseline"}
                </th>
                <th scope="col" class="number">
                  this variant
                </th>
                <th scope="col" class="number">
                  change
                </th>
                <td class="drawn dim" aria-hidden="true">
                  −{Math.round(scale)} … +{Math.round(scale)} %
                </td>
                <th scope="col" class="number">
                  95 % interval
                </th>
                <th scope="col" class="number">
                  p
                </th>
                <th scope="col" class="number">
                  p (Holm)
                </th>
                <th scope="col">verdict</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Row
                  key={rowKey(row)}
                  row={row}
                  baseline={baseline}
                  scale={scale}
                  open={rowKey(row) === opened}
                  pairs={pairs}
                />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {same.length > 0 && (
        <details class="same">
          <summary>
            The same in every pair: {same.length} of {place.rows.length} rows
          </summary>
          <ul>
            {same.map((row) => (
              <li key={rowKey(row)}>
                <button type="button" class="plain mono" onClick={() => setQuery({ row: rowKey(row) })}>
                  {row.metric}
                </button>{" "}
                after {row.phase} ({row.variant}: {valueText(row.mean, row.unit)})
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** `pairs` is asked for once a row is open. */
export function ComparisonTables({ comparison, pairs }: { comparison: Comparison; pairs: Loaded<Comparison> }) {
  const { query } = usePlace();
  const get = (key: string) => query.get(key) ?? "";
  const opened = get("row");
  const filter = {
    all: get("rows") === "all",
    variant: get("variant"),
    machine: get("machine"),
    workload: get("workload"),
    phase: get("after"),
    metric: get("find"),
  };
  const rows = comparison.rows;
  const wanted = useMemo(
    () => rows.filter((row) => isWanted(row, filter) || rowKey(row) === opened),
    [rows, query.toString()],
  );
  const any = (text: string, values: string[]) => [
    { value: "", text },
    ...values.map((value) => ({ value, text: value })),
  ];
  const pick = (label: string, key: string, value: string, values: string[]) =>
    values.length > 1 && (
      <Select label={label} value={value} options={any("any", values)} onChange={(next) => setQuery({ [key]: next })} />
    );
  if (rows.length === 0)
    return (
      <Empty title="Nothing to compare">
        <p>There are no pairs: a pair is a run of the baseline and one of a variant with the same seed.</p>
      </Empty>
    );
  return (
    <>
      <div class="filters">
        <Choice
          label="Which rows"
          value={filter.all ? "all" : "key"}
          options={[
            { value: "key", text: "what tells most", title: "What was expected, and a few metrics of the linear map" },
            { value: "all", text: `all ${grouped(rows.length)} rows` },
          ]}
          onChange={(value) => setQuery({ rows: value === "all" ? "all" : "" })}
        />
        <SearchField
          label="part of a metric's name"
          value={filter.metric}
          onChange={(find) => setQuery({ find })}
          width={13}
        />
        {pick("after", "after", filter.phase, distinct(rows.map((row) => row.phase)))}
        {pick("variant", "variant", filter.variant, distinct(rows.map((row) => row.variant)))}
        {pick("machine", "machine", filter.machine, distinct(rows.map((row) => row.machine)))}
        {pick("workload", "workload", filter.workload, distinct(rows.map((row) => row.workload)))}
      </div>
      {wanted.length === 0 && (
        <Empty title="No row is like this">
          <p>The filters leave none of {rows.length} rows.</p>
        </Empty>
      )}
      {wanted.length > MOST_ROWS && (
        <p class="note">
          The first {grouped(MOST_ROWS)} of {grouped(wanted.length)} rows: the filters make it fewer, and the report as
          CSV has all.
        </p>
      )}
      {byPlace(wanted.slice(0, MOST_ROWS)).map((place) => (
        <PlaceTable
          key={`${place.machine}|${place.workload}`}
          place={place}
          baseline={comparison.baseline}
          opened={opened}
          pairs={pairs}
        />
      ))}
    </>
  );
}
