-- A reset begins anew: what was taken in an earlier period may be taken again. Those that do not count here stay apart
-- by their keys, so that this also finds all that became of an opportunity: its bets need no index of their own.
DROP INDEX one_placement_an_opportunity;
CREATE UNIQUE INDEX one_placement_an_opportunity ON placements
    (account_id, period_id, opportunity_id, iif(state IN ('working', 'accepted') AND again = 0, '', key))
    WHERE opportunity_id IS NOT NULL AND state <> 'refused';
DROP INDEX bets_of_opportunity;

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

-- What limits ask with every placement is answered from indexes alone.
DROP INDEX bets_open;
CREATE INDEX bets_open ON bets (account_id, id, state, risk_minor) WHERE state IN ('pending', 'review');
CREATE INDEX entries_of_bet ON journal_entries (bet_id) WHERE bet_id IS NOT NULL;

-- The request that opened a period by a reset, and how many bets and orders it gave back first.
ALTER TABLE account_periods ADD COLUMN reset_key TEXT CHECK (reset_key <> '');
ALTER TABLE account_periods ADD COLUMN voided INTEGER NOT NULL DEFAULT 0 CHECK (voided >= 0);
CREATE UNIQUE INDEX reset_once ON account_periods (account_id, reset_key) WHERE reset_key IS NOT NULL;

-- Reads go by period: the current one is what every screen shows.
DROP INDEX entries_of_account;
DROP INDEX bets_of_account;
DROP INDEX bets_settled;
CREATE INDEX bets_of_period ON bets (period_id, placed_at);
CREATE INDEX settled_of_period ON bets (period_id, settled_at) WHERE state = 'settled';
CREATE INDEX entries_of_period ON journal_entries (period_id);

-- The same rules in fewer bytes: an empty text and a zero take no room, and a zero is no text.
DROP INDEX line_once;
CREATE UNIQUE INDEX line_once ON lines
    (event_id, market, ifnull(point, ''), ifnull(participant, 0), iif(period = 'full', 0, period),
     iif(rule = 'standard', 0, rule), iif(outcome_set = 'two_way', 0, outcome_set));
DROP INDEX selection_once;
CREATE UNIQUE INDEX selection_once ON selections (line_id, name, ifnull(point, ''));

-- What follows from another column is not kept twice: fair odds are one over the fair probability, and best_ev is NULL
-- while what is expected now (profit_margin, else edge) is the best that was seen.
ALTER TABLE opportunities DROP COLUMN fair_odds;
UPDATE opportunities SET best_ev = NULL WHERE best_ev IS ifnull(profit_margin, edge);

-- Kept sums ---------------------------------------------------------------------------------------------------------
-- What reports and screens add up, kept by the database itself in the transaction that changes it. Rows that have gone
-- back to nothing stay as zeros. Only `expected_minor` and `clv` are not exact: they are for analysis.

-- Settled bets of a period by UTC day of settling, each bet once under every kind that it has a name for.
-- `turnover_minor` is what was at risk, push and void left out; `clv` is the sum over `clv_bets`, void left out.
CREATE TABLE settled_sums (
    period_id INTEGER NOT NULL REFERENCES account_periods,
    kind TEXT NOT NULL CHECK (kind IN ('all', 'strategy', 'bookmaker', 'sport', 'market', 'no_close')),
    day INTEGER NOT NULL,
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
    PRIMARY KEY (period_id, kind, day, name)
) STRICT, WITHOUT ROWID;

-- What one settled bet adds to each of its sums. Joined in this order, from the bet outwards.
CREATE VIEW settled_parts AS
    SELECT b.id AS bet_id, b.period_id, b.settled_at,
        (b.settled_at - (b.settled_at < 0) * 86399999999) / 86400000000 AS day, k.kind,
        CASE k.kind WHEN 'all' THEN '' WHEN 'strategy' THEN ifnull(strategy.text, 'by hand')
            WHEN 'bookmaker' THEN bookmaker.text WHEN 'sport' THEN iif(e.sport_key = '', e.sport_title, e.sport_key)
            WHEN 'market' THEN l.market
            ELSE b.closing_missing END AS name,
        1 AS bets, b.result IN ('win', 'half_win') AS wins, b.result IN ('loss', 'half_loss') AS losses,
        b.result = 'void' AS voids, iif(b.result IN ('push', 'void'), 0, b.risk_minor) AS turnover_minor,
        b.profit_minor, b.edge IS NOT NULL AND b.result NOT IN ('push', 'void') AS expected_bets,
        iif(b.result IN ('push', 'void'), 0.0, ifnull(b.risk_minor * b.edge, 0.0)) AS expected_minor,
        b.clv_price IS NOT NULL AND b.result <> 'void' AS clv_bets,
        iif(b.result = 'void', 0.0, ifnull(b.clv_price, 0.0)) AS clv
    FROM bets b
    CROSS JOIN orders o ON o.id = b.order_id
    CROSS JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    CROSS JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    CROSS JOIN selections s ON s.id = g.selection_id
    CROSS JOIN lines l ON l.id = s.line_id
    CROSS JOIN events e ON e.id = l.event_id
    LEFT JOIN words strategy ON strategy.id = b.strategy_id
    CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'strategy' UNION ALL SELECT 'bookmaker' UNION ALL SELECT 'sport'
        UNION ALL SELECT 'market' UNION ALL SELECT 'no_close') k
    WHERE b.state = 'settled' AND (k.kind <> 'no_close' OR b.closing_missing IS NOT NULL);

-- The way into the sums: what a bet adds (sign 1) or takes back (-1).
CREATE VIEW settled_moves AS SELECT 1 AS sign, * FROM settled_parts;
CREATE TRIGGER settled_moves_add INSTEAD OF INSERT ON settled_moves
BEGIN
    INSERT INTO settled_sums (period_id, kind, day, name, bets, wins, losses, voids, turnover_minor, profit_minor,
        expected_bets, expected_minor, clv_bets, clv)
    VALUES (NEW.period_id, NEW.kind, NEW.day, NEW.name, NEW.sign * NEW.bets, NEW.sign * NEW.wins,
        NEW.sign * NEW.losses, NEW.sign * NEW.voids, NEW.sign * NEW.turnover_minor, NEW.sign * NEW.profit_minor,
        NEW.sign * NEW.expected_bets, NEW.sign * NEW.expected_minor, NEW.sign * NEW.clv_bets, NEW.sign * NEW.clv)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, wins = wins + excluded.wins,
        losses = losses + excluded.losses, voids = voids + excluded.voids,
        turnover_minor = turnover_minor + excluded.turnover_minor,
        profit_minor = profit_minor + excluded.profit_minor, expected_bets = expected_bets + excluded.expected_bets,
        expected_minor = expected_minor + excluded.expected_minor, clv_bets = clv_bets + excluded.clv_bets,
        clv = clv + excluded.clv;
END;

CREATE TRIGGER settled_bets_leave BEFORE UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, closing_missing ON bets WHEN OLD.state = 'settled'
BEGIN
    INSERT INTO settled_moves SELECT -1, * FROM settled_parts WHERE bet_id = OLD.id;
END;
CREATE TRIGGER settled_bets_enter AFTER UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, closing_missing ON bets WHEN NEW.state = 'settled'
BEGIN
    INSERT INTO settled_moves SELECT 1, * FROM settled_parts WHERE bet_id = NEW.id;
END;
-- An imported event may learn its sport later.
CREATE TRIGGER settled_sports_leave BEFORE UPDATE OF sport_key, sport_title ON events
WHEN iif(OLD.sport_key = '', OLD.sport_title, OLD.sport_key) <> iif(NEW.sport_key = '', NEW.sport_title, NEW.sport_key)
BEGIN
    INSERT INTO settled_moves SELECT -1, * FROM settled_parts
    WHERE kind = 'sport' AND bet_id IN (SELECT b.id FROM lines l
        CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
        CROSS JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = OLD.id AND g.ordinal = 0);
END;
CREATE TRIGGER settled_sports_enter AFTER UPDATE OF sport_key, sport_title ON events
WHEN iif(OLD.sport_key = '', OLD.sport_title, OLD.sport_key) <> iif(NEW.sport_key = '', NEW.sport_title, NEW.sport_key)
BEGIN
    INSERT INTO settled_moves SELECT 1, * FROM settled_parts
    WHERE kind = 'sport' AND bet_id IN (SELECT b.id FROM lines l
        CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
        CROSS JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = NEW.id AND g.ordinal = 0);
END;

-- `result_minor` is what settling has brought since the period began, in the order it was booked: a correction counts
-- in the period and at the place where it happens. The peaks are the highest it has been, `drawdown_minor` the deepest
-- fall from the first one; `watched_peak_minor` begins anew, after this entry, whenever `peak_from` is set.
CREATE TABLE period_sums (
    period_id INTEGER PRIMARY KEY REFERENCES account_periods,
    result_minor INTEGER NOT NULL DEFAULT 0,
    peak_minor INTEGER NOT NULL DEFAULT 0,
    drawdown_minor INTEGER NOT NULL DEFAULT 0,
    watched_peak_minor INTEGER NOT NULL DEFAULT 0,
    watched_after_entry_id INTEGER NOT NULL DEFAULT 0,
    cancelled_bets INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER periods_begin AFTER INSERT ON account_periods
BEGIN
    INSERT INTO period_sums (period_id) VALUES (NEW.id);
END;
CREATE TRIGGER periods_watched_anew AFTER UPDATE OF peak_from ON account_periods
BEGIN
    UPDATE period_sums SET watched_peak_minor = result_minor,
        watched_after_entry_id = (SELECT ifnull(max(id), 0) FROM journal_entries)
    WHERE period_id = NEW.id;
END;
CREATE TRIGGER settled_bets_move AFTER UPDATE OF profit_minor ON bets WHEN NEW.profit_minor IS NOT OLD.profit_minor
BEGIN
    UPDATE period_sums SET
        result_minor = result_minor + m.moved,
        drawdown_minor = max(drawdown_minor, peak_minor - result_minor - m.moved),
        peak_minor = max(peak_minor, result_minor + m.moved),
        watched_peak_minor = max(watched_peak_minor, result_minor + m.moved)
    FROM (SELECT ifnull(NEW.profit_minor, 0) - ifnull(OLD.profit_minor, 0) AS moved) m
    WHERE period_id = (SELECT id FROM account_periods WHERE account_id = NEW.account_id AND ended_at IS NULL);
END;
CREATE TRIGGER bets_cancelled AFTER UPDATE OF state ON bets WHEN NEW.state = 'cancelled' AND OLD.state <> 'cancelled'
BEGIN
    UPDATE period_sums SET cancelled_bets = cancelled_bets + 1 WHERE period_id = NEW.period_id;
END;

-- What was booked and asked for in each UTC hour. `change_minor` is what the account's own money changed by, `last_at`
-- when it last did.
CREATE TABLE period_hours (
    period_id INTEGER NOT NULL REFERENCES account_periods,
    hour INTEGER NOT NULL,
    entries INTEGER NOT NULL DEFAULT 0,
    change_minor INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER,
    placed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (period_id, hour)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER entries_counted AFTER INSERT ON journal_entries
BEGIN
    INSERT INTO period_hours (period_id, hour, entries)
    VALUES (NEW.period_id, (NEW.created_at - (NEW.created_at < 0) * 3599999999) / 3600000000, 1)
    ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER postings_change AFTER INSERT ON postings
WHEN (SELECT kind FROM ledger_accounts WHERE id = NEW.ledger_account_id) IN ('house', 'external', 'bonus', 'fees')
BEGIN
    UPDATE period_hours SET change_minor = change_minor - NEW.amount_minor,
        last_at = max(ifnull(last_at, j.created_at), j.created_at)
    FROM journal_entries j
    WHERE j.id = NEW.entry_id AND period_hours.period_id = j.period_id
        AND hour = (j.created_at - (j.created_at < 0) * 3599999999) / 3600000000;
END;
CREATE TRIGGER placements_counted AFTER INSERT ON placements WHEN NEW.state IN ('accepted', 'refused')
BEGIN
    INSERT INTO period_hours (period_id, hour, placed, refused)
    VALUES (NEW.period_id, (NEW.created_at - (NEW.created_at < 0) * 3599999999) / 3600000000,
        NEW.state = 'accepted', NEW.state = 'refused')
    ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, refused = refused + excluded.refused;
END;
CREATE TRIGGER placements_recounted AFTER UPDATE OF state ON placements WHEN NEW.state <> OLD.state
BEGIN
    INSERT INTO period_hours (period_id, hour, placed, refused)
    VALUES (NEW.period_id, (NEW.created_at - (NEW.created_at < 0) * 3599999999) / 3600000000,
        (NEW.state = 'accepted') - (OLD.state = 'accepted'), (NEW.state = 'refused') - (OLD.state = 'refused'))
    ON CONFLICT DO UPDATE SET placed = placed + excluded.placed, refused = refused + excluded.refused;
END;

-- The sums of what the file held before.
INSERT INTO settled_sums (period_id, kind, day, name, bets, wins, losses, voids, turnover_minor, profit_minor,
    expected_bets, expected_minor, clv_bets, clv)
SELECT period_id, kind, day, name, sum(bets), sum(wins), sum(losses), sum(voids), sum(turnover_minor),
    sum(profit_minor), sum(expected_bets), sum(expected_minor), sum(clv_bets), sum(clv)
FROM settled_parts GROUP BY period_id, kind, day, name;

INSERT INTO period_sums (period_id, result_minor, peak_minor, drawdown_minor, watched_peak_minor, cancelled_bets)
WITH moves AS (
    SELECT j.period_id, t.entry_id,
        t.profit_minor - ifnull(lag(t.profit_minor) OVER (PARTITION BY t.bet_id ORDER BY t.number), 0) AS moved
    FROM settlements t JOIN journal_entries j ON j.id = t.entry_id
), results AS (
    SELECT period_id, entry_id, sum(moved) OVER (PARTITION BY period_id ORDER BY entry_id) AS result FROM moves
), peaks AS (
    SELECT period_id, entry_id, result,
        max(0, max(result) OVER (PARTITION BY period_id ORDER BY entry_id)) AS peak FROM results
)
SELECT p.id,
    ifnull((SELECT result FROM peaks WHERE period_id = p.id ORDER BY entry_id DESC LIMIT 1), 0),
    ifnull((SELECT max(peak) FROM peaks WHERE period_id = p.id), 0),
    ifnull((SELECT max(peak - result) FROM peaks WHERE period_id = p.id), 0),
    ifnull((SELECT max(peak) FROM peaks WHERE period_id = p.id), 0),
    (SELECT count(*) FROM bets WHERE period_id = p.id AND state = 'cancelled')
FROM account_periods p;

INSERT INTO period_hours (period_id, hour, entries, change_minor, last_at)
SELECT period_id, (created_at - (created_at < 0) * 3599999999) / 3600000000, count(*), ifnull(sum(changed), 0),
    max(iif(changed IS NULL, NULL, created_at))
FROM (SELECT j.period_id, j.created_at, (SELECT -sum(p.amount_minor) FROM postings p
        JOIN ledger_accounts la ON la.id = p.ledger_account_id
        WHERE p.entry_id = j.id AND la.kind IN ('house', 'external', 'bonus', 'fees')) AS changed
    FROM journal_entries j)
GROUP BY 1, 2;
INSERT INTO period_hours (period_id, hour, placed, refused)
SELECT period_id, (created_at - (created_at < 0) * 3599999999) / 3600000000, sum(state = 'accepted'),
    sum(state = 'refused')
FROM placements WHERE state IN ('accepted', 'refused') GROUP BY 1, 2
ON CONFLICT DO UPDATE SET placed = excluded.placed, refused = excluded.refused;

-- What screens look at ----------------------------------------------------------------------------------------------

CREATE VIEW active_opportunities AS
    SELECT o.id AS row_id, o.opportunity_id AS public_id, o.discovered_at, o.updated_at, o.expires_at, o.expired_at,
        ifnull(o.best_ev, ifnull(o.profit_margin, o.edge)) AS best_ev, o.edge, o.edge_low, o.profit_margin,
        o.difference_cents, o.fair_probability, 1.0 / o.fair_probability AS fair_odds,
        o.kelly_fraction, o.lived_us, o.stretches, ifnull(o.opened_at, o.discovered_at) AS opened_at,
        strategy.text AS strategy, method.text AS method, confidence.text AS confidence, books.text AS books,
        flags.text AS flags, l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
        e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM opportunities o JOIN events e ON e.id = o.event_id JOIN lines l ON l.id = o.line_id
        JOIN words strategy ON strategy.id = o.strategy_id JOIN words books ON books.id = o.books_id
        JOIN words flags ON flags.id = o.flags_id LEFT JOIN words method ON method.id = o.method_id
        LEFT JOIN words confidence ON confidence.id = o.confidence_id
    WHERE o.expired_at IS NULL;

-- An account with the settled bets of its current period.
CREATE VIEW account_statistics AS
    SELECT a.id AS account_id, a.name, a.currency, p.id AS period_id, p.number AS period, p.starting_minor,
        ifnull(sum(t.bets), 0) AS settled_bets, ifnull(sum(t.wins), 0) AS wins, ifnull(sum(t.losses), 0) AS losses,
        ifnull(sum(t.turnover_minor), 0) AS turnover_minor, ifnull(sum(t.profit_minor), 0) AS profit_minor,
        s.result_minor, s.peak_minor, s.drawdown_minor, s.watched_peak_minor, s.cancelled_bets
    FROM accounts a JOIN account_periods p ON p.account_id = a.id AND p.ended_at IS NULL
        JOIN period_sums s ON s.period_id = p.id
        LEFT JOIN settled_sums t ON t.period_id = p.id AND t.kind = 'all'
    GROUP BY a.id;

-- The money of an account now: `bankroll_minor` is settled money, `reserved_minor` what open bets and orders hold.
CREATE VIEW dashboard_summary AS
    SELECT a.id AS account_id, a.name, a.status, a.currency,
        ifnull(sum(c.balance_minor), 0) AS bankroll_minor,
        ifnull(sum(c.balance_minor) FILTER (WHERE c.kind = 'wallet'), 0) AS available_minor,
        ifnull(sum(c.balance_minor) FILTER (WHERE c.kind <> 'wallet'), 0) AS reserved_minor,
        (SELECT count(*) FROM bets WHERE account_id = a.id AND state IN ('pending', 'review')) AS open_bets
    FROM accounts a LEFT JOIN ledger_accounts c
        ON c.account_id = a.id AND c.kind IN ('wallet', 'open_bets', 'working_orders')
    GROUP BY a.id;

-- The first row found in each UTC day: what was found since some day, among years of it, is not before these.
CREATE TABLE opportunity_days (
    day INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL REFERENCES opportunities
) STRICT;
CREATE TRIGGER opportunities_begin_days AFTER INSERT ON opportunities
BEGIN
    INSERT INTO opportunity_days (day, first_id)
    VALUES ((NEW.discovered_at - (NEW.discovered_at < 0) * 86399999999) / 86400000000, NEW.id)
    ON CONFLICT DO UPDATE SET first_id = excluded.first_id WHERE excluded.first_id < first_id;
END;
INSERT INTO opportunity_days (day, first_id)
SELECT (discovered_at - (discovered_at < 0) * 86399999999) / 86400000000, min(id) FROM opportunities GROUP BY 1;

