-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE tokens (
  name TEXT PRIMARY KEY,
  role INTEGER NOT NULL,                -- Role
  sha256 TEXT NOT NULL UNIQUE,          -- of the secret, lower-case hex
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who changed what, or tried to. Only grows.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,                   -- of the caller's token; empty: the server asks for none
  role INTEGER NOT NULL,
  peer TEXT NOT NULL,
  method TEXT NOT NULL,
  subject TEXT NOT NULL,
  error TEXT NOT NULL
) STRICT;
