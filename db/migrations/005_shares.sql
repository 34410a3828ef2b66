-- SPDX-License-Identifier: Apache-2.0
--
-- For whom a job is done, since when it waits, and what memory it takes: by that the queue is served.

ALTER TABLE experiments ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;  -- the larger, the sooner
ALTER TABLE definitions ADD COLUMN memory_mib INTEGER NOT NULL DEFAULT 0;  -- of a QEMU machine's host

-- Of a build that several wait for: the one who asked first, and the highest priority.
ALTER TABLE jobs ADD COLUMN submitter TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN memory_mib INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN queued_ms INTEGER NOT NULL DEFAULT 0;

DROP INDEX jobs_queued;
CREATE INDEX jobs_queued ON jobs (kind, needs, memory_mib, submitter, priority DESC, seq)
  WHERE state = 1;
