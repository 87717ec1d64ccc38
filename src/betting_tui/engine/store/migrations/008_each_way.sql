-- each_way: the terms of two bets in one, as 1/4,4: the place part's share of the odds and how many places pay. Then
-- stake_minor is on each part, and risk_minor both. NULL: to win alone.
ALTER TABLE bets ADD COLUMN each_way TEXT CHECK (each_way <> '');
-- Where it came in and how many shared that place, itself included. 0: it did not start.
ALTER TABLE settlement_terms ADD COLUMN place INTEGER CHECK (place >= 0);
ALTER TABLE settlement_terms ADD COLUMN tied INTEGER CHECK (tied >= 1);
