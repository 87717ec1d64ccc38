-- The terms a bet is settled by are those of its placing. bets.commission: the share of net winnings that an exchange
-- keeps, as a decimal number. legs.announced_at: the start as it was announced then, where that is not
-- events.first_commence_at. legs.rule_set_id: a further leg's own rules, where they are not bets.rule_set_id.
ALTER TABLE bets ADD COLUMN commission TEXT CHECK (commission <> '');
ALTER TABLE legs ADD COLUMN announced_at INTEGER;
ALTER TABLE legs ADD COLUMN rule_set_id INTEGER REFERENCES words;
-- Of an open bet whose event has not changed since its placing, what is announced now was announced then.
UPDATE legs SET announced_at = (SELECT e.commence_at FROM selections s JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id WHERE s.id = legs.selection_id AND e.commence_at <> e.first_commence_at
    AND EXISTS (SELECT 1 FROM bets b WHERE b.order_id = legs.order_id AND b.placed_at >= e.updated_at))
WHERE order_id IN (SELECT order_id FROM bets WHERE state IN ('pending', 'review'));

-- Until when an open bet waits by a feed's word (postponed, suspended). NULL: until a day after the start.
ALTER TABLE bets ADD COLUMN wait_until INTEGER;

-- The leg of a parlay that a person settled: it stands, whatever feeds say. legs.result holds its result.
-- Here and below, share is the part of the stake that won in a dead heat (1/2), deduction what withdrawn runners cost.
CREATE TABLE legs_by_hand (
    order_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES words,
    share TEXT CHECK (share <> ''),
    deduction TEXT CHECK (deduction <> ''),
    PRIMARY KEY (order_id, ordinal),
    FOREIGN KEY (order_id, ordinal) REFERENCES legs (order_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What a settlement has besides its result, where it has anything. The commission has an entry of its own.
CREATE TABLE settlement_terms (
    bet_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    share TEXT CHECK (share <> ''),
    deduction TEXT CHECK (deduction <> ''),
    commission_minor INTEGER NOT NULL DEFAULT 0 CHECK (commission_minor >= 0),
    commission_entry_id INTEGER REFERENCES journal_entries,
    PRIMARY KEY (bet_id, number),
    FOREIGN KEY (bet_id, number) REFERENCES settlements (bet_id, number),
    CHECK ((commission_minor > 0) = (commission_entry_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- periods: what was scored in each, as 24-31,20-18, x for a half of an inning that was not played. played: minutes,
-- in baseball innings.
ALTER TABLE results ADD COLUMN periods TEXT CHECK (periods <> '');
ALTER TABLE results ADD COLUMN played REAL CHECK (played >= 0);
ALTER TABLE results ADD COLUMN winner TEXT CHECK (winner IN ('home', 'away'));
