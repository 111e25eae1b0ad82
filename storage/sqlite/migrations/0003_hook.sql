-- Endpoints that events are pushed to. An event up to cursor that the hook
-- wants has a row in delivery; the log is the outbox for all after it.
CREATE TABLE hook (
  id            TEXT PRIMARY KEY,
  url           TEXT NOT NULL,
  label         TEXT NOT NULL DEFAULT '',
  events        TEXT NOT NULL DEFAULT '[]', -- JSON
  lines         TEXT NOT NULL DEFAULT '[]', -- JSON
  ordering      TEXT NOT NULL CHECK (ordering IN ('free', 'strict')),
  template      TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  disabled_at   INTEGER NOT NULL DEFAULT 0,
  reason        TEXT NOT NULL DEFAULT '',
  cursor        INTEGER NOT NULL,
  prev          INTEGER NOT NULL,
  missed        INTEGER NOT NULL DEFAULT 0,
  failures      INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER NOT NULL DEFAULT 0,
  rev           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signing needs the secret itself, so a hash would not do: it is sealed with a
-- key that is not in this file.
CREATE TABLE hook_secret (
  hook    TEXT NOT NULL REFERENCES hook ON DELETE CASCADE,
  n       INTEGER NOT NULL,
  sealed  BLOB NOT NULL,
  expires INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hook, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  hook      TEXT NOT NULL REFERENCES hook ON DELETE CASCADE,
  seq       INTEGER NOT NULL,
  prev      INTEGER NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
  attempts  INTEGER NOT NULL,
  first_try INTEGER NOT NULL,
  last_try  INTEGER NOT NULL,
  next_try  INTEGER NOT NULL DEFAULT 0,
  status    INTEGER NOT NULL DEFAULT 0,
  error     TEXT NOT NULL DEFAULT '',
  took_ms   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hook, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_waiting ON delivery (hook, next_try) WHERE state = 'waiting';
CREATE INDEX delivery_dead ON delivery (hook, seq) WHERE state = 'dead';
