-- A reset begins anew: what was taken in an earlier period may be taken again.
DROP INDEX one_placement_an_opportunity;
CREATE UNIQUE INDEX one_placement_an_opportunity ON placements (account_id, period_id, opportunity_id)
    WHERE state IN ('working', 'accepted') AND again = 0 AND opportunity_id IS NOT NULL;

-- When what a run that did not end in order had left open was taken care of.
ALTER TABLE runs ADD COLUMN recovered_at INTEGER;

-- updated_by: who changed settings or status last.
ALTER TABLE accounts ADD COLUMN updated_by TEXT NOT NULL DEFAULT '';

-- A person who lets placing go on after a fall begins a new count: the peak is sought from here.
ALTER TABLE account_periods ADD COLUMN peak_from INTEGER;

-- What an order holds back while it works, and what was thought of its bet when it was made.
ALTER TABLE orders ADD COLUMN reserved_minor INTEGER NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0);
ALTER TABLE orders ADD COLUMN edge REAL;
ALTER TABLE orders ADD COLUMN fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1);
CREATE INDEX entries_of_order ON journal_entries (order_id) WHERE order_id IS NOT NULL;
