-- SPDX-License-Identifier: Apache-2.0
--
-- What the lab thinks of runners, for as long as it is anything: one without a row is in order.
-- What they say of themselves is only in memory.

CREATE TABLE runners (
  name TEXT PRIMARY KEY,
  state INTEGER NOT NULL,               -- RunnerState
  reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL,            -- of the last change of `state`
  errors INTEGER NOT NULL DEFAULT 0,    -- jobs in a row that ended in ERROR there
  check_number INTEGER NOT NULL DEFAULT 0,  -- of the newest check that it was asked for
  check_ms INTEGER NOT NULL DEFAULT 0       -- quarantined: when it is asked next
) STRICT, WITHOUT ROWID;
