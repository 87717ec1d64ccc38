-- Sums of a day are kept for the newest one or two stretches of 30 days that a period has settled bets in; what is older
-- is kept by such stretches alone, and what a report leaves of one is added up from its bets.
CREATE TABLE settled_spans (
    period_id INTEGER NOT NULL REFERENCES account_periods,
    kind TEXT NOT NULL,
    span INTEGER NOT NULL,
    name TEXT NOT NULL,
    bets INTEGER NOT NULL,
    wins INTEGER NOT NULL,
    losses INTEGER NOT NULL,
    voids INTEGER NOT NULL,
    turnover_minor INTEGER NOT NULL,
    profit_minor INTEGER NOT NULL,
    expected_bets INTEGER NOT NULL,
    expected_minor REAL NOT NULL,
    clv_bets INTEGER NOT NULL,
    clv REAL NOT NULL,
    PRIMARY KEY (period_id, kind, span, name)
) STRICT, WITHOUT ROWID;
INSERT INTO settled_spans
SELECT period_id, kind, (day - (day < 0) * 29) / 30 AS span, name, sum(bets), sum(wins), sum(losses), sum(voids),
    sum(turnover_minor), sum(profit_minor), sum(expected_bets), sum(expected_minor), sum(clv_bets), sum(clv)
FROM settled_sums GROUP BY period_id, kind, span, name;

-- The first day of a period whose sums are kept. NULL: nothing was settled, and every day is.
CREATE VIEW kept_days AS
    SELECT period_id, 30 * max(span) - 30 AS first_day FROM settled_spans WHERE kind = 'all' GROUP BY period_id;
DELETE FROM settled_sums WHERE day < (SELECT first_day FROM kept_days k WHERE k.period_id = settled_sums.period_id);
DELETE FROM close_sums WHERE day < (SELECT first_day FROM kept_days k WHERE k.period_id = close_sums.period_id);

CREATE TRIGGER settled_spans_begin AFTER INSERT ON settled_spans WHEN NEW.kind = 'all'
BEGIN
    DELETE FROM settled_sums WHERE period_id = NEW.period_id
        AND kind IN ('all', 'strategy', 'bookmaker', 'sport', 'market')
        AND day < (SELECT first_day FROM kept_days WHERE period_id = NEW.period_id);
    DELETE FROM close_sums WHERE period_id = NEW.period_id AND whose IN ('book', 'reference')
        AND kind IN ('all', 'strategy', 'bookmaker', 'sport', 'market', 'missing')
        AND day < (SELECT first_day FROM kept_days WHERE period_id = NEW.period_id);
END;

DROP TRIGGER settled_moves_add;
CREATE TRIGGER settled_moves_add INSTEAD OF INSERT ON settled_moves
BEGIN
    INSERT INTO settled_spans VALUES (NEW.period_id, NEW.kind, (NEW.day - (NEW.day < 0) * 29) / 30, NEW.name,
        NEW.sign * NEW.bets, NEW.sign * NEW.wins, NEW.sign * NEW.losses, NEW.sign * NEW.voids,
        NEW.sign * NEW.turnover_minor, NEW.sign * NEW.profit_minor, NEW.sign * NEW.expected_bets,
        NEW.sign * NEW.expected_minor, NEW.sign * NEW.clv_bets, NEW.sign * NEW.clv)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, wins = wins + excluded.wins,
        losses = losses + excluded.losses, voids = voids + excluded.voids,
        turnover_minor = turnover_minor + excluded.turnover_minor,
        profit_minor = profit_minor + excluded.profit_minor, expected_bets = expected_bets + excluded.expected_bets,
        expected_minor = expected_minor + excluded.expected_minor, clv_bets = clv_bets + excluded.clv_bets,
        clv = clv + excluded.clv;
    INSERT INTO settled_sums (period_id, kind, day, name, bets, wins, losses, voids, turnover_minor, profit_minor,
        expected_bets, expected_minor, clv_bets, clv)
    SELECT NEW.period_id, NEW.kind, NEW.day, NEW.name, NEW.sign * NEW.bets, NEW.sign * NEW.wins,
        NEW.sign * NEW.losses, NEW.sign * NEW.voids, NEW.sign * NEW.turnover_minor, NEW.sign * NEW.profit_minor,
        NEW.sign * NEW.expected_bets, NEW.sign * NEW.expected_minor, NEW.sign * NEW.clv_bets, NEW.sign * NEW.clv
    WHERE NEW.day >= ifnull((SELECT first_day FROM kept_days WHERE period_id = NEW.period_id), NEW.day)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, wins = wins + excluded.wins,
        losses = losses + excluded.losses, voids = voids + excluded.voids,
        turnover_minor = turnover_minor + excluded.turnover_minor,
        profit_minor = profit_minor + excluded.profit_minor, expected_bets = expected_bets + excluded.expected_bets,
        expected_minor = expected_minor + excluded.expected_minor, clv_bets = clv_bets + excluded.clv_bets,
        clv = clv + excluded.clv;
END;

DROP TRIGGER close_sums_begin;
DROP TRIGGER close_sums_grow;
DROP TRIGGER closed_moves_add;
CREATE TRIGGER closed_moves_add INSTEAD OF INSERT ON closed_moves
BEGIN
    INSERT INTO close_spans VALUES (NEW.period_id, NEW.whose, NEW.kind, (NEW.day - (NEW.day < 0) * 29) / 30, NEW.name,
        NEW.band, NEW.sign * NEW.bets, NEW.sign * NEW.beat, NEW.sign * NEW.converted, NEW.sign * NEW.risk_minor,
        NEW.sign * NEW.value, NEW.sign * NEW.weighted)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted;
    INSERT INTO close_sums (period_id, whose, kind, day, name, band, bets, beat, converted, risk_minor, value, weighted)
    SELECT NEW.period_id, NEW.whose, NEW.kind, NEW.day, NEW.name, NEW.band, NEW.sign * NEW.bets, NEW.sign * NEW.beat,
        NEW.sign * NEW.converted, NEW.sign * NEW.risk_minor, NEW.sign * NEW.value, NEW.sign * NEW.weighted
    WHERE NEW.day >= ifnull((SELECT first_day FROM kept_days WHERE period_id = NEW.period_id), NEW.day)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted;
END;

DROP VIEW account_statistics;
CREATE VIEW account_statistics AS
    SELECT a.id AS account_id, a.name, a.currency, p.id AS period_id, p.number AS period, p.starting_minor,
        ifnull(sum(t.bets), 0) AS settled_bets, ifnull(sum(t.wins), 0) AS wins, ifnull(sum(t.losses), 0) AS losses,
        ifnull(sum(t.turnover_minor), 0) AS turnover_minor, ifnull(sum(t.profit_minor), 0) AS profit_minor,
        s.result_minor, s.peak_minor, s.drawdown_minor, s.watched_peak_minor, s.cancelled_bets
    FROM accounts a JOIN account_periods p ON p.account_id = a.id AND p.ended_at IS NULL
        JOIN period_sums s ON s.period_id = p.id
        LEFT JOIN settled_spans t ON t.period_id = p.id AND t.kind = 'all'
    GROUP BY a.id;

-- What is nearly always the same is kept as a number and read as the text it was.
ALTER TABLE orders ADD COLUMN parlay INTEGER NOT NULL DEFAULT 0 CHECK (parlay IN (0, 1));
ALTER TABLE orders ADD COLUMN laid INTEGER NOT NULL DEFAULT 0 CHECK (laid IN (0, 1));
ALTER TABLE orders ADD COLUMN free INTEGER NOT NULL DEFAULT 0 CHECK (free IN (0, 1));
ALTER TABLE orders ADD COLUMN type_number INTEGER NOT NULL DEFAULT 1 CHECK (type_number BETWEEN 0 AND 3);
UPDATE orders SET parlay = kind = 'parlay', laid = side = 'lay', free = funding = 'free',
    type_number = CASE type WHEN 'market' THEN 0 WHEN 'limit' THEN 1 WHEN 'stop' THEN 2 ELSE 3 END;
ALTER TABLE orders DROP COLUMN side;
ALTER TABLE orders DROP COLUMN funding;
ALTER TABLE orders DROP COLUMN type;
ALTER TABLE orders ADD COLUMN side TEXT AS (iif(laid, 'lay', 'back')) VIRTUAL;
ALTER TABLE orders ADD COLUMN funding TEXT AS (iif(free, 'free', 'cash')) VIRTUAL;
ALTER TABLE orders ADD COLUMN type TEXT AS
    (CASE type_number WHEN 0 THEN 'market' WHEN 1 THEN 'limit' WHEN 2 THEN 'stop' ELSE 'stop_limit' END) VIRTUAL;
-- Views read it: they need not be looked at while it goes and comes back.
PRAGMA legacy_alter_table = ON;
ALTER TABLE orders DROP COLUMN kind;
ALTER TABLE orders ADD COLUMN kind TEXT AS (iif(parlay, 'parlay', 'single')) VIRTUAL;
PRAGMA legacy_alter_table = OFF;

ALTER TABLE fills ADD COLUMN evidence_number INTEGER NOT NULL DEFAULT 0 CHECK (evidence_number BETWEEN 0 AND 4);
UPDATE fills SET evidence_number = CASE evidence WHEN 'none' THEN 0 WHEN 'fresh' THEN 1 WHEN 'later_snapshot' THEN 2
    WHEN 'same_snapshot' THEN 3 ELSE 4 END;
ALTER TABLE fills DROP COLUMN evidence;
ALTER TABLE fills ADD COLUMN evidence TEXT AS (CASE evidence_number WHEN 0 THEN 'none' WHEN 1 THEN 'fresh'
    WHEN 2 THEN 'later_snapshot' WHEN 3 THEN 'same_snapshot' ELSE 'modelled' END) VIRTUAL;

ALTER TABLE opportunity_legs ADD COLUMN laid INTEGER NOT NULL DEFAULT 0 CHECK (laid IN (0, 1));
UPDATE opportunity_legs SET laid = 1 WHERE side = 'lay';
ALTER TABLE opportunity_legs DROP COLUMN side;
ALTER TABLE opportunity_legs ADD COLUMN side TEXT AS (iif(laid, 'lay', 'back')) VIRTUAL;

-- When a person was last asked about a bet; when it was settled, settled_at says.
ALTER TABLE bets ADD COLUMN reviewed_at INTEGER;
UPDATE bets SET reviewed_at = updated_at WHERE state = 'review';
ALTER TABLE bets DROP COLUMN updated_at;

-- The key of an automatic placement is its period's number and the opportunity: NULL, where it is just that.
DROP INDEX placement_once;
DROP INDEX one_placement_an_opportunity;
ALTER TABLE placements RENAME COLUMN key TO given_key;
ALTER TABLE placements ADD COLUMN key TEXT CHECK (key <> '');
UPDATE placements SET key = given_key WHERE given_key IS NOT (SELECT p.number || ':' || o.opportunity_id
    FROM account_periods p, opportunities o WHERE p.id = placements.period_id AND o.id = placements.opportunity_id);
ALTER TABLE placements DROP COLUMN given_key;
CREATE UNIQUE INDEX placement_once ON placements (account_id, key) WHERE key IS NOT NULL AND state <> 'refused';
CREATE UNIQUE INDEX one_placement_an_opportunity ON placements
    (account_id, period_id, opportunity_id, iif(state IN ('working', 'accepted') AND again = 0, '', ifnull(key, 0)))
    WHERE opportunity_id IS NOT NULL AND state <> 'refused';
