-- What is set anew as a whole has a rev as well, so that nobody overwrites in
-- silence what somebody else has set meanwhile. 0: not set since there are revs.
ALTER TABLE spend_limit ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quiet ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE policy ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
