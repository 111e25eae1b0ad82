-- Quiet hours can go by the clock of whoever is written to. The zone of a part
-- is its recipient's, where the number tells one; '' is the line's.
ALTER TABLE quiet ADD COLUMN recipient INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN zone TEXT NOT NULL DEFAULT '';
