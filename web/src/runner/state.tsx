// SPDX-License-Identifier: Apache-2.0
//
// Whether a runner is given work, why not, and the switch for it.
import { useState } from "preact/hooks";
import { type Runner, RunnerState as State } from "../../gen/roxlab/v1/record_pb";
import { lab } from "../api/client";
import { toError } from "../api/errors";
import { type Status, runnerStatus } from "../format/words";
import { Age } from "../ui/parts";

export function Signs({ list }: { list: readonly Status[] }) {
  return (
    <>
      {list.map(({ tone, sign, text }) => (
        <div key={text} class={`nowrap tone-${tone}`}>
          {sign} {text}
        </div>
      ))}
    </>
  );
}

const isStopped = (runner: Runner) => runner.state === State.RUNNER_PAUSED || runner.state === State.RUNNER_QUARANTINED;

export function RunnerState({ runner }: { runner: Runner }) {
  return (
    <>
      <Signs list={runnerStatus(runner)} />
      {isStopped(runner) && (
        <div class="dim reason">
          {runner.reason && `${runner.reason}, `}
          <Age ms={runner.sinceMs} />
        </div>
      )}
    </>
  );
}

const focus = (input: HTMLElement | null) => input?.focus();

/** Pauses a runner, or lets it have work again, also out of quarantine. For admins. */
export function RunnerSwitch({ runner }: { runner: Runner }) {
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState("");
  const set = async (paused: boolean) => {
    setSaid("");
    try {
      // The list is loaded again as the server tells the change.
      await lab.setRunner({ name: runner.name, paused, reason: paused ? reason.trim() : "" });
      setAsked(false);
      setReason("");
    } catch (error) {
      setSaid(toError(error).rawMessage);
    }
  };
  const problem = said && (
    <span role="alert" class="tone-fail">
      {said}
    </span>
  );
  if (asked)
    return (
      <form
        class="row"
        aria-label={`Pause ${runner.name}`}
        onSubmit={(event) => {
          event.preventDefault();
          void set(true);
        }}
      >
        <label class="field">
          <span class="dim">why</span>
          <input
            type="text"
            maxLength={200}
            ref={focus}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Pause
        </button>
        <button type="button" onClick={() => setAsked(false)}>
          Let it work
        </button>
        {problem}
      </form>
    );
  return (
    <span class="row">
      {runner.state !== State.RUNNER_PAUSED && (
        <button type="button" aria-label={`Pause ${runner.name}`} onClick={() => setAsked(true)}>
          Pause…
        </button>
      )}
      {isStopped(runner) && (
        <button type="button" aria-label={`Resume ${runner.name}`} onClick={() => set(false)}>
          Resume
        </button>
      )}
      {problem}
    </span>
  );
}
