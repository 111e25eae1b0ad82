-- What a box is used for, counted in the commits that change messages, by
-- triggers: whoever changes a message, the figures follow. A message counts on
-- the day it was made, in the box's own time, by what it is now.

CREATE TABLE usage_day (
  day         TEXT NOT NULL, -- 2026-11-21
  line        TEXT NOT NULL,
  agent       TEXT NOT NULL, -- who wrote; '': a program, or what came in
  received    INTEGER NOT NULL DEFAULT 0,
  sent        INTEGER NOT NULL DEFAULT 0, -- the service centre took it, whatever came then
  delivered   INTEGER NOT NULL DEFAULT 0, -- of them: a report says so
  undelivered INTEGER NOT NULL DEFAULT 0, -- of them: a report says not, or not all of it
  failed      INTEGER NOT NULL DEFAULT 0,
  unconfirmed INTEGER NOT NULL DEFAULT 0,
  parts       INTEGER NOT NULL DEFAULT 0, -- that left, or may have
  PRIMARY KEY (day, line, agent)
) STRICT, WITHOUT ROWID;

-- What one message counts for.
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
WHERE channel = 'sms';

INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed, parts)
SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent,
       sum(received), sum(sent), sum(delivered), sum(undelivered), sum(failed), sum(unconfirmed),
       sum((SELECT count(*) FROM part
            WHERE part.message = usage_of.id AND part.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed')))
FROM usage_of
GROUP BY 1, 2, 3;

CREATE TRIGGER usage_insert AFTER INSERT ON message WHEN NEW.channel = 'sms'
BEGIN
  INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent, received, sent, delivered, undelivered, failed, unconfirmed
  FROM usage_of WHERE id = NEW.id
  ON CONFLICT DO UPDATE
  SET received = received + excluded.received, sent = sent + excluded.sent, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, failed = failed + excluded.failed,
      unconfirmed = unconfirmed + excluded.unconfirmed;
END;

CREATE TRIGGER usage_before BEFORE UPDATE OF state, line, sender ON message WHEN NEW.channel = 'sms'
BEGIN
  UPDATE usage_day
  SET received = usage_day.received - o.received, sent = usage_day.sent - o.sent, delivered = usage_day.delivered - o.delivered,
      undelivered = usage_day.undelivered - o.undelivered, failed = usage_day.failed - o.failed,
      unconfirmed = usage_day.unconfirmed - o.unconfirmed
  FROM (SELECT * FROM usage_of WHERE id = NEW.id) AS o
  WHERE usage_day.day = date(o.created_at / 1000, 'unixepoch', 'localtime')
    AND usage_day.line = o.line AND usage_day.agent = o.agent;
END;

CREATE TRIGGER usage_after AFTER UPDATE OF state, line, sender ON message WHEN NEW.channel = 'sms'
BEGIN
  INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent, received, sent, delivered, undelivered, failed, unconfirmed
  FROM usage_of WHERE id = NEW.id
  ON CONFLICT DO UPDATE
  SET received = received + excluded.received, sent = sent + excluded.sent, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, failed = failed + excluded.failed,
      unconfirmed = unconfirmed + excluded.unconfirmed;
END;

-- A part that leaves counts once, and no longer if it is put back in the queue.
CREATE TRIGGER usage_part AFTER UPDATE OF state ON part
WHEN (NEW.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed')) <> (OLD.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed'))
BEGIN
  UPDATE usage_day
  SET parts = parts + iif(NEW.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed'), 1, -1)
  WHERE (day, line, agent) = (SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent FROM usage_of WHERE id = NEW.message);
END;

-- Who has been texting since when without an answer of ours.
CREATE TABLE waiting (
  peer  TEXT NOT NULL,
  line  TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (peer, line)
) STRICT, WITHOUT ROWID;

-- How long answers took: so many of each bucket of storage.AnswerBuckets.
CREATE TABLE answer_day (
  day    TEXT NOT NULL,
  line   TEXT NOT NULL,
  agent  TEXT NOT NULL,
  bucket INTEGER NOT NULL, -- its upper end in seconds; 0: above all
  n      INTEGER NOT NULL,
  PRIMARY KEY (day, line, agent, bucket)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_traced ON message (line, id) WHERE trace <> '';
