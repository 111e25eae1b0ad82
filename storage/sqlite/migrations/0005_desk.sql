-- What the desk stands on: whose a thread is, what each agent sees of it, and
-- for whom an event is.

-- Agents whom alone an event is told, JSON; '': all who see its line.
ALTER TABLE event ADD COLUMN audience TEXT NOT NULL DEFAULT '';

ALTER TABLE message ADD COLUMN sender TEXT NOT NULL DEFAULT '';  -- the agent who wrote it
ALTER TABLE message ADD COLUMN case_id TEXT NOT NULL DEFAULT ''; -- the case that it belongs to

-- A thread is a person's: the contact's, or a number's that nobody has saved.
ALTER TABLE thread ADD COLUMN contact TEXT NOT NULL DEFAULT '';

CREATE TABLE thread_number (
  number TEXT PRIMARY KEY,
  thread TEXT NOT NULL REFERENCES thread
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_number_thread ON thread_number (thread);

INSERT INTO thread_number SELECT peer, id FROM thread WHERE channel = 'sms';
UPDATE thread SET contact = coalesce((SELECT contact FROM contact_number WHERE number = thread.peer), '');

-- Who talks in a thread that stays inside the box.
CREATE TABLE member (
  thread TEXT NOT NULL REFERENCES thread,
  agent  TEXT NOT NULL REFERENCES agent,
  PRIMARY KEY (agent, thread)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_thread ON member (thread);

-- A thread as one agent sees it. No row: nothing read, open, heard, no draft.
CREATE TABLE thread_view (
  agent     TEXT NOT NULL REFERENCES agent,
  thread    TEXT NOT NULL REFERENCES thread,
  read_to   TEXT NOT NULL DEFAULT '', -- the newest message that was read
  closed_at INTEGER NOT NULL DEFAULT 0,
  muted     INTEGER NOT NULL DEFAULT 0,
  draft     TEXT NOT NULL DEFAULT '',
  rev       INTEGER NOT NULL,
  PRIMARY KEY (agent, thread)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_view_thread ON thread_view (thread);
