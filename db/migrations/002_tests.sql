-- SPDX-License-Identifier: Apache-2.0
--
-- What the tests of a run's workload said (TestResult). `status`: roxlab.v1.TestStatus.

CREATE TABLE tests (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  diagnostic TEXT NOT NULL,
  PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;
