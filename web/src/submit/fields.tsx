// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import type { Catalog } from "../../gen/roxlab/v1/lab_pb";
import { lab } from "../api/client";
import { toError } from "../api/errors";
import { bytes, count } from "../format/number";
import { Select } from "../ui/parts";
import type { Draft, OwnVariant } from "./draft";

export function Text({
  label,
  value,
  onChange,
  hint,
  width,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  width?: number;
}) {
  return (
    <label class="line">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        spellcheck={false}
        style={width ? { width: `${width}rem` } : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {hint && <span class="dim">{hint}</span>}
    </label>
  );
}

/** Any of these; in the order in which they were chosen. */
export function Picks({
  legend,
  options,
  chosen,
  onChange,
}: {
  legend: string;
  options: { name: string; title: string }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}) {
  const unknown = chosen.filter((name) => !options.some((option) => option.name === name));
  const sorted = [...options].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const all = [...sorted, ...unknown.map((name) => ({ name, title: "not in the catalog" }))];
  return (
    <fieldset>
      <legend>
        {legend} <span class="dim">{chosen.length > 0 ? chosen.length : ""}</span>
      </legend>
      <ul class="picks">
        {all.map((option) => (
          <li key={option.name}>
            <label title={option.title}>
              <input
                type="checkbox"
                checked={chosen.includes(option.name)}
                onChange={(event) =>
                  onChange(
                    event.currentTarget.checked
                      ? [...chosen, option.name]
                      : chosen.filter((name) => name !== option.name),
                  )
                }
              />{" "}
              {option.name} <span class="dim">{option.title}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** A file of patches, dropped or chosen; the server takes it apart. */
function PatchFile({ variant, onChange }: { variant: OwnVariant; onChange: (changes: Partial<OwnVariant>) => void }) {
  const [said, setSaid] = useState("");
  const [failed, setFailed] = useState(false);
  const [over, setOver] = useState(false);
  const read = async (file: File | undefined) => {
    if (!file) return;
    setFailed(false);
    setSaid(`reading ${file.name}, ${bytes(file.size)}`);
    try {
      const series = await lab.readSeries({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) });
      onChange({ patches: series.patches });
      setSaid(series.title ? `${file.name}: ${series.title}` : file.name);
    } catch (reason) {
      setFailed(true);
      setSaid(toError(reason).rawMessage);
    }
  };
  return (
    <div
      class={`drop${over ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void read(event.dataTransfer?.files[0]);
      }}
    >
      <label class="line">
        <span>patches</span>
        <input
          type="file"
          accept=".mbox,.patch,.mbx,.eml,text/plain"
          onChange={(event) => read(event.currentTarget.files?.[0])}
        />
        <span class="dim">or drop an mbox here: what b4 or git format-patch --stdout gives</span>
      </label>
      {said && (
        <p role="status" class={failed ? "tone-fail" : "dim"}>
          {failed && "✗ "}
          {said}
        </p>
      )}
      {variant.patches.length > 0 && (
        <>
          <p>
            {count(variant.patches.length, "patch", "patches")}{" "}
            <button type="button" class="plain" onClick={() => (onChange({ patches: [] }), setSaid(""))}>
              take away
            </button>
          </p>
          <ol class="patches mono">
            {variant.patches.map((patch, i) => (
              <li key={i}>{patch.name}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

export function OwnVariantFields({
  catalog,
  variant,
  onChange,
  onRemove,
}: {
  catalog: Catalog;
  variant: OwnVariant;
  onChange: (changes: Partial<OwnVariant>) => void;
  onRemove: () => void;
}) {
  return (
    <fieldset>
      <legend>A variant of your own</legend>
      <div class="lines">
        <Text label="name" value={variant.name} onChange={(name) => onChange({ name })} width={16} />
        <Select
          label="base"
          value={variant.base}
          options={catalog.bases.map((base) => base.name)}
          onChange={(base) => onChange({ base })}
        />
        <PatchFile variant={variant} onChange={onChange} />
        <Picks
          legend="series of the lab, before the patches"
          options={catalog.series}
          chosen={variant.series}
          onChange={(series) => onChange({ series })}
        />
        <Picks
          legend="configuration fragments, a later line wins"
          options={catalog.configs.map(({ name }) => ({ name, title: "" }))}
          chosen={variant.configs}
          onChange={(configs) => onChange({ configs })}
        />
        <label class="line">
          <span>more configuration</span>
          <textarea
            rows={3}
            spellcheck={false}
            class="mono"
            placeholder="CONFIG_…=y"
            value={variant.fragment}
            onInput={(event) => onChange({ fragment: event.currentTarget.value })}
          />
        </label>
        <Text
          label="kernel command line"
          value={variant.cmdline}
          onChange={(cmdline) => onChange({ cmdline })}
          width={24}
        />
        <p>
          <button type="button" onClick={onRemove}>
            Take this variant away
          </button>
        </p>
      </div>
    </fieldset>
  );
}

type Expected = Draft["expect"][number];

export function Expectations({
  list,
  variants,
  phases,
  onChange,
}: {
  list: Expected[];
  variants: string[];
  phases: string[];
  onChange: (list: Expected[]) => void;
}) {
  const change = (i: number, changes: Partial<Expected>) =>
    onChange(list.map((one, j) => (i === j ? { ...one, ...changes } : one)));
  const add = () =>
    onChange([
      ...list,
      {
        variant: variants[1] ?? variants[0] ?? "",
        metric: "linear.l3_entries",
        phase: phases.includes("loaded") ? "loaded" : (phases.at(-1) ?? ""),
        relation: "below",
        machine: "",
        workload: "",
        evidence: "",
      },
    ]);
  return (
    <fieldset>
      <legend>What is expected</legend>
      <p class="note">
        Said before the runs, so that the verdict is not made to fit them. Without any, an experiment passes when its
        runs do.
      </p>
      {list.map((one, i) => (
        <div key={i} class="expectation">
          <Select
            label="with"
            value={one.variant}
            options={[...new Set([...variants, one.variant])].filter(Boolean)}
            onChange={(variant) => change(i, { variant })}
          />
          <label class="field">
            <span class="unseen">metric</span>
            <input
              type="text"
              class="mono"
              value={one.metric}
              spellcheck={false}
              onInput={(event) => change(i, { metric: event.currentTarget.value })}
            />
          </label>
          <Select
            label="after"
            value={one.phase}
            options={[...new Set([...phases, one.phase])].filter(Boolean)}
            onChange={(phase) => change(i, { phase })}
          />
          <Select
            label="is"
            value={one.relation}
            options={["below", "above", "equal"]}
            onChange={(relation) => change(i, { relation })}
          />
          <Select
            label="evidence"
            value={one.evidence}
            options={[
              { value: "", text: "interval and test" },
              { value: "interval", text: "interval alone" },
            ]}
            onChange={(evidence) => change(i, { evidence })}
          />
          <button
            type="button"
            aria-label={`Take expectation ${i + 1} away`}
            onClick={() => onChange(list.filter((_, j) => j !== i))}
          >
            ✕
          </button>
        </div>
      ))}
      <button type="button" onClick={add}>
        Add
      </button>
    </fieldset>
  );
}
