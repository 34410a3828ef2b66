-- SPDX-License-Identifier: Apache-2.0
--
-- The lab's record. `seq` is the internal key and the order in which rows came; `id` is what
-- people and programs see. States, verdicts: the numbers of roxlab.v1.State and .Verdict.
-- Times: Unix milliseconds, 0 when not yet known. Where a message is kept whole (BLOB), nothing
-- is ever looked up inside it.

CREATE TABLE experiments (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  request_id TEXT UNIQUE,             -- the client's; NULL: none
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  submitter TEXT NOT NULL,
  spec BLOB NOT NULL,                 -- ExperimentSpec without the patches' content
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
  verdict INTEGER NOT NULL DEFAULT 0 CHECK (verdict BETWEEN 0 AND 4),
  summary TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  finished_ms INTEGER NOT NULL DEFAULT 0,
  -- Tallies, kept once the experiment is done: counting ten thousand runs for every line of a
  -- list would not do.
  builds_tally BLOB,
  runs_tally BLOB
) STRICT;
CREATE INDEX experiments_open ON experiments (seq) WHERE state < 3;

-- What a name of the catalog meant when it was used; one row per distinct content.
CREATE TABLE definitions (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('machine', 'workload')),
  name TEXT NOT NULL,
  spec BLOB NOT NULL,                 -- Machine or Workload
  needs TEXT NOT NULL,                -- machines: the tags, sorted, with commas between
  sha256 TEXT NOT NULL,               -- of spec
  UNIQUE (kind, sha256)
) STRICT;

-- Files of the artifact store that some row speaks of.
CREATE TABLE artifacts (
  seq INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- Which tree a base's name stands for in this lab. The first import pins it: a build's id holds
-- only the base's name, so two runners that import different sources under one name would
-- otherwise share builds that are not the same.
CREATE TABLE bases (
  name TEXT PRIMARY KEY,
  tree TEXT NOT NULL,                 -- git tree id
  runner TEXT NOT NULL,               -- whose import it was
  pinned_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE builds (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,            -- SHA-256 of what goes in
  base TEXT NOT NULL,
  base_spec BLOB NOT NULL,            -- Base
  toolchain TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
  verdict INTEGER NOT NULL DEFAULT 0 CHECK (verdict BETWEEN 0 AND 4),
  failure_kind TEXT NOT NULL DEFAULT '',
  failure_summary TEXT NOT NULL DEFAULT '',
  failure_excerpt TEXT NOT NULL DEFAULT '',
  base_tree TEXT NOT NULL DEFAULT '',
  compiler TEXT NOT NULL DEFAULT '',
  runner TEXT NOT NULL DEFAULT '',
  leases INTEGER NOT NULL DEFAULT 0,        -- leases given so far; the number is part of a job's id
  result_lease INTEGER NOT NULL DEFAULT 0,  -- the last one that brought a result
  created_ms INTEGER NOT NULL,
  started_ms INTEGER NOT NULL DEFAULT 0,
  finished_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE build_inputs (
  build INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('config', 'patch')),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  artifact INTEGER NOT NULL REFERENCES artifacts,
  PRIMARY KEY (build, kind, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX build_inputs_by_artifact ON build_inputs (artifact);

CREATE TABLE build_artifacts (
  build INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  artifact INTEGER NOT NULL REFERENCES artifacts,
  PRIMARY KEY (build, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX build_artifacts_by_artifact ON build_artifacts (artifact);

CREATE TABLE variants (
  seq INTEGER PRIMARY KEY,
  experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  name TEXT NOT NULL,
  build INTEGER NOT NULL REFERENCES builds,
  cmdline TEXT NOT NULL,
  UNIQUE (experiment, name)
) STRICT;
CREATE INDEX variants_by_build ON variants (build);

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  number INTEGER NOT NULL,            -- from 1; a run's id is EXPERIMENT-NUMBER
  variant INTEGER NOT NULL REFERENCES variants ON DELETE CASCADE,
  build INTEGER NOT NULL REFERENCES builds,
  machine INTEGER NOT NULL REFERENCES definitions,
  workload INTEGER NOT NULL REFERENCES definitions,
  seed INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
  verdict INTEGER NOT NULL DEFAULT 0 CHECK (verdict BETWEEN 0 AND 4),
  failure_kind TEXT NOT NULL DEFAULT '',
  failure_summary TEXT NOT NULL DEFAULT '',
  failure_excerpt TEXT NOT NULL DEFAULT '',
  argv BLOB NOT NULL DEFAULT x'',     -- words, each ended by a zero byte
  runner TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  leases INTEGER NOT NULL DEFAULT 0,        -- as in builds
  result_lease INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  started_ms INTEGER NOT NULL DEFAULT 0,
  finished_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (experiment, number)
) STRICT;
CREATE INDEX runs_open_by_build ON runs (build) WHERE state < 3;
CREATE INDEX runs_open_by_experiment ON runs (experiment) WHERE state < 3;
CREATE INDEX runs_by_variant ON runs (variant);

CREATE TABLE run_artifacts (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  artifact INTEGER NOT NULL REFERENCES artifacts,
  PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_artifacts_by_artifact ON run_artifacts (artifact);

CREATE TABLE snapshots (
  seq INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  phase TEXT NOT NULL,
  collector TEXT NOT NULL,
  raw_name TEXT NOT NULL,
  raw INTEGER REFERENCES artifacts,
  UNIQUE (run, ordinal)
) STRICT;
CREATE INDEX snapshots_by_raw ON snapshots (raw);

-- A run has hundreds of metrics of always the same names: a row is two small numbers and a value.
CREATE TABLE metric_names (
  seq INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  UNIQUE (name, unit)
) STRICT;
CREATE TABLE metrics (
  snapshot INTEGER NOT NULL REFERENCES snapshots ON DELETE CASCADE,
  name INTEGER NOT NULL REFERENCES metric_names,
  value REAL NOT NULL,
  PRIMARY KEY (snapshot, name)
) STRICT, WITHOUT ROWID;

-- Work that is ready or under way, and nothing else: a run gets its row when its build has
-- passed, and a row goes when its work has ended. So the queue stays small however large the
-- record grows.
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),    -- 1: build, 2: run
  build INTEGER UNIQUE REFERENCES builds ON DELETE CASCADE,
  run INTEGER UNIQUE REFERENCES runs ON DELETE CASCADE,
  state INTEGER NOT NULL CHECK (state IN (1, 2)),  -- 1: queued, 2: leased
  priority INTEGER NOT NULL DEFAULT 0,             -- the larger, the sooner
  needs TEXT NOT NULL,                -- the machine's tags, as in definitions
  not_before_ms INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,             -- starts that count against the limit
  runner TEXT NOT NULL DEFAULT '',
  session TEXT NOT NULL DEFAULT '',
  lease_expires_ms INTEGER NOT NULL DEFAULT 0,
  CHECK ((kind = 1) = (build IS NOT NULL) AND (kind = 2) = (run IS NOT NULL))
) STRICT;
CREATE INDEX jobs_queued ON jobs (kind, needs, priority DESC, seq) WHERE state = 1;
CREATE INDEX jobs_waiting ON jobs (not_before_ms) WHERE state = 1;
CREATE INDEX jobs_by_runner ON jobs (runner) WHERE state = 2;
CREATE INDEX jobs_by_expiry ON jobs (lease_expires_ms) WHERE state = 2;
