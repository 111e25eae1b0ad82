-- Threads as desks list, read, search and delete them, and the whole card of a
-- contact.

-- The card of a contact.
ALTER TABLE contact ADD COLUMN first TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN last TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN emails TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE contact ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN custom TEXT NOT NULL DEFAULT ''; -- JSON
ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN folded TEXT NOT NULL DEFAULT ''; -- the words that find it, each after a blank

CREATE INDEX contact_folded ON contact (folded);

ALTER TABLE contact_number ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_number ADD COLUMN n INTEGER NOT NULL DEFAULT 0; -- place on the card; the first is the one to use

-- Two contacts made one, as they were before.
CREATE TABLE contact_merge (
  id        TEXT PRIMARY KEY,
  contact   TEXT NOT NULL, -- that stayed
  stayed    TEXT NOT NULL, -- JSON
  went      TEXT NOT NULL, -- JSON
  rev       INTEGER NOT NULL, -- of the contact, made from both
  at        INTEGER NOT NULL,
  undone_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_merge_at ON contact_merge (at);

-- One thread per person, also for those who had several until now. The oldest
-- stays; message.peer says what was whose.
UPDATE message
SET thread = (SELECT min(kept.id) FROM thread AS kept JOIN thread AS mine ON mine.contact = kept.contact WHERE mine.id = message.thread)
WHERE thread IN (
  SELECT id FROM thread
  WHERE contact <> '' AND EXISTS (SELECT 1 FROM thread AS older WHERE older.contact = thread.contact AND older.id < thread.id));
UPDATE thread_number
SET thread = (SELECT min(kept.id) FROM thread AS kept JOIN thread AS mine ON mine.contact = kept.contact WHERE mine.id = thread_number.thread)
WHERE thread IN (SELECT id FROM thread WHERE contact <> '');
DELETE FROM thread
WHERE contact <> '' AND EXISTS (SELECT 1 FROM thread AS older WHERE older.contact = thread.contact AND older.id < thread.id);
UPDATE thread SET last = coalesce((SELECT max(id) FROM message WHERE message.thread = thread.id), '');
UPDATE thread
SET line = coalesce((SELECT line FROM message WHERE message.id = thread.last), line),
    peer = coalesce((SELECT peer FROM message WHERE message.id = thread.last), peer);

-- thread_number says whose a number is; peer is only the one used last.
DROP INDEX thread_peer;
CREATE UNIQUE INDEX thread_peer ON thread (channel, peer) WHERE channel <> 'sms';

CREATE UNIQUE INDEX thread_contact ON thread (contact) WHERE contact <> '';

-- The list of threads, for who sees every line and for who sees some.
DROP INDEX thread_last;
CREATE INDEX thread_last ON thread (channel, last);

CREATE TABLE thread_line (
  thread TEXT NOT NULL REFERENCES thread,
  line   TEXT NOT NULL,
  last   TEXT NOT NULL, -- newest message over this line
  PRIMARY KEY (thread, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_line_last ON thread_line (line, last);

INSERT INTO thread_line SELECT thread, line, max(id) FROM message WHERE channel <> 'chat' GROUP BY thread, line;

-- Pages of a thread, and what is unread in it, without a look at the rows.
DROP INDEX message_thread;
CREATE INDEX message_thread ON message (thread, id, dir, line, channel, sender);

ALTER TABLE thread_view ADD COLUMN draft_rev INTEGER NOT NULL DEFAULT 0;

CREATE INDEX thread_view_closed ON thread_view (thread) WHERE closed_at > 0;
CREATE INDEX thread_view_aside ON thread_view (agent, thread) WHERE closed_at > 0 OR muted = 1;

-- What one press marked as read, so that it can be taken back.
CREATE TABLE read_all (
  id    TEXT PRIMARY KEY,
  agent TEXT NOT NULL,
  was   TEXT NOT NULL, -- JSON: thread to what was read of it
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is scrubbed with a message beside its own PDUs.
CREATE INDEX kept_beside ON kept (message) WHERE kind IN ('undecodable', 'repeat');

-- The words of messages. docid is the number in the message's id. FTS4 keeps them
-- in a table of its own: the checks of the file compare the two.
CREATE VIRTUAL TABLE spoken USING fts4 (words, tokenize=simple, order=DESC, matchinfo=fts3, prefix="3");

INSERT INTO meta (key, value) VALUES ('spoken', ''); -- the newest message whose words are there
