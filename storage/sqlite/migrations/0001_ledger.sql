-- The ledger. Times are milliseconds since 1970 in UTC; 0 stands for none.
-- Ids are a prefix, the box and a time-ordered number, so that rows of one
-- kind are appended at the right end of their tree.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE line (
  id           TEXT PRIMARY KEY,
  number       TEXT NOT NULL DEFAULT '',
  name         TEXT NOT NULL DEFAULT '',
  state        TEXT NOT NULL,
  reason       TEXT NOT NULL DEFAULT '',
  operator     TEXT NOT NULL DEFAULT '',
  registration TEXT NOT NULL DEFAULT '',
  signal       INTEGER NOT NULL DEFAULT 0,
  port         TEXT NOT NULL DEFAULT '',
  iccid        TEXT NOT NULL DEFAULT '',
  imsi         TEXT NOT NULL DEFAULT '',
  imei         TEXT NOT NULL DEFAULT '',
  manufacturer TEXT NOT NULL DEFAULT '',
  model        TEXT NOT NULL DEFAULT '',
  revision     TEXT NOT NULL DEFAULT '',
  last_ref     INTEGER NOT NULL DEFAULT -1, -- TP-MR of the last part that the modem confirmed; -1: not known
  rev          INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX line_iccid ON line (iccid) WHERE iccid <> '';
CREATE UNIQUE INDEX line_imei ON line (imei) WHERE iccid = '' AND imei <> '';

CREATE TABLE contact (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  rev  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_number (
  number  TEXT PRIMARY KEY,
  contact TEXT NOT NULL REFERENCES contact
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_number_contact ON contact_number (contact);

CREATE TABLE thread (
  id      TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  peer    TEXT NOT NULL,
  line    TEXT NOT NULL DEFAULT '', -- used last, in either direction
  last    TEXT NOT NULL DEFAULT '', -- newest message; orders the list
  rev     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX thread_peer ON thread (channel, peer);
CREATE INDEX thread_last ON thread (last);

CREATE TABLE message (
  id           TEXT PRIMARY KEY,
  thread       TEXT NOT NULL REFERENCES thread,
  line         TEXT NOT NULL,
  dir          TEXT NOT NULL CHECK (dir IN ('in', 'out')),
  peer         TEXT NOT NULL,
  own          TEXT NOT NULL DEFAULT '', -- the line's number at that time
  text         TEXT NOT NULL,
  state        TEXT NOT NULL,
  reason       TEXT NOT NULL DEFAULT '',
  code         INTEGER NOT NULL DEFAULT 0,
  total        INTEGER NOT NULL,
  copies       INTEGER NOT NULL DEFAULT 1,
  warnings     TEXT NOT NULL DEFAULT '',
  raw          TEXT NOT NULL DEFAULT '',
  author       TEXT NOT NULL DEFAULT '', -- JSON
  count        TEXT NOT NULL DEFAULT '', -- JSON
  trace        TEXT NOT NULL DEFAULT '', -- JSON
  concat_ref   INTEGER NOT NULL DEFAULT 0,
  created_at   INTEGER NOT NULL,
  sent_at      INTEGER NOT NULL DEFAULT 0,
  received_at  INTEGER NOT NULL DEFAULT 0,
  delivered_at INTEGER NOT NULL DEFAULT 0,
  rev          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX message_thread ON message (thread, id);

-- The PDUs of outbound messages.
CREATE TABLE part (
  message    TEXT NOT NULL REFERENCES message,
  n          INTEGER NOT NULL,
  line       TEXT NOT NULL,
  peer       TEXT NOT NULL,
  state      TEXT NOT NULL,
  pdu        TEXT NOT NULL DEFAULT '',
  length     INTEGER NOT NULL DEFAULT 0,
  ref        INTEGER NOT NULL DEFAULT -1, -- TP-MR; -1: none told
  expect_ref INTEGER NOT NULL DEFAULT -1, -- the TP-MR that should come next, when sending began
  attempts   INTEGER NOT NULL DEFAULT 0,
  next_try   INTEGER NOT NULL DEFAULT 0,
  code       INTEGER NOT NULL DEFAULT 0,
  reason     TEXT NOT NULL DEFAULT '',
  report     INTEGER NOT NULL DEFAULT -1, -- TP-ST; -1: none yet
  sent_at    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX part_queued ON part (line, message, n) WHERE state = 'queued';
CREATE INDEX part_sending ON part (line) WHERE state = 'sending';
CREATE INDEX part_unconfirmed ON part (line, expect_ref) WHERE state = 'unconfirmed';
CREATE INDEX part_reported ON part (line, ref, message) WHERE state IN ('sent', 'unconfirmed') AND ref >= 0;

-- Every PDU that a modem handed over, as it was, before anybody read it.
CREATE TABLE kept (
  id         INTEGER PRIMARY KEY,
  line       TEXT NOT NULL,
  memory     TEXT NOT NULL,
  slot       INTEGER NOT NULL,
  pdu        TEXT NOT NULL,
  kept_at    INTEGER NOT NULL,
  removed_at INTEGER NOT NULL DEFAULT 0,
  kind       TEXT NOT NULL DEFAULT '', -- '': not read yet; text, undecodable, repeat, report, unmatched
  identity   TEXT NOT NULL DEFAULT '',
  message    TEXT NOT NULL DEFAULT '',
  seq        INTEGER NOT NULL DEFAULT 0,
  ref        INTEGER NOT NULL DEFAULT -1,
  report     TEXT NOT NULL DEFAULT '' -- JSON of a report that waits for its part
) STRICT;

CREATE INDEX kept_slot ON kept (line, memory, slot) WHERE removed_at = 0;
CREATE INDEX kept_unread ON kept (line) WHERE kind = '';
CREATE INDEX kept_identity ON kept (line, identity) WHERE kind IN ('text', 'undecodable');
CREATE INDEX kept_message ON kept (message, seq) WHERE kind = 'text';
CREATE INDEX kept_unmatched ON kept (line, ref) WHERE kind = 'unmatched';

-- Which message a concatenated set became. The same key comes again when a
-- sender uses a reference again: then there are several messages, the newest last.
CREATE TABLE concat_set (
  line    TEXT NOT NULL,
  peer    TEXT NOT NULL,
  bits    INTEGER NOT NULL,
  ref     INTEGER NOT NULL,
  total   INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (line, peer, bits, ref, total, message)
) STRICT, WITHOUT ROWID;

-- The next concatenation reference, per destination.
CREATE TABLE reference (
  peer TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  seq    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  type   TEXT NOT NULL,
  thread TEXT NOT NULL,
  line   TEXT NOT NULL,
  data   TEXT NOT NULL
) STRICT;

-- What was asked with an idempotency key, and what became of it.
CREATE TABLE idem (
  author  TEXT NOT NULL,
  key     TEXT NOT NULL,
  digest  TEXT NOT NULL,
  message TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (author, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  id   TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  rev  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Secrets are kept as SHA-256 only.
CREATE TABLE token (
  id         TEXT PRIMARY KEY,
  label      TEXT NOT NULL,
  scopes     TEXT NOT NULL, -- JSON
  hash       BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  hash    BLOB PRIMARY KEY,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  hash    BLOB PRIMARY KEY,
  agent   TEXT NOT NULL REFERENCES agent,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
