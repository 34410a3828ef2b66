// SPDX-License-Identifier: Apache-2.0
//
// Hands an experiment in: the form on one side, what it comes to on the other.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Catalog } from "../../gen/roxlab/v1/lab_pb";
import { caller, maySubmit, roleWord } from "../api/access";
import { lab } from "../api/client";
import { toError } from "../api/errors";
import { useChanges } from "../api/live";
import { useLoad } from "../api/load";
import { distinct } from "../format/comparison";
import { navigate, setQuery, usePlace } from "../route";
import { useStore } from "../store";
import { CheckPanel, useCheck } from "../submit/check";
import { type Draft, draftFrom, emptyDraft, newVariant, requestId, specOf, variantNames } from "../submit/draft";
import { Expectations, OwnVariantFields, Picks, Text } from "../submit/fields";
import { PageHead, Select } from "../ui/parts";
import { Empty, Loading, Show } from "../ui/states";

function Form({ catalog, boards }: { catalog: Catalog; boards: string[] }) {
  const { query } = usePlace();
  const template = query.get("from") ?? "";
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [said, setSaid] = useState("");
  const [sending, setSending] = useState(false);
  const request = useRef(requestId());
  const checked = useCheck(draft);
  useEffect(() => {
    const spec = catalog.experiments.find((one) => one.name === template);
    if (spec) setDraft(draftFrom(spec));
  }, [template]);
  const change = (changes: Partial<Draft>) => {
    request.current = requestId();
    setSaid("");
    setDraft((old) => ({ ...old, ...changes }));
  };
  const variants = variantNames(draft);
  const phases = distinct(
    catalog.workloads
      .filter((one) => draft.workloads.includes(one.name))
      .flatMap((one) => one.phases.map((phase) => phase.name)),
  );
  const machines = [
    ...catalog.machines,
    ...boards
      .filter((name) => !catalog.machines.some((machine) => machine.name === name))
      .map((name) => ({ name, title: "board" })),
  ];
  const submit = async () => {
    setSending(true);
    try {
      const { experiment } = await lab.submitExperiment({ requestId: request.current, spec: specOf(draft) });
      navigate(`/experiments/${experiment?.id ?? ""}`);
    } catch (reason) {
      setSaid(toError(reason).rawMessage);
      setSending(false);
    }
  };
  return (
    <form
      class="submit"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="lines">
        <Select
          label="start from"
          value={template}
          options={[
            { value: "", text: "nothing" },
            ...catalog.experiments.map(({ name, title }) => ({
              value: name,
              text: title ? `${name}: ${title}` : name,
            })),
          ]}
          onChange={(from) => {
            setQuery({ from });
            if (!from) change(emptyDraft());
          }}
        />
        <Text label="name" value={draft.name} onChange={(name) => change({ name })} width={18} />
        <Text label="title" value={draft.title} onChange={(title) => change({ title })} width={30} />
        <Picks
          legend="Variants"
          options={catalog.variants}
          chosen={draft.variants}
          onChange={(chosen) => change({ variants: chosen })}
        />
        {draft.own.map((variant, i) => (
          <OwnVariantFields
            key={i}
            catalog={catalog}
            variant={variant}
            onChange={(changes) => change({ own: draft.own.map((one, j) => (i === j ? { ...one, ...changes } : one)) })}
            onRemove={() => change({ own: draft.own.filter((_, j) => j !== i) })}
          />
        ))}
        <p>
          <button
            type="button"
            onClick={() => change({ own: [...draft.own, newVariant(catalog.bases[0]?.name ?? "", variants)] })}
          >
            Add a variant of your own: patches, configuration
          </button>
        </p>
        <Select
          label="baseline"
          value={draft.baseline}
          options={[
            { value: "", text: variants[0] ? `the first: ${variants[0]}` : "the first" },
            ...distinct([...variants, draft.baseline]).filter(Boolean),
          ]}
          onChange={(baseline) => change({ baseline })}
        />
        <Picks
          legend="Machines"
          options={machines}
          chosen={draft.machines}
          onChange={(chosen) => change({ machines: chosen })}
        />
        <Picks
          legend="Workloads"
          options={catalog.workloads}
          chosen={draft.workloads}
          onChange={(chosen) => change({ workloads: chosen })}
        />
        <Text
          label="seeds"
          value={draft.seeds}
          onChange={(seeds) => change({ seeds })}
          hint="1-8, or 1 2 5, or auto: until the intervals are narrow enough"
          width={10}
        />
        <Expectations
          list={draft.expect}
          variants={variants}
          phases={phases}
          onChange={(expect) => change({ expect })}
        />
      </div>
      <aside aria-label="What it comes to">
        <h2>What it comes to</h2>
        <CheckPanel draft={draft} checked={checked} />
        <p class="actions">
          <button type="submit" class="primary" disabled={!checked.answer || checked.pending || sending}>
            {sending ? "Handing it in…" : "Submit"}
          </button>
          {said && (
            <span role="alert" class="tone-fail">
              {said}
            </span>
          )}
        </p>
      </aside>
    </form>
  );
}

export function SubmitPage(_: { id: string }) {
  const who = useStore(caller);
  useChanges(["runners"]);
  const catalog = useLoad("catalog", 0, async (signal) => {
    const [all, boards] = await Promise.all([lab.getCatalog({}, { signal }), lab.listBoards({}, { signal })]);
    return { all, boards: boards.boards.map((board) => board.machine?.name ?? "").filter(Boolean) };
  });
  return (
    <>
      <PageHead title="Submit an experiment" tab="submit" />
      {who && !maySubmit(who) ? (
        <Empty title="You may look, but not hand in">
          <p>
            {who.name} is a {roleWord(who.role)} here. Whoever runs the lab makes tokens that may:
          </p>
          <pre>roxlab token add NAME --role submitter</pre>
        </Empty>
      ) : (
        <Show from={catalog} what="the catalog">
          {({ all, boards }) => (who ? <Form catalog={all} boards={boards} /> : <Loading what="who you are" />)}
        </Show>
      )}
    </>
  );
}
