-- What the radio bank remembers beside texts.

-- The journal is read from the log; this finds its rows.
CREATE INDEX event_note ON event (seq) WHERE type IN ('line.note', 'modem.note');

-- Calls stand in threads beside texts.
ALTER TABLE message ADD COLUMN channel TEXT NOT NULL DEFAULT 'sms';

ALTER TABLE line ADD COLUMN balance TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE line ADD COLUMN alarm TEXT NOT NULL DEFAULT '';   -- what is wrong though the modem says all is well

-- Which card a line had until another took its place.
CREATE TABLE card (
  iccid    TEXT NOT NULL,
  line     TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  PRIMARY KEY (iccid, until_at)
) STRICT, WITHOUT ROWID;

-- Keys the digests of PINs, so that no PIN stands in this file.
INSERT INTO meta (key, value) VALUES ('secret', lower(hex(randomblob(32))));

-- Each PIN that was tried on a card, written before the try.
CREATE TABLE pin_try (
  iccid   TEXT NOT NULL,
  digest  BLOB NOT NULL,
  at      INTEGER NOT NULL,
  outcome TEXT NOT NULL DEFAULT '', -- '': not known; good, refused
  open    INTEGER NOT NULL,         -- tries whose outcome is not known
  PRIMARY KEY (iccid, digest)
) STRICT, WITHOUT ROWID;

-- What was learned of a modem by talking to it.
CREATE TABLE modem (
  imei      TEXT PRIMARY KEY,
  ussd_form TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE ussd (
  id         TEXT PRIMARY KEY,
  line       TEXT NOT NULL,
  state      TEXT NOT NULL,
  reason     TEXT NOT NULL DEFAULT '',
  author     TEXT NOT NULL DEFAULT '', -- JSON
  started_at INTEGER NOT NULL,
  ended_at   INTEGER NOT NULL DEFAULT 0,
  rev        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX ussd_open ON ussd (line) WHERE ended_at = 0; -- the network has one dialogue per SIM

CREATE TABLE ussd_turn (
  session TEXT NOT NULL REFERENCES ussd,
  n       INTEGER NOT NULL,
  dir     TEXT NOT NULL CHECK (dir IN ('in', 'out')),
  text    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (session, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_rule (
  operator TEXT PRIMARY KEY, -- MCC and MNC, or a name
  code     TEXT NOT NULL,
  pattern  TEXT NOT NULL,
  low      REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE selftest (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL,
  target     TEXT NOT NULL,
  message    TEXT NOT NULL,
  text       TEXT NOT NULL,
  parts      INTEGER NOT NULL,
  state      TEXT NOT NULL,
  reason     TEXT NOT NULL DEFAULT '',
  started_at INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  arrived_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX selftest_running ON selftest (text) WHERE state <> 'arrived';
