-- multiple: what a unit staked on a parlay came back as, a fraction, where an older file tells the money it paid and not
-- what became of each leg. NULL: it follows from the legs.
ALTER TABLE settlement_terms ADD COLUMN multiple TEXT CHECK (multiple <> '');
