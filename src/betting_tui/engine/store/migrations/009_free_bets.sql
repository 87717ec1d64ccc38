-- A free bet risks nothing, so what it brings is in no yield. There are few of them, and reports ask for them apart.
CREATE INDEX free_bets ON bets (period_id, settled_at) WHERE state = 'settled' AND risk_minor = 0;
