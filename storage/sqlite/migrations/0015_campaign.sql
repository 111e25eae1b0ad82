-- Texts that are kept, lists of people, campaigns, who wants no texts, who is
-- not listened to, and rules that answer.

CREATE TABLE template (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  text     TEXT NOT NULL,
  language TEXT NOT NULL,
  owner    TEXT NOT NULL, -- an agent; '': everybody's
  rev      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX template_name ON template (owner, name, language);

CREATE TABLE people (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  rev  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is in a list: a contact or a number, once.
CREATE TABLE people_row (
  list    TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
  who     TEXT NOT NULL, -- a contact's id, or a number
  contact TEXT NOT NULL,
  number  TEXT NOT NULL,
  vals    TEXT NOT NULL, -- JSON; '': none
  PRIMARY KEY (list, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  text       TEXT NOT NULL,
  line       TEXT NOT NULL, -- '': for each person as for a single text
  start_at   INTEGER NOT NULL,
  pace       INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'done', 'canceled')),
  reason     TEXT NOT NULL DEFAULT '',
  author     TEXT NOT NULL DEFAULT '', -- JSON; who started it
  person     TEXT NOT NULL DEFAULT '', -- the account behind the author
  among      TEXT NOT NULL DEFAULT '', -- JSON; lines that the author may send from; '': all
  made_by    TEXT NOT NULL, -- JSON
  owner      TEXT NOT NULL, -- the account behind who made it
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL DEFAULT 0,
  ended_at   INTEGER NOT NULL DEFAULT 0,
  next_at    INTEGER NOT NULL DEFAULT 0, -- of the next copy
  told_at    INTEGER NOT NULL DEFAULT 0, -- of its last event
  total      INTEGER NOT NULL DEFAULT 0,
  copied     INTEGER NOT NULL DEFAULT 0,
  skipped    INTEGER NOT NULL DEFAULT 0,
  rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX campaign_running ON campaign (next_at) WHERE state = 'running';

-- The people of a campaign, each with what became of it. The copy, and the state
-- here, are written in one commit.
CREATE TABLE copy (
  campaign TEXT NOT NULL REFERENCES campaign,
  n        INTEGER NOT NULL,
  contact  TEXT NOT NULL,
  number   TEXT NOT NULL, -- '': the first of the contact, as it is then
  vals     TEXT NOT NULL, -- JSON; '': none
  state    TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'copied', 'skipped')),
  peer     TEXT NOT NULL DEFAULT '', -- the number that it went to
  skip     TEXT NOT NULL DEFAULT '',
  reason   TEXT NOT NULL DEFAULT '',
  message  TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (campaign, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX copy_waiting ON copy (campaign, n) WHERE state = 'waiting';

-- One number gets one copy, whatever the rows say, and whatever crashes.
CREATE UNIQUE INDEX copy_peer ON copy (campaign, peer) WHERE peer <> '';

-- Who wants no texts, from one line or ('') from any. What has ended stays, with
-- who ended it.
CREATE TABLE opt_out (
  number TEXT NOT NULL,
  line   TEXT NOT NULL,
  out    INTEGER NOT NULL,
  word   TEXT NOT NULL,
  by     TEXT NOT NULL, -- JSON
  note   TEXT NOT NULL,
  at     INTEGER NOT NULL,
  rev    INTEGER NOT NULL,
  PRIMARY KEY (number, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
  id    TEXT PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (kind IN ('number', 'begins', 'keyword')),
  value TEXT NOT NULL,
  note  TEXT NOT NULL,
  by    TEXT NOT NULL, -- JSON
  at    INTEGER NOT NULL,
  rev   INTEGER NOT NULL,
  UNIQUE (kind, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE auto_reply (
  id   TEXT PRIMARY KEY,
  rule TEXT NOT NULL, -- JSON
  rev  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers that rules want to give, until they are filled and counted; and those
-- that they gave, so that they do not give them again too soon.
CREATE TABLE reply (
  id      TEXT PRIMARY KEY,
  thread  TEXT NOT NULL,
  line    TEXT NOT NULL,
  peer    TEXT NOT NULL,
  rule    TEXT NOT NULL, -- its id; '': one of the box
  name    TEXT NOT NULL,
  text    TEXT NOT NULL,
  confirm INTEGER NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('due', 'given', 'dropped')),
  reason  TEXT NOT NULL DEFAULT '',
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reply_due ON reply (id) WHERE state = 'due';
CREATE INDEX reply_thread ON reply (thread, at);

ALTER TABLE message ADD COLUMN campaign TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0; -- inbound: by the block list
ALTER TABLE thread ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;  -- folded: all that came in lately was blocked

CREATE INDEX message_campaign ON message (campaign, state) WHERE campaign <> '';

-- What is unread is counted from this index alone.
DROP INDEX message_thread;
CREATE INDEX message_thread ON message (thread, id, dir, line, channel, sender, blocked);
