-- The ledger. Money is integer minor units (*_minor), times are integer microseconds UTC (*_at),
-- a price is kept as quoted (format and text) with its decimal odds for analysis.
--
-- A rule that may grow (why a close is missing, why an order was refused) has no CHECK: SQLite cannot widen one
-- without writing the table anew.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What recurs in nearly every row, kept once: bookmakers, sources, strategies, authors, methods, lists of books.
CREATE TABLE words (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE prices (
    id INTEGER PRIMARY KEY,
    format TEXT NOT NULL,
    text TEXT NOT NULL CHECK (text <> ''),
    decimal REAL NOT NULL CHECK (decimal > 1),
    UNIQUE (text, format)
) STRICT;

-- Accounts and money ------------------------------------------------------------------------------------------------

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    time_zone TEXT NOT NULL DEFAULT 'UTC',
    settings TEXT NOT NULL DEFAULT '{}',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

-- A reset closes a period and opens the next; nothing is deleted.
CREATE TABLE account_periods (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    number INTEGER NOT NULL CHECK (number >= 1),
    starting_minor INTEGER NOT NULL CHECK (starting_minor >= 0),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (account_id, number)
) STRICT;
CREATE UNIQUE INDEX one_open_period ON account_periods (account_id) WHERE ended_at IS NULL;

-- The chart of accounts. Only a wallet can be kept at a bookmaker; '' is the account's own. The balance is the sum of
-- the postings, added up by the database itself, so that nobody can book one without the other.
CREATE TABLE ledger_accounts (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    kind TEXT NOT NULL CHECK (kind IN
        ('wallet', 'open_bets', 'working_orders', 'house', 'external', 'bonus', 'fees')),
    bookmaker TEXT NOT NULL DEFAULT '' CHECK (bookmaker = '' OR kind = 'wallet'),
    balance_minor INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, kind, bookmaker)
) STRICT;

-- An entry is about a bet or an order or neither; what these belong to, they say themselves.
CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    kind TEXT NOT NULL CHECK (kind IN
        ('deposit', 'withdrawal', 'transfer', 'reserve', 'release', 'bet_placed', 'bet_payout', 'bet_refund',
         'cash_out', 'commission', 'bonus', 'fee', 'correction')),
    created_at INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES words,
    reason TEXT NOT NULL DEFAULT '',
    order_id INTEGER REFERENCES orders,
    bet_id INTEGER REFERENCES bets,
    reverses_entry_id INTEGER REFERENCES journal_entries,
    idempotency_key TEXT,
    CHECK (reverses_entry_id IS NULL OR kind = 'correction')
) STRICT;
CREATE UNIQUE INDEX entries_once ON journal_entries (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX reversed_once ON journal_entries (reverses_entry_id) WHERE reverses_entry_id IS NOT NULL;
CREATE INDEX entries_of_account ON journal_entries (account_id);

CREATE TABLE postings (
    entry_id INTEGER NOT NULL REFERENCES journal_entries,
    ledger_account_id INTEGER NOT NULL REFERENCES ledger_accounts,
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (entry_id, ledger_account_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER postings_add_up AFTER INSERT ON postings
BEGIN
    UPDATE ledger_accounts SET balance_minor = balance_minor + NEW.amount_minor WHERE id = NEW.ledger_account_id;
END;

CREATE TRIGGER journal_entries_keep BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed: book a correction'); END;
CREATE TRIGGER journal_entries_stay BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted: book a correction'); END;
CREATE TRIGGER postings_keep BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are never changed: book a correction'); END;
CREATE TRIGGER postings_stay BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are never deleted: book a correction'); END;

-- What is bet on ----------------------------------------------------------------------------------------------------

-- first_commence_at is the first start anybody named: how long a postponed bet waits is counted from it.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE CHECK (event_id <> ''),
    sport_key TEXT NOT NULL,
    sport_title TEXT NOT NULL,
    commence_at INTEGER NOT NULL,
    first_commence_at INTEGER NOT NULL,
    home_team TEXT,
    away_team TEXT,
    quotes_seen_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_start ON events (sport_key, commence_at);

CREATE TABLE event_aliases (
    source TEXT NOT NULL,
    source_event_id TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES events,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (source, source_event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES events,
    market TEXT NOT NULL,
    outcome_set TEXT NOT NULL CHECK (outcome_set IN ('two_way', 'three_way', 'field')),
    period TEXT NOT NULL,
    point REAL CHECK (point * 4 = round(point * 4)),
    participant TEXT,
    rule TEXT NOT NULL
) STRICT;
-- NULL is unequal to itself in a plain index.
CREATE UNIQUE INDEX line_once ON lines
    (event_id, market, ifnull(point, 1e9), period, ifnull(participant, ''), outcome_set, rule);

CREATE TABLE selections (
    id INTEGER PRIMARY KEY,
    line_id INTEGER NOT NULL REFERENCES lines,
    name TEXT NOT NULL CHECK (name <> ''),
    point REAL CHECK (point * 4 = round(point * 4))
) STRICT;
CREATE UNIQUE INDEX selection_once ON selections (line_id, name, ifnull(point, 1e9));

-- Opportunities: found once, looked at by every account -------------------------------------------------------------

-- One that comes and goes has several stretches: opened_at is the start of the newest, lived_us adds up those before.
-- books and flags are JSON lists.
CREATE TABLE opportunities (
    id INTEGER PRIMARY KEY,
    opportunity_id TEXT NOT NULL UNIQUE CHECK (opportunity_id <> ''),
    strategy_id INTEGER NOT NULL REFERENCES words,
    event_id INTEGER NOT NULL REFERENCES events,
    line_id INTEGER NOT NULL REFERENCES lines,
    discovered_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    expired_at INTEGER,
    stretches INTEGER NOT NULL DEFAULT 1 CHECK (stretches >= 1),
    opened_at INTEGER,
    lived_us INTEGER NOT NULL DEFAULT 0 CHECK (lived_us >= 0),
    best_ev REAL,
    edge REAL,
    edge_low REAL,
    profit_margin REAL,
    difference_cents REAL,
    fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1),
    fair_odds REAL,
    method_id INTEGER REFERENCES words,
    confidence_id INTEGER REFERENCES words,
    kelly_fraction REAL,
    books_id INTEGER NOT NULL REFERENCES words,
    flags_id INTEGER NOT NULL REFERENCES words
) STRICT;
CREATE INDEX opportunities_active ON opportunities (expired_at) WHERE expired_at IS NULL;

CREATE TABLE opportunity_legs (
    opportunity_id INTEGER NOT NULL REFERENCES opportunities,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker_id INTEGER NOT NULL REFERENCES words,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    price_id INTEGER NOT NULL REFERENCES prices,
    quoted_at INTEGER,
    seen_at INTEGER,
    source_id INTEGER NOT NULL REFERENCES words,
    stake_minor INTEGER CHECK (stake_minor >= 0),
    PRIMARY KEY (opportunity_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What an account did about it other than betting (who has a bet, the bets say), and why: the newest word stands.
CREATE TABLE opportunity_decisions (
    opportunity_id INTEGER NOT NULL REFERENCES opportunities,
    account_id INTEGER NOT NULL REFERENCES accounts,
    decision TEXT NOT NULL CHECK (decision IN ('refused', 'passed', 'dismissed', 'watched')),
    code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (opportunity_id, account_id)
) STRICT, WITHOUT ROWID;

-- Placement -> order (its legs) -> fill -> bet ----------------------------------------------------------------------

CREATE TABLE placements (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    key TEXT NOT NULL CHECK (key <> ''),
    opportunity_id INTEGER REFERENCES opportunities,
    origin TEXT NOT NULL CHECK (origin IN ('app', 'command', 'auto', 'manual', 'import')),
    state TEXT NOT NULL CHECK (state IN ('working', 'accepted', 'refused', 'cancelled', 'expired')),
    again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),
    refusal_code TEXT,
    refusal_message TEXT,
    created_at INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES words,
    CHECK ((state = 'refused') = (refusal_code IS NOT NULL))
) STRICT;
-- A request counts once; one that was refused may be asked again.
CREATE UNIQUE INDEX placement_once ON placements (account_id, key) WHERE state <> 'refused';
CREATE UNIQUE INDEX one_placement_an_opportunity ON placements (account_id, opportunity_id)
    WHERE state IN ('working', 'accepted') AND again = 0 AND opportunity_id IS NOT NULL;
CREATE INDEX refusals_by_time ON placements (account_id, created_at) WHERE state = 'refused';

-- updated_at is NULL until something happens to it after the placement.
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    placement_id INTEGER NOT NULL REFERENCES placements,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    kind TEXT NOT NULL DEFAULT 'single' CHECK (kind IN ('single', 'parlay')),
    bookmaker_id INTEGER NOT NULL REFERENCES words,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    type TEXT NOT NULL CHECK (type IN ('market', 'limit', 'stop', 'stop_limit')),
    state TEXT NOT NULL CHECK (state IN ('working', 'part_filled', 'filled', 'cancelled', 'expired', 'refused')),
    funding TEXT NOT NULL DEFAULT 'cash' CHECK (funding IN ('cash', 'free')),
    price_id INTEGER NOT NULL REFERENCES prices,
    stop_price_id INTEGER REFERENCES prices,
    stake_minor INTEGER NOT NULL CHECK (stake_minor >= 0),
    take_worse INTEGER NOT NULL DEFAULT 0 CHECK (take_worse IN (0, 1)),
    expires_at INTEGER,
    refusal_code TEXT,
    refusal_message TEXT,
    refusal_price_id INTEGER REFERENCES prices,
    updated_at INTEGER,
    UNIQUE (placement_id, ordinal),
    CHECK (state <> 'refused' OR refusal_code IS NOT NULL)
) STRICT;
CREATE INDEX orders_at_work ON orders (state) WHERE state IN ('working', 'part_filled');

-- What an order is on: one selection, or the several of a parlay, each at a price and with a result of its own.
-- A single has both in its fills and bets.
CREATE TABLE legs (
    order_id INTEGER NOT NULL REFERENCES orders,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    selection_id INTEGER NOT NULL REFERENCES selections,
    price_id INTEGER REFERENCES prices,
    result TEXT CHECK (result IN ('win', 'loss', 'push', 'void', 'half_win', 'half_loss')),
    PRIMARY KEY (order_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX legs_of_selection ON legs (selection_id);

CREATE TABLE fills (
    order_id INTEGER NOT NULL REFERENCES orders,
    number INTEGER NOT NULL CHECK (number >= 1),
    price_id INTEGER NOT NULL REFERENCES prices,
    stake_minor INTEGER NOT NULL CHECK (stake_minor > 0),
    evidence TEXT NOT NULL CHECK (evidence IN ('fresh', 'later_snapshot', 'same_snapshot', 'modelled', 'none')),
    source_id INTEGER NOT NULL REFERENCES words,
    quoted_at INTEGER,
    seen_at INTEGER,
    PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

-- A bet is one fill, at its price and moment (placed_at): an order filled in parts at several prices gives several bets, each exact.
-- risk_minor is what the bet may lose and what is reserved: the stake of a back bet, the liability of a lay bet,
-- nothing for a free bet.
CREATE TABLE bets (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    order_id INTEGER NOT NULL,
    fill_number INTEGER NOT NULL DEFAULT 1,
    opportunity_id INTEGER REFERENCES opportunities,
    strategy_id INTEGER REFERENCES words,
    rule_set_id INTEGER NOT NULL REFERENCES words,
    state TEXT NOT NULL CHECK (state IN ('pending', 'settled', 'cancelled', 'review')),
    stake_minor INTEGER NOT NULL CHECK (stake_minor > 0),
    risk_minor INTEGER NOT NULL CHECK (risk_minor >= 0),
    placed_at INTEGER NOT NULL,
    edge REAL,
    fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1),
    result TEXT CHECK (result IN ('win', 'loss', 'push', 'void', 'half_win', 'half_loss')),
    return_minor INTEGER CHECK (return_minor >= 0),
    commission_minor INTEGER NOT NULL DEFAULT 0 CHECK (commission_minor >= 0),
    profit_minor INTEGER,
    settled_at INTEGER,
    clv_price REAL,
    clv_net_odds REAL,
    clv_ev REAL,
    clv_line REAL,
    closing_missing TEXT CHECK (closing_missing <> ''),
    note TEXT NOT NULL DEFAULT '',
    review_reason TEXT NOT NULL DEFAULT '',
    updated_at INTEGER NOT NULL,
    UNIQUE (order_id, fill_number),
    FOREIGN KEY (order_id, fill_number) REFERENCES fills (order_id, number),
    CHECK ((state = 'settled') = (result IS NOT NULL)),
    CHECK ((state = 'settled') = (return_minor IS NOT NULL)),
    CHECK ((state = 'settled') = (profit_minor IS NOT NULL)),
    CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
    CHECK (profit_minor = return_minor - commission_minor - risk_minor)
) STRICT;
CREATE INDEX bets_of_account ON bets (account_id, placed_at);
CREATE INDEX bets_settled ON bets (account_id, settled_at) WHERE state = 'settled';
CREATE INDEX bets_open ON bets (account_id, id) WHERE state IN ('pending', 'review');
CREATE INDEX bets_of_opportunity ON bets (opportunity_id) WHERE opportunity_id IS NOT NULL;

-- Closing lines, results, settlements -------------------------------------------------------------------------------

-- The prices of what is waited for, before the start: one row a price, from when it was first seen to when it was last.
-- Not the newest alone, because a start may turn out to have been earlier than was known.
CREATE TABLE closing_lines (
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker_id INTEGER NOT NULL REFERENCES words,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    price_id INTEGER NOT NULL REFERENCES prices,
    quoted_at INTEGER,
    first_seen_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL CHECK (seen_at >= first_seen_at),
    source_id INTEGER NOT NULL REFERENCES words,
    PRIMARY KEY (selection_id, bookmaker_id, side, first_seen_at)
) STRICT, WITHOUT ROWID;

-- What a bet's leg was compared with: the close of its own book, and of the reference (then with a fair probability;
-- `point` where the line had moved). Copied when the bet is settled, because a start may move after that.
-- seen_at is NULL where an imported file does not tell.
CREATE TABLE closes (
    bet_id INTEGER NOT NULL REFERENCES bets,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    whose TEXT NOT NULL CHECK (whose IN ('book', 'reference')),
    bookmaker_id INTEGER REFERENCES words,
    price_id INTEGER REFERENCES prices,
    point REAL CHECK (point * 4 = round(point * 4)),
    fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1),
    method_id INTEGER REFERENCES words,
    quoted_at INTEGER,
    seen_at INTEGER,
    source_id INTEGER REFERENCES words,
    missing TEXT CHECK (missing <> ''),
    PRIMARY KEY (bet_id, ordinal, whose),
    CHECK ((missing IS NULL) = (price_id IS NOT NULL OR fair_probability IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A corrected result is the next number; nothing is overwritten.
CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    source_event_id TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    event_id INTEGER REFERENCES events,
    sport_key TEXT NOT NULL,
    commence_at INTEGER NOT NULL,
    home_team TEXT,
    away_team TEXT,
    status TEXT NOT NULL DEFAULT 'final' CHECK (status IN ('final', 'cancelled', 'postponed', 'abandoned')),
    home_score INTEGER,
    away_score INTEGER,
    includes_overtime INTEGER CHECK (includes_overtime IN (0, 1)),
    stated_at INTEGER,
    received_at INTEGER NOT NULL,
    UNIQUE (source, source_event_id, number)
) STRICT;
CREATE INDEX results_of_event ON results (event_id);

-- Each grading of a bet; its entry says when, by whom and why. A corrected one is reversed, never removed.
CREATE TABLE settlements (
    bet_id INTEGER NOT NULL REFERENCES bets,
    number INTEGER NOT NULL CHECK (number >= 1),
    result TEXT NOT NULL CHECK (result IN ('win', 'loss', 'push', 'void', 'half_win', 'half_loss')),
    return_minor INTEGER NOT NULL CHECK (return_minor >= 0),
    profit_minor INTEGER NOT NULL,
    result_id INTEGER REFERENCES results,
    entry_id INTEGER NOT NULL REFERENCES journal_entries,
    reversed_by_entry_id INTEGER REFERENCES journal_entries,
    PRIMARY KEY (bet_id, number)
) STRICT, WITHOUT ROWID;

-- What stopped automatic placing of an account (NULL: of all), and who let it go on.
CREATE TABLE breakers (
    id INTEGER PRIMARY KEY,
    account_id INTEGER REFERENCES accounts,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    tripped_at INTEGER NOT NULL,
    until_at INTEGER,
    ended_at INTEGER,
    ended_by TEXT
) STRICT;
CREATE INDEX breakers_tripped ON breakers (account_id) WHERE ended_at IS NULL;

-- The engine's own records ------------------------------------------------------------------------------------------

CREATE TABLE credits (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    at INTEGER NOT NULL,
    used INTEGER,
    remaining INTEGER,
    cost INTEGER CHECK (cost >= 0)
) STRICT;
CREATE INDEX credits_by_time ON credits (source, at);

CREATE TABLE notices_sent (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'demo', 'replay', 'backtest')),
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
