-- SPDX-License-Identifier: Apache-2.0
--
-- Boards that runners have announced. Kept while nobody announces them, so that an experiment can
-- name a board whose runner is away for a while.

CREATE TABLE boards (
  name TEXT PRIMARY KEY,
  runner TEXT NOT NULL,               -- the one that has it
  machine BLOB NOT NULL,              -- Machine, as it was announced
  state INTEGER NOT NULL,             -- BoardState
  reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL           -- of the last change of `state`
) STRICT, WITHOUT ROWID;

-- A machine may ask for configuration of its own, so that a variant has a build for each: the
-- builds of an experiment are those of its runs. (variants.build is the one of its first machine.)
CREATE INDEX runs_by_experiment_build ON runs (experiment, build);
