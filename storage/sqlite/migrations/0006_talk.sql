-- Talk among colleagues, and what the box and its people have set.

-- Whatever else goes wrong: a word between colleagues has no line, and only a
-- text has parts, so that no modem can ever be handed one.
CREATE TRIGGER chat_has_no_line BEFORE INSERT ON message
WHEN NEW.channel = 'chat' AND NEW.line <> ''
BEGIN SELECT raise(ABORT, 'a chat message has no line'); END;

CREATE TRIGGER chat_gets_no_line BEFORE UPDATE OF channel, line ON message
WHEN NEW.channel = 'chat' AND NEW.line <> ''
BEGIN SELECT raise(ABORT, 'a chat message has no line'); END;

CREATE TRIGGER text_stays_text BEFORE UPDATE OF channel ON message
WHEN NEW.channel <> OLD.channel
BEGIN SELECT raise(ABORT, 'a message keeps its channel'); END;

CREATE TRIGGER part_of_text BEFORE INSERT ON part
WHEN (SELECT channel FROM message WHERE id = NEW.message) <> 'sms'
BEGIN SELECT raise(ABORT, 'only a text has parts'); END;

CREATE TRIGGER part_stays BEFORE UPDATE OF message ON part
WHEN NEW.message <> OLD.message
BEGIN SELECT raise(ABORT, 'a part keeps its message'); END;

ALTER TABLE agent ADD COLUMN chat INTEGER NOT NULL DEFAULT 1;     -- is shown to be there
ALTER TABLE agent ADD COLUMN voice TEXT NOT NULL DEFAULT '';      -- the phone on the desk
ALTER TABLE agent ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;     -- the log's end when it left
ALTER TABLE agent ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;

UPDATE agent SET seen = (SELECT coalesce(max(seq), 0) FROM event);

-- Finds what came while somebody was away.
CREATE INDEX event_received ON event (seq) WHERE type = 'message.received';

ALTER TABLE line ADD COLUMN tested_at INTEGER NOT NULL DEFAULT 0; -- a self-test arrived

-- What is not here is as it is by default.
CREATE TABLE setting (
  agent TEXT NOT NULL, -- '': of the box
  key   TEXT NOT NULL,
  value TEXT NOT NULL, -- JSON
  rev   INTEGER NOT NULL,
  PRIMARY KEY (agent, key)
) STRICT, WITHOUT ROWID;
