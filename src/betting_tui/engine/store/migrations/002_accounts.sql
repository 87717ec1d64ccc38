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
