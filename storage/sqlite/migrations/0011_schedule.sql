-- How often the credit of a line's card is asked for by itself.
CREATE TABLE balance_schedule (
  line       TEXT PRIMARY KEY,
  every_h    INTEGER NOT NULL,
  most_a_day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
