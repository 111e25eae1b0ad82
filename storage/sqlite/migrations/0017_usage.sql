-- The same figures with less work: a message is counted when what it counts for
-- changes, and not at each step of its way; its day is looked up once.

DROP TRIGGER usage_insert;
CREATE TRIGGER usage_insert AFTER INSERT ON message
WHEN NEW.channel = 'sms'
 AND NEW.state IN ('received', 'sent', 'delivered', 'undelivered', 'partially_delivered', 'partially_sent', 'failed', 'expired', 'unconfirmed')
BEGIN
  INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent, received, sent, delivered, undelivered, failed, unconfirmed
  FROM usage_of WHERE id = NEW.id
  ON CONFLICT DO UPDATE
  SET received = received + excluded.received, sent = sent + excluded.sent, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, failed = failed + excluded.failed,
      unconfirmed = unconfirmed + excluded.unconfirmed;
END;

CREATE TRIGGER usage_state AFTER UPDATE OF state ON message
WHEN NEW.channel = 'sms' AND NEW.line = OLD.line AND NEW.sender = OLD.sender AND NEW.state <> OLD.state
 AND (NEW.state IN ('received', 'sent', 'delivered', 'undelivered', 'partially_delivered', 'partially_sent', 'failed', 'expired', 'unconfirmed')
   OR OLD.state IN ('received', 'sent', 'delivered', 'undelivered', 'partially_delivered', 'partially_sent', 'failed', 'expired', 'unconfirmed'))
BEGIN
  INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent,
         received - (NEW.dir = 'in' AND OLD.state = 'received'),
         sent - (NEW.dir = 'out' AND OLD.state IN ('sent', 'delivered', 'undelivered', 'partially_delivered', 'partially_sent')),
         delivered - (NEW.dir = 'out' AND OLD.state = 'delivered'),
         undelivered - (NEW.dir = 'out' AND OLD.state IN ('undelivered', 'partially_delivered')),
         failed - (NEW.dir = 'out' AND OLD.state IN ('failed', 'expired')),
         unconfirmed - (NEW.dir = 'out' AND OLD.state = 'unconfirmed')
  FROM usage_of WHERE id = NEW.id
  ON CONFLICT DO UPDATE
  SET received = received + excluded.received, sent = sent + excluded.sent, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, failed = failed + excluded.failed,
      unconfirmed = unconfirmed + excluded.unconfirmed;
END;

-- A message that gets another line or another author moves its count.
DROP TRIGGER usage_before;
CREATE TRIGGER usage_before BEFORE UPDATE OF line, sender ON message
WHEN NEW.channel = 'sms' AND (NEW.line <> OLD.line OR NEW.sender <> OLD.sender)
BEGIN
  UPDATE usage_day
  SET received = usage_day.received - o.received, sent = usage_day.sent - o.sent, delivered = usage_day.delivered - o.delivered,
      undelivered = usage_day.undelivered - o.undelivered, failed = usage_day.failed - o.failed,
      unconfirmed = usage_day.unconfirmed - o.unconfirmed
  FROM (SELECT * FROM usage_of WHERE id = NEW.id) AS o
  WHERE usage_day.day = date(o.created_at / 1000, 'unixepoch', 'localtime')
    AND usage_day.line = o.line AND usage_day.agent = o.agent;
END;

DROP TRIGGER usage_after;
CREATE TRIGGER usage_after AFTER UPDATE OF line, sender ON message
WHEN NEW.channel = 'sms' AND (NEW.line <> OLD.line OR NEW.sender <> OLD.sender)
BEGIN
  INSERT INTO usage_day (day, line, agent, received, sent, delivered, undelivered, failed, unconfirmed)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent, received, sent, delivered, undelivered, failed, unconfirmed
  FROM usage_of WHERE id = NEW.id
  ON CONFLICT DO UPDATE
  SET received = received + excluded.received, sent = sent + excluded.sent, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, failed = failed + excluded.failed,
      unconfirmed = unconfirmed + excluded.unconfirmed;
END;

DROP TRIGGER usage_part;
CREATE TRIGGER usage_part AFTER UPDATE OF state ON part
WHEN (NEW.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed')) <> (OLD.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed'))
BEGIN
  INSERT INTO usage_day (day, line, agent, parts)
  SELECT date(created_at / 1000, 'unixepoch', 'localtime'), line, agent,
         iif(NEW.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed'), 1, -1)
  FROM usage_of WHERE id = NEW.message
  ON CONFLICT DO UPDATE SET parts = parts + excluded.parts;
END;
