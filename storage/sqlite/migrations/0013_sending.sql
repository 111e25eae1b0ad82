-- What may be sent, in which order, and when.

ALTER TABLE message ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;  -- 0 high, 1 normal, 2 low
ALTER TABLE message ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;    -- its author wants it sent not before; 0: at once
ALTER TABLE message ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN flash INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN hold TEXT NOT NULL DEFAULT '';        -- who holds it: '', rule, person
ALTER TABLE message ADD COLUMN resend_of TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN resent_as TEXT NOT NULL DEFAULT '';

-- A part says itself what its place in the queue depends on, so that the next
-- one is found by an index alone.
ALTER TABLE part ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE part ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;         -- orders the recipients of one priority
ALTER TABLE part ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;        -- that ended before anything was sent
ALTER TABLE part ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;

DROP INDEX part_queued;
CREATE INDEX part_queued ON part (line, priority, turn, message, n) WHERE state = 'queued';
CREATE INDEX part_waiting ON part (line, peer, turn) WHERE state = 'queued';
CREATE INDEX part_held ON part (line) WHERE state = 'held';
CREATE INDEX part_expiring ON part (expires_at) WHERE state IN ('queued', 'held') AND expires_at > 0;

-- How far the turns of a line have come, by priority.
CREATE TABLE turn (
  line     TEXT NOT NULL,
  priority INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (line, priority)
) STRICT, WITHOUT ROWID;

-- How texts leave by a line; line '' stands for those without a row.
CREATE TABLE policy (
  line           TEXT PRIMARY KEY,
  pace           INTEGER NOT NULL DEFAULT 0, -- parts a minute; 0: as fast as the modem
  pool           INTEGER NOT NULL DEFAULT 0,
  max_parts      INTEGER NOT NULL DEFAULT 0,
  max_characters INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

ALTER TABLE line ADD COLUMN paced_until INTEGER NOT NULL DEFAULT 0; -- the next part not before
ALTER TABLE line ADD COLUMN pooled INTEGER NOT NULL DEFAULT 0;      -- when the pool's turn was this line's last, as a count

CREATE TABLE quiet (
  line   TEXT PRIMARY KEY, -- '': every line without a row
  begins TEXT NOT NULL,
  ends   TEXT NOT NULL,
  zone   TEXT NOT NULL,
  policy TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row while everything is stopped.
CREATE TABLE stop (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  reason TEXT NOT NULL,
  author TEXT NOT NULL, -- JSON
  at     INTEGER NOT NULL
) STRICT;

CREATE TABLE rules (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  text TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE spend_limit (
  subject TEXT NOT NULL,
  id      TEXT NOT NULL,
  span    TEXT NOT NULL, -- minute, hour, day, month
  parts   INTEGER NOT NULL,
  PRIMARY KEY (subject, id, span)
) STRICT, WITHOUT ROWID;

CREATE TABLE spend (
  subject TEXT NOT NULL,
  id      TEXT NOT NULL,
  span    TEXT NOT NULL,
  opened  INTEGER NOT NULL, -- milliseconds of spend_clock
  parts   INTEGER NOT NULL,
  PRIMARY KEY (subject, id, span)
) STRICT, WITHOUT ROWID;

-- Time as the limits count it: what the machine was up, start after start.
CREATE TABLE spend_clock (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  boot   TEXT NOT NULL,
  uptime INTEGER NOT NULL, -- of that boot, in milliseconds
  now    INTEGER NOT NULL
) STRICT;
