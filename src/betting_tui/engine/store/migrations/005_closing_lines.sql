-- Closing lines ------------------------------------------------------------------------------------------------------

-- What the reference (a sharp bookmaker, else a consensus) said without its margin, before the start: one row an
-- opinion, from when it was first held to when it was last. `bookmaker_id` is whose price it judges: that one has no say
-- in it. `main`: this point was the one most was bet at. A run is cut after a few minutes, because a start may turn out
-- to have been earlier than was known.
CREATE TABLE reference_lines (
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker_id INTEGER NOT NULL REFERENCES words,
    fair_probability REAL NOT NULL CHECK (fair_probability > 0 AND fair_probability < 1),
    main INTEGER NOT NULL CHECK (main IN (0, 1)),
    method_id INTEGER NOT NULL REFERENCES words,
    books_id INTEGER NOT NULL REFERENCES words,
    source_id INTEGER NOT NULL REFERENCES words,
    quoted_at INTEGER,
    first_seen_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL CHECK (seen_at >= first_seen_at),
    PRIMARY KEY (selection_id, bookmaker_id, first_seen_at)
) STRICT, WITHOUT ROWID;

-- When prices of an event were asked for before its start, and whether somebody answered: a missing close has a reason.
CREATE TABLE event_polls (
    event_id INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    PRIMARY KEY (event_id, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX opportunities_of_event ON opportunities (event_id);

-- What a bet is compared with is copied at settlement: how long before the start it was seen (microseconds; NULL where
-- nobody says), why there is none, and what became of the price after that: NULL nothing known, gone, feed down.
ALTER TABLE bets ADD COLUMN close_age_us INTEGER;
ALTER TABLE bets ADD COLUMN close_after TEXT CHECK (close_after <> '');
ALTER TABLE bets ADD COLUMN price_converted INTEGER NOT NULL DEFAULT 0 CHECK (price_converted IN (0, 1));
ALTER TABLE bets ADD COLUMN fair_age_us INTEGER;
ALTER TABLE bets ADD COLUMN fair_after TEXT CHECK (fair_after <> '');
ALTER TABLE bets ADD COLUMN fair_missing TEXT CHECK (fair_missing <> '');
ALTER TABLE bets ADD COLUMN ev_converted INTEGER NOT NULL DEFAULT 0 CHECK (ev_converted IN (0, 1));
ALTER TABLE closes ADD COLUMN books_id INTEGER REFERENCES words;

UPDATE bets SET close_age_us = (SELECT e.commence_at - c.seen_at FROM closes c, legs g
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE c.bet_id = bets.id AND c.ordinal = 0 AND c.whose = 'book' AND g.order_id = bets.order_id AND g.ordinal = 0
    AND c.seen_at < e.commence_at)
WHERE state = 'settled' AND clv_price IS NOT NULL AND EXISTS (SELECT 1 FROM closes WHERE bet_id = bets.id);

-- Settled bets that are not void by how old their close is, in minutes (the next of a few steps; 0: nobody says;
-- 100000: more than a day; -1: there is none): so that the age limit is applied when it is read. `value` is the sum of
-- clv_price (of the same book) or clv_ev (of the reference); `missing` counts by the reason why there is none, or why
-- there is none any more where the limit leaves one out.
CREATE TABLE close_sums (
    period_id INTEGER NOT NULL REFERENCES account_periods,
    whose TEXT NOT NULL CHECK (whose IN ('book', 'reference')),
    kind TEXT NOT NULL CHECK (kind IN ('all', 'strategy', 'bookmaker', 'sport', 'market', 'missing')),
    day INTEGER NOT NULL,
    name TEXT NOT NULL,
    band INTEGER NOT NULL,
    bets INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    converted INTEGER NOT NULL,
    risk_minor INTEGER NOT NULL,
    value REAL NOT NULL,
    weighted REAL NOT NULL,
    PRIMARY KEY (period_id, whose, kind, day, name, band)
) STRICT, WITHOUT ROWID;

-- One settled bet's close of either kind, and what it is counted under. Joined in this order, from the bet outwards. A
-- parlay, which is on several sports and markets, has its own name under both.
CREATE VIEW closed_bets AS
    SELECT b.bet_id, b.period_id, b.settled_at, b.day, b.whose, ifnull(strategy.text, 'by hand') AS strategy,
        bookmaker.text AS bookmaker,
        iif(o.kind = 'parlay', 'parlay', iif(e.sport_key = '', e.sport_title, e.sport_key)) AS sport,
        iif(o.kind = 'parlay', 'parlay', l.market) AS market,
        iif(b.value IS NULL, ifnull(b.missing, 'not_kept'), ifnull(b.after, 'too_old')) AS why,
        CASE WHEN b.value IS NULL THEN -1 WHEN b.age_us IS NULL THEN 0 WHEN b.age_us <= 60000000 THEN 1
            WHEN b.age_us <= 120000000 THEN 2 WHEN b.age_us <= 180000000 THEN 3 WHEN b.age_us <= 300000000 THEN 5
            WHEN b.age_us <= 600000000 THEN 10 WHEN b.age_us <= 900000000 THEN 15 WHEN b.age_us <= 1200000000 THEN 20
            WHEN b.age_us <= 1800000000 THEN 30 WHEN b.age_us <= 2700000000 THEN 45 WHEN b.age_us <= 3600000000 THEN 60
            WHEN b.age_us <= 5400000000 THEN 90 WHEN b.age_us <= 7200000000 THEN 120
            WHEN b.age_us <= 10800000000 THEN 180 WHEN b.age_us <= 14400000000 THEN 240
            WHEN b.age_us <= 21600000000 THEN 360 WHEN b.age_us <= 43200000000 THEN 720
            WHEN b.age_us <= 86400000000 THEN 1440 ELSE 100000 END AS band,
        1 AS bets, ifnull(b.value > 0, 0) AS beat, b.value IS NOT NULL AND b.converted AS converted,
        iif(b.value IS NULL, 0, b.risk_minor) AS risk_minor, ifnull(b.value, 0.0) AS value,
        ifnull(b.value * b.risk_minor, 0.0) AS weighted
    FROM (SELECT b.id AS bet_id, b.period_id, b.settled_at,
            (b.settled_at - (b.settled_at < 0) * 86399999999) / 86400000000 AS day, kinds.whose, b.order_id,
            b.strategy_id, b.risk_minor, iif(kinds.whose = 'book', b.clv_price, b.clv_ev) AS value,
            iif(kinds.whose = 'book', b.close_age_us, b.fair_age_us) AS age_us,
            iif(kinds.whose = 'book', b.close_after, b.fair_after) AS after,
            iif(kinds.whose = 'book', b.closing_missing, b.fair_missing) AS missing,
            iif(kinds.whose = 'book', b.price_converted, b.ev_converted) AS converted
        FROM bets b CROSS JOIN (SELECT 'book' AS whose UNION ALL SELECT 'reference') kinds
        WHERE b.state = 'settled' AND b.result <> 'void') b
    CROSS JOIN orders o ON o.id = b.order_id
    CROSS JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    CROSS JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    CROSS JOIN selections s ON s.id = g.selection_id
    CROSS JOIN lines l ON l.id = s.line_id
    CROSS JOIN events e ON e.id = l.event_id
    LEFT JOIN words strategy ON strategy.id = b.strategy_id;

-- What it adds to each of its sums.
CREATE VIEW closed_parts AS
    SELECT b.bet_id, b.period_id, b.settled_at, b.day, b.whose, k.kind,
        CASE k.kind WHEN 'all' THEN '' WHEN 'strategy' THEN b.strategy WHEN 'bookmaker' THEN b.bookmaker
            WHEN 'sport' THEN b.sport WHEN 'market' THEN b.market ELSE b.why END AS name,
        b.band, b.bets, b.beat, b.converted, b.risk_minor, b.value, b.weighted
    FROM closed_bets b CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'strategy' UNION ALL SELECT 'bookmaker'
        UNION ALL SELECT 'sport' UNION ALL SELECT 'market' UNION ALL SELECT 'missing') k
    WHERE k.kind <> 'missing' OR b.band < 0 OR b.band > 1;

-- The way into the sums: what a bet adds (sign 1) or takes back (-1).
CREATE VIEW closed_moves AS SELECT 1 AS sign, * FROM closed_parts;
CREATE TRIGGER closed_moves_add INSTEAD OF INSERT ON closed_moves
BEGIN
    INSERT INTO close_sums (period_id, whose, kind, day, name, band, bets, beat, converted, risk_minor, value, weighted)
    VALUES (NEW.period_id, NEW.whose, NEW.kind, NEW.day, NEW.name, NEW.band, NEW.sign * NEW.bets, NEW.sign * NEW.beat,
        NEW.sign * NEW.converted, NEW.sign * NEW.risk_minor, NEW.sign * NEW.value, NEW.sign * NEW.weighted)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted;
END;

CREATE TRIGGER closed_bets_leave BEFORE UPDATE OF state, result, risk_minor, settled_at, period_id, strategy_id,
    clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing, fair_missing,
    price_converted, ev_converted ON bets WHEN OLD.state = 'settled'
BEGIN
    INSERT INTO closed_moves SELECT -1, * FROM closed_parts WHERE bet_id = OLD.id;
END;
CREATE TRIGGER closed_bets_enter AFTER UPDATE OF state, result, risk_minor, settled_at, period_id, strategy_id,
    clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing, fair_missing,
    price_converted, ev_converted ON bets WHEN NEW.state = 'settled'
BEGIN
    INSERT INTO closed_moves SELECT 1, * FROM closed_parts WHERE bet_id = NEW.id;
END;
-- An imported event may learn its sport later.
CREATE TRIGGER closed_sports_leave BEFORE UPDATE OF sport_key, sport_title ON events
WHEN iif(OLD.sport_key = '', OLD.sport_title, OLD.sport_key) <> iif(NEW.sport_key = '', NEW.sport_title, NEW.sport_key)
BEGIN
    INSERT INTO closed_moves SELECT -1, * FROM closed_parts
    WHERE kind = 'sport' AND bet_id IN (SELECT b.id FROM lines l
        CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
        CROSS JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = OLD.id AND g.ordinal = 0);
END;
CREATE TRIGGER closed_sports_enter AFTER UPDATE OF sport_key, sport_title ON events
WHEN iif(OLD.sport_key = '', OLD.sport_title, OLD.sport_key) <> iif(NEW.sport_key = '', NEW.sport_title, NEW.sport_key)
BEGIN
    INSERT INTO closed_moves SELECT 1, * FROM closed_parts
    WHERE kind = 'sport' AND bet_id IN (SELECT b.id FROM lines l
        CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
        CROSS JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = NEW.id AND g.ordinal = 0);
END;

-- Missing closes are counted here now.
DELETE FROM settled_sums WHERE kind = 'no_close';
DROP VIEW settled_parts;
CREATE VIEW settled_bets AS
    SELECT b.id AS bet_id, b.period_id, b.settled_at,
        (b.settled_at - (b.settled_at < 0) * 86399999999) / 86400000000 AS day,
        ifnull(strategy.text, 'by hand') AS strategy, bookmaker.text AS bookmaker,
        iif(o.kind = 'parlay', 'parlay', iif(e.sport_key = '', e.sport_title, e.sport_key)) AS sport,
        iif(o.kind = 'parlay', 'parlay', l.market) AS market,
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
    WHERE b.state = 'settled';
CREATE VIEW settled_parts AS
    SELECT b.bet_id, b.period_id, b.settled_at, b.day, k.kind,
        CASE k.kind WHEN 'all' THEN '' WHEN 'strategy' THEN b.strategy WHEN 'bookmaker' THEN b.bookmaker
            WHEN 'sport' THEN b.sport ELSE b.market END AS name,
        b.bets, b.wins, b.losses, b.voids, b.turnover_minor, b.profit_minor, b.expected_bets, b.expected_minor,
        b.clv_bets, b.clv
    FROM settled_bets b CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'strategy' UNION ALL SELECT 'bookmaker'
        UNION ALL SELECT 'sport' UNION ALL SELECT 'market') k;

INSERT INTO close_sums
SELECT period_id, whose, kind, day, name, band, sum(bets), sum(beat), sum(converted), sum(risk_minor), sum(value),
    sum(weighted)
FROM closed_parts GROUP BY period_id, whose, kind, day, name, band;

-- The same over 30 days each, by the number of such a stretch since 1970: a report over years reads a few of them.
CREATE TABLE close_spans (
    period_id INTEGER NOT NULL REFERENCES account_periods,
    whose TEXT NOT NULL,
    kind TEXT NOT NULL,
    span INTEGER NOT NULL,
    name TEXT NOT NULL,
    band INTEGER NOT NULL,
    bets INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    converted INTEGER NOT NULL,
    risk_minor INTEGER NOT NULL,
    value REAL NOT NULL,
    weighted REAL NOT NULL,
    PRIMARY KEY (period_id, whose, kind, span, name, band)
) STRICT, WITHOUT ROWID;
INSERT INTO close_spans
SELECT period_id, whose, kind, (day - (day < 0) * 29) / 30 AS span, name, band, sum(bets), sum(beat), sum(converted),
    sum(risk_minor), sum(value), sum(weighted)
FROM close_sums GROUP BY period_id, whose, kind, span, name, band;
CREATE TRIGGER close_sums_begin AFTER INSERT ON close_sums
BEGIN
    INSERT INTO close_spans VALUES (NEW.period_id, NEW.whose, NEW.kind, (NEW.day - (NEW.day < 0) * 29) / 30, NEW.name,
        NEW.band, NEW.bets, NEW.beat, NEW.converted, NEW.risk_minor, NEW.value, NEW.weighted)
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted;
END;
CREATE TRIGGER close_sums_grow AFTER UPDATE ON close_sums
BEGIN
    UPDATE close_spans SET bets = bets + NEW.bets - OLD.bets, beat = beat + NEW.beat - OLD.beat,
        converted = converted + NEW.converted - OLD.converted, risk_minor = risk_minor + NEW.risk_minor - OLD.risk_minor,
        value = value + (NEW.value - OLD.value), weighted = weighted + (NEW.weighted - OLD.weighted)
    WHERE period_id = NEW.period_id AND whose = NEW.whose AND kind = NEW.kind
        AND span = (NEW.day - (NEW.day < 0) * 29) / 30 AND name = NEW.name AND band = NEW.band;
END;
