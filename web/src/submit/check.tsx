// SPDX-License-Identifier: Apache-2.0
//
// What the server would do with the draft, or what it has against it, in its own words.
import type { ConnectError } from "@connectrpc/connect";
import { useEffect, useState } from "preact/hooks";
import type { SubmitExperimentResponse } from "../../gen/roxlab/v1/lab_pb";
import { lab } from "../api/client";
import { isLost, toError } from "../api/errors";
import { count, grouped } from "../format/number";
import { duration } from "../format/time";
import { Scroll } from "../ui/parts";
import { type Draft, isEmpty, specOf, variantNames } from "./draft";

const REST_MS = 300;

export interface Checked {
  answer?: SubmitExperimentResponse;
  error?: ConnectError;
  pending: boolean;
}

/** Asks the server once the typing rests. */
export function useCheck(draft: Draft): Checked {
  const [checked, setChecked] = useState<Checked>({ pending: false });
  useEffect(() => {
    if (isEmpty(draft)) {
      setChecked({ pending: false });
      return;
    }
    const stop = new AbortController();
    setChecked((old) => ({ ...old, pending: true }));
    const ask = () =>
      lab.submitExperiment({ spec: specOf(draft), validateOnly: true }, { signal: stop.signal }).then(
        (answer) => setChecked({ answer, pending: false }),
        (reason) => {
          if (stop.signal.aborted) return;
          const error = toError(reason);
          setChecked({ error, pending: isLost(error) });
          if (isLost(error)) timer = setTimeout(ask, 2000);
        },
      );
    let timer = setTimeout(ask, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [draft]);
  return checked;
}

function MatrixPreview({ draft, runs }: { draft: Draft; runs: number }) {
  const variants = variantNames(draft);
  const places = draft.machines.flatMap((machine) => draft.workloads.map((workload) => ({ machine, workload })));
  const each = variants.length * places.length ? runs / (variants.length * places.length) : 0;
  return (
    <Scroll label="Runs by variant, machine and workload">
      <table class="tight">
        <thead>
          <tr>
            <th scope="col">variant</th>
            {places.map(({ machine, workload }) => (
              <th key={`${machine}|${workload}`} scope="col">
                {machine}
                <br />
                {workload}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variants.map((variant, i) => (
            <tr key={variant}>
              <th scope="row">
                {variant}
                {variant === (draft.baseline || variants[0]) && <span class="dim"> baseline</span>}
                {i >= draft.variants.length && <span class="dim"> defined here</span>}
              </th>
              {places.map(({ machine, workload }) => (
                <td key={`${machine}|${workload}`} class="number">
                  {count(each, "seed")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function CheckPanel({ draft, checked }: { draft: Draft; checked: Checked }) {
  const { answer, error, pending } = checked;
  if (!answer && !error)
    return (
      <p class="note">
        {pending ? "Checking…" : "Choose variants, machines, workloads and seeds: the server checks them as you go."}
      </p>
    );
  if (error)
    return (
      <div class="check failed" role="status">
        <p>
          <strong>{isLost(error) ? "The server does not answer; trying again." : "✗ Not yet:"}</strong>
        </p>
        {!isLost(error) && <p class="words">{error.rawMessage}</p>}
      </div>
    );
  const experiment = answer!.experiment;
  const [builds, runs] = [experiment?.builds?.total ?? 0, experiment?.runs?.total ?? 0];
  return (
    <div class={`check${pending ? " pending" : ""}`}>
      <p role="status">
        <strong>✓ {count(runs, "run")}</strong> of {count(builds, "build")}
        {answer!.buildsReused > 0 && ` (${grouped(answer!.buildsReused)} known already)`},{" "}
        {answer!.estimateSeconds > 0 ? (
          <strong>about {duration(answer!.estimateSeconds * 1000)}</strong>
        ) : (
          "nothing like it was ever done here, so nobody knows how long it takes"
        )}
        {answer!.estimateSeconds > 0 && ", with what is queued now"}
      </p>
      <MatrixPreview draft={draft} runs={runs} />
    </div>
  );
}
