-- SPDX-License-Identifier: Apache-2.0
--
-- What lists need to stay quick however large the record grows. A list of runs or builds reads, for
-- each state and verdict that is asked for, the newest rows off one of these indexes (every index
-- ends with seq) and puts them together; its total is counted in the same index.

-- Holds all that an experiment is searched by, so that a search need not read the specs.
CREATE INDEX experiments_listed ON experiments
  (name COLLATE NOCASE, title, submitter, state, verdict, id);

CREATE INDEX runs_by_standing ON runs (state, verdict);
CREATE INDEX runs_by_experiment_standing ON runs (experiment, state, verdict);  -- Tallies, too.
CREATE INDEX runs_by_build_standing ON runs (build, state, verdict);
CREATE INDEX runs_by_runner_standing ON runs (runner, state, verdict);
CREATE INDEX runs_by_machine_standing ON runs (machine, state, verdict);
CREATE INDEX runs_by_place_standing ON runs (runner, machine, state, verdict);
CREATE INDEX builds_by_standing ON builds (state, verdict);
CREATE INDEX builds_by_runner_standing ON builds (runner, state, verdict);
