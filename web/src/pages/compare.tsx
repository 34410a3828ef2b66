// SPDX-License-Identifier: Apache-2.0
//
// Any two variants, or all that two experiments share, seed by seed.
import { lab } from "../api/client";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { ComparisonTables } from "../compare/table";
import { distinct } from "../format/comparison";
import { setQuery, usePlace } from "../route";
import { PageHead, Section, Select } from "../ui/parts";
import { Empty, Failed, Loading, Show } from "../ui/states";

interface SideValue {
  experiment: string;
  variant: string;
}

function Side({
  title,
  name,
  value,
  other,
  experiments,
}: {
  title: string;
  /** Of the keys in the address. */
  name: "baseline" | "candidate";
  value: SideValue;
  other: SideValue;
  experiments: { value: string; text: string }[];
}) {
  const state = useLoad(value.experiment, 0, (signal) => lab.getExperiment({ id: value.experiment }, { signal }));
  const variants = distinct((state.data?.runs ?? []).map((run) => run.variant));
  const options = [{ value: "", text: "choose…" }, ...experiments];
  if (value.experiment && !experiments.some((one) => one.value === value.experiment))
    options.push({
      value: value.experiment,
      text: state.data?.experiment ? `${state.data.experiment.name} (${value.experiment})` : value.experiment,
    });
  return (
    <fieldset>
      <legend>{title}</legend>
      <Select
        label="experiment"
        value={value.experiment}
        options={options}
        onChange={(id) => setQuery({ [name]: id, [`${name}-variant`]: "", row: "" })}
      />
      {value.experiment && (
        <Select
          label="variant"
          value={value.variant}
          options={[
            { value: "", text: "each against itself" },
            ...variants.map((variant) => ({ value: variant, text: variant })),
          ]}
          onChange={(variant) =>
            setQuery({
              [`${name}-variant`]: variant,
              // Both sides name a variant, or neither does.
              ...(variant === "" ? { [`${name === "baseline" ? "candidate" : "baseline"}-variant`]: "" } : {}),
              row: "",
            })
          }
        />
      )}
      {state.error && <p class="tone-fail">{state.error.rawMessage}</p>}
      {value.experiment && value.variant === "" && other.variant !== "" && (
        <p class="tone-fail">Choose a variant here too.</p>
      )}
    </fieldset>
  );
}

function Result({ baseline, candidate }: { baseline: SideValue; candidate: SideValue }) {
  const { query } = usePlace();
  const tick = useChanges([baseline.experiment, candidate.experiment]);
  const key = JSON.stringify([baseline, candidate]);
  const comparison = useLoad(key, tick, (signal) => lab.compare({ baseline, candidate }, { signal }));
  const pairs = useLoad(query.get("row") ? key : "", tick, (signal) =>
    lab.compare({ baseline, candidate, pairs: true }, { signal }),
  );
  return (
    <Section title="Comparison" note="a row opens to its pairs, and a value leads to its run">
      {comparison.data ? (
        <ComparisonTables comparison={comparison.data} pairs={pairs} />
      ) : comparison.error ? (
        <Failed error={comparison.error} what="the comparison" again={comparison.again} />
      ) : (
        <Loading what="the comparison" />
      )}
    </Section>
  );
}

export function ComparePage(_: { id: string }) {
  const { query } = usePlace();
  const side = (name: string): SideValue => ({
    experiment: query.get(name) ?? "",
    variant: query.get(`${name}-variant`) ?? "",
  });
  const [baseline, candidate] = [side("baseline"), side("candidate")];
  const list = useLoad("experiments", 0, (signal) => lab.listExperiments({ pageSize: 200 }, { signal }));
  const whole = baseline.experiment && candidate.experiment && Boolean(baseline.variant) === Boolean(candidate.variant);
  return (
    <>
      <PageHead title="Compare" tab="compare" />
      <p class="note">
        Rows are the second side against the first, where both ran the same machine, workload and seeds on the same
        base.
      </p>
      <Show from={list} what="the experiments">
        {({ experiments }) => {
          const options = experiments.map((one) => ({ value: one.id, text: `${one.name} (${one.id})` }));
          return (
            <div class="compare-sides">
              <Side
                title="First: the baseline"
                name="baseline"
                value={baseline}
                other={candidate}
                experiments={options}
              />
              <button
                type="button"
                onClick={() =>
                  setQuery({
                    baseline: candidate.experiment,
                    "baseline-variant": candidate.variant,
                    candidate: baseline.experiment,
                    "candidate-variant": baseline.variant,
                    row: "",
                  })
                }
              >
                ⇄ swap
              </button>
              <Side
                title="Second: what is set against it"
                name="candidate"
                value={candidate}
                other={baseline}
                experiments={options}
              />
            </div>
          );
        }}
      </Show>
      {whole ? (
        <Result baseline={baseline} candidate={candidate} />
      ) : (
        <Empty title="Two sides are wanted">
          <p>
            Choose an experiment on each side, and a variant of each, or none to set each variant that both have against
            itself.
          </p>
        </Empty>
      )}
    </>
  );
}
