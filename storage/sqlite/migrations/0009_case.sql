-- The desk's work: which number waits, offers to take it on, and cases. All
-- are about a number and a line; whose thread it is says thread_number, so
-- that joining or parting threads moves nothing here.

-- How what comes in by a line reaches people. No row: as storage.NewDesk.
CREATE TABLE desk (
  line        TEXT PRIMARY KEY REFERENCES line,
  cases       TEXT NOT NULL,
  strategy    TEXT NOT NULL,
  wait_s      INTEGER NOT NULL,
  after_close TEXT NOT NULL,
  pop         TEXT NOT NULL DEFAULT '',
  lookup      TEXT NOT NULL DEFAULT '',
  rev         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The event that told an agent of the newest offer to it alone; for turns.
ALTER TABLE assignment ADD COLUMN rung INTEGER NOT NULL DEFAULT 0;

CREATE TABLE desk_case (
  id         TEXT PRIMARY KEY,
  peer       TEXT NOT NULL,
  line       TEXT NOT NULL,
  n          INTEGER NOT NULL, -- of the peer's cases and offers
  reference  TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  owner      TEXT NOT NULL DEFAULT '', -- '': released, an offer stands for it
  origin     TEXT NOT NULL CHECK (origin IN ('in', 'out')),
  outcome    TEXT NOT NULL DEFAULT '',
  started_at INTEGER NOT NULL,
  opened_at  INTEGER NOT NULL,
  closed_at  INTEGER NOT NULL DEFAULT 0,
  closed_by  TEXT NOT NULL DEFAULT '',
  lookup     TEXT NOT NULL DEFAULT '', -- JSON
  rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX desk_case_open ON desk_case (peer, line) WHERE state = 'open';
CREATE INDEX desk_case_peer ON desk_case (peer, n);
CREATE INDEX desk_case_reference ON desk_case (reference);
CREATE INDEX desk_case_state ON desk_case (state, id);
CREATE INDEX desk_case_owner ON desk_case (owner, id);

CREATE TABLE case_note (
  case_id TEXT NOT NULL REFERENCES desk_case,
  n       INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  author  TEXT NOT NULL, -- JSON
  text    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (case_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE offer (
  id         TEXT PRIMARY KEY,
  peer       TEXT NOT NULL,
  line       TEXT NOT NULL,
  n          INTEGER NOT NULL,
  reference  TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('ringing', 'unanswered', 'taken', 'withdrawn')),
  first      TEXT NOT NULL,             -- the message that made it
  case_id    TEXT NOT NULL DEFAULT '',  -- the case that it stands for; when taken: that came of it
  last_case  TEXT NOT NULL DEFAULT '',
  policy     TEXT NOT NULL,
  strategy   TEXT NOT NULL,
  told       TEXT NOT NULL DEFAULT '[]', -- JSON: whom it rings for
  tried      TEXT NOT NULL DEFAULT '[]', -- JSON: whom it rang for before
  wait_s     INTEGER NOT NULL,
  until_at   INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  taken_by   TEXT NOT NULL DEFAULT '',
  taken_at   INTEGER NOT NULL DEFAULT 0,
  rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX offer_open ON offer (peer, line) WHERE state IN ('ringing', 'unanswered');
CREATE INDEX offer_peer ON offer (peer, n);
CREATE INDEX offer_due ON offer (until_at) WHERE state = 'ringing';
CREATE INDEX offer_listed ON offer (id) WHERE state IN ('ringing', 'unanswered');

CREATE INDEX message_case ON message (case_id, id) WHERE case_id <> '';
