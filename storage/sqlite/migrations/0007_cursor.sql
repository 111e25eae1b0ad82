-- How far each device has come with the log, as it said itself.
CREATE TABLE cursor (
  owner  TEXT NOT NULL, -- kind and id of an account or a token
  device TEXT NOT NULL,
  name   TEXT NOT NULL, -- of the owner
  client TEXT NOT NULL,
  epoch  TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (owner, device)
) STRICT, WITHOUT ROWID;
