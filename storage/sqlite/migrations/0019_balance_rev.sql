-- Two people may mend the rule of one operator. 0: not set since there are revs.
ALTER TABLE balance_rule ADD COLUMN rev INTEGER NOT NULL DEFAULT 0;
