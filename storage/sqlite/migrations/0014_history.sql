-- What comes from elsewhere, how long what is here stays, and what a text is.

-- What one message counts for. What another program sent and got (sender is
-- 'import') was not done by this box.
DROP VIEW usage_of;
CREATE VIEW usage_of AS
SELECT id, created_at, line,
       CASE WHEN sender <> '' THEN sender
            WHEN author <> '' AND json_extract(author, '$.kind') = 'agent' THEN json_extract(author, '$.id')
            ELSE '' END AS agent,
       dir = 'in' AND state = 'received' AS received,
       dir = 'out' AND state IN ('sent', 'delivered', 'undelivered', 'partially_delivered', 'partially_sent') AS sent,
       dir = 'out' AND state = 'delivered' AS delivered,
       dir = 'out' AND state IN ('undelivered', 'partially_delivered') AS undelivered,
       dir = 'out' AND state IN ('failed', 'expired') AS failed,
       dir = 'out' AND state = 'unconfirmed' AS unconfirmed
FROM message
WHERE channel = 'sms' AND sender <> 'import';

ALTER TABLE message ADD COLUMN meaning TEXT NOT NULL DEFAULT ''; -- JSON: what the text turned out to be

-- How many days texts are kept. No row, or 0: for ever.
CREATE TABLE retention (
  line TEXT PRIMARY KEY, -- '': lines without a row
  days INTEGER NOT NULL,
  rev  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Finds what is over.
CREATE INDEX message_line ON message (line, id);
