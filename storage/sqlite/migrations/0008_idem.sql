-- Idempotency keys of every method that makes something, by author and method.
ALTER TABLE idem RENAME TO idem_send;

CREATE TABLE idem (
  author TEXT NOT NULL, -- kind and id
  method TEXT NOT NULL,
  key    TEXT NOT NULL,
  digest TEXT NOT NULL, -- of the request
  object TEXT NOT NULL, -- what it made or changed
  answer TEXT NOT NULL, -- JSON without secrets; '': it was lost
  at     INTEGER NOT NULL,
  PRIMARY KEY (author, method, key)
) STRICT, WITHOUT ROWID;

INSERT INTO idem SELECT author, 'message.send', key, digest, message, '', at FROM idem_send;
DROP TABLE idem_send;

CREATE INDEX idem_at ON idem (at);
