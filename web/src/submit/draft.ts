// SPDX-License-Identifier: Apache-2.0
//
// What is being handed in, while it is being written.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import {
  type ConfigFragment,
  ConfigFragmentSchema,
  type Expectation,
  ExpectationSchema,
  type ExperimentSpec,
  ExperimentSpecSchema,
  type Patch,
  type Variant,
  VariantSchema,
} from "../../gen/roxlab/v1/catalog_pb";

/** A variant that is defined here: names of the catalog, and what was handed in. */
export interface OwnVariant {
  name: string;
  base: string;
  series: string[];
  configs: string[];
  cmdline: string;
  patches: Patch[];
  /** Lines as in a .config; empty: none. */
  fragment: string;
}

export interface Draft {
  name: string;
  title: string;
  variants: string[];
  own: OwnVariant[];
  baseline: string;
  machines: string[];
  workloads: string[];
  /** "1-8", "1 2 5", "auto". */
  seeds: string;
  expect: Pick<Expectation, "variant" | "metric" | "phase" | "relation" | "machine" | "workload" | "evidence">[];
  /** What the form does not show and a template had. */
  rest: MessageInitShape<typeof ExperimentSpecSchema>;
}

export const emptyDraft = (): Draft => ({
  name: "",
  title: "",
  variants: [],
  own: [],
  baseline: "",
  machines: [],
  workloads: [],
  seeds: "1-8",
  expect: [],
  rest: {},
});

export const newVariant = (base: string, taken: readonly string[]): OwnVariant => {
  let name = "mine";
  for (let n = 2; taken.includes(name); ++n) name = `mine-${n}`;
  return { name, base, series: [], configs: [], cmdline: "", patches: [], fragment: "" };
};

const FRAGMENT = "handed-in.config";

const ownFrom = (variant: Variant): OwnVariant => ({
  name: variant.name,
  base: variant.base,
  series: [...variant.series],
  configs: [...variant.configs],
  cmdline: variant.cmdline,
  patches: [...variant.patches],
  fragment: variant.fragments.map((one: ConfigFragment) => one.content).join("\n"),
});

/** An experiment of the catalog as a start. */
export function draftFrom(spec: ExperimentSpec): Draft {
  return {
    name: spec.name,
    title: spec.title,
    variants: [...spec.variants],
    own: spec.define.map(ownFrom),
    baseline: spec.baseline,
    machines: [...spec.machines],
    workloads: [...spec.workloads],
    seeds: spec.seeds.join(" ") || (spec.autoSeeds ? "auto" : ""),
    expect: spec.expect.map(({ variant, metric, phase, relation, machine, workload, evidence }) => ({
      variant,
      metric,
      phase,
      relation,
      machine,
      workload,
      evidence,
    })),
    rest: spec.autoSeeds ? { autoSeeds: spec.autoSeeds } : {},
  };
}

/** Words that are separated by spaces or commas. */
export const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function specOf(draft: Draft): ExperimentSpec {
  const seeds = words(draft.seeds);
  return create(ExperimentSpecSchema, {
    ...(seeds.includes("auto") ? draft.rest : {}),
    name: draft.name.trim(),
    title: draft.title.trim(),
    variants: draft.variants,
    define: draft.own.map(({ fragment, ...variant }) =>
      create(VariantSchema, {
        ...variant,
        fragments: fragment.trim()
          ? [create(ConfigFragmentSchema, { name: FRAGMENT, content: `${fragment.trim()}\n` })]
          : [],
      }),
    ),
    baseline: draft.baseline,
    machines: draft.machines,
    workloads: draft.workloads,
    seeds,
    expect: draft.expect.map((one) => create(ExpectationSchema, one)),
  });
}

/** Names of all variants of the draft, those of the catalog first. */
export const variantNames = (draft: Draft): string[] =>
  [...draft.variants, ...draft.own.map((one) => one.name)].filter(Boolean);

/** Nothing has been chosen yet, so there is nothing to check. */
export const isEmpty = (draft: Draft): boolean =>
  !draft.name && variantNames(draft).length === 0 && draft.machines.length === 0 && draft.workloads.length === 0;

/** A request id that a repeat of the same request carries too. */
export function requestId(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `web-${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
