-- People: roles, passwords, invitations, lines by person, and the audit.

ALTER TABLE agent ADD COLUMN sms INTEGER NOT NULL DEFAULT 1;      -- may text people
ALTER TABLE agent ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN widened INTEGER NOT NULL DEFAULT 0;  -- the event after which it saw more

CREATE UNIQUE INDEX agent_name ON agent (name COLLATE NOCASE);

-- argon2id in its usual text form, with salt and costs.
CREATE TABLE password (
  agent TEXT PRIMARY KEY REFERENCES agent,
  hash  TEXT NOT NULL,
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invite (
  hash    BLOB PRIMARY KEY,
  agent   TEXT NOT NULL REFERENCES agent,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE assignment (
  agent TEXT NOT NULL REFERENCES agent,
  line  TEXT NOT NULL REFERENCES line,
  PRIMARY KEY (agent, line)
) STRICT, WITHOUT ROWID;

ALTER TABLE session ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
UPDATE session SET id = 'se_' || lower(hex(randomblob(8)));
CREATE INDEX session_agent ON session (agent);

ALTER TABLE token ADD COLUMN agent TEXT NOT NULL DEFAULT ''; -- '': the box's own
ALTER TABLE token ADD COLUMN lines TEXT NOT NULL DEFAULT ''; -- JSON; '': every line

ALTER TABLE line ADD COLUMN sms_disabled INTEGER NOT NULL DEFAULT 0;

-- Nothing here is ever changed or taken out; each row's hash covers the one
-- before it. The newest row stands in audit_head once more, so that a chain
-- that was cut shows it.
CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  author  TEXT NOT NULL, -- JSON
  method  TEXT NOT NULL,
  object  TEXT NOT NULL,
  outcome TEXT NOT NULL,
  hash    TEXT NOT NULL
) STRICT;

CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
