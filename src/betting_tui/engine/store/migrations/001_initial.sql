-- The ledger. Money is integer minor units (*_minor), times are integer microseconds UTC (*_at),
-- a price is kept as quoted (format and text) with its decimal odds for analysis.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

-- The chart of accounts. Only a wallet can be kept at a bookmaker; '' is the account's own.
CREATE TABLE ledger_accounts (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    kind TEXT NOT NULL CHECK (kind IN
        ('wallet', 'open_bets', 'working_orders', 'house', 'external', 'bonus', 'fees')),
    bookmaker TEXT NOT NULL DEFAULT '' CHECK (bookmaker = '' OR kind = 'wallet'),
    UNIQUE (account_id, kind, bookmaker)
) STRICT;

CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    kind TEXT NOT NULL CHECK (kind IN
        ('deposit', 'withdrawal', 'transfer', 'reserve', 'release', 'bet_placed', 'bet_payout', 'bet_refund',
         'cash_out', 'commission', 'bonus', 'fee', 'correction')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    placement_id INTEGER REFERENCES placements,
    order_id INTEGER REFERENCES orders,
    bet_id INTEGER REFERENCES bets,
    opportunity_id INTEGER REFERENCES opportunities,
    reverses_entry_id INTEGER REFERENCES journal_entries,
    idempotency_key TEXT,
    CHECK (reverses_entry_id IS NULL OR kind = 'correction')
) STRICT;
CREATE UNIQUE INDEX entries_once ON journal_entries (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX reversed_once ON journal_entries (reverses_entry_id) WHERE reverses_entry_id IS NOT NULL;
CREATE INDEX entries_of_account ON journal_entries (account_id);
CREATE INDEX entries_of_bet ON journal_entries (bet_id) WHERE bet_id IS NOT NULL;

CREATE TABLE postings (
    entry_id INTEGER NOT NULL REFERENCES journal_entries,
    ledger_account_id INTEGER NOT NULL REFERENCES ledger_accounts,
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (entry_id, ledger_account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_of_ledger_account ON postings (ledger_account_id, amount_minor);

CREATE TRIGGER journal_entries_keep BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed: book a correction'); END;
CREATE TRIGGER journal_entries_stay BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted: book a correction'); END;
CREATE TRIGGER postings_keep BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are never changed: book a correction'); END;
CREATE TRIGGER postings_stay BEFORE DELETE ON postings
BEGIN SELECT RAISE(ABORT, 'postings are never deleted: book a correction'); END;

-- What is bet on ----------------------------------------------------------------------------------------------------

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE CHECK (event_id <> ''),
    sport_key TEXT NOT NULL,
    sport_title TEXT NOT NULL,
    commence_at INTEGER NOT NULL,
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
    rule TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX lines_of_event ON lines (event_id);

CREATE TABLE selections (
    id INTEGER PRIMARY KEY,
    line_id INTEGER NOT NULL REFERENCES lines,
    name TEXT NOT NULL CHECK (name <> ''),
    point REAL CHECK (point * 4 = round(point * 4))
) STRICT;
-- NULL is unequal to itself in a plain index.
CREATE UNIQUE INDEX selection_once ON selections (line_id, name, ifnull(point, 1e9));

-- Opportunities: found once, looked at by every account -------------------------------------------------------------

CREATE TABLE opportunities (
    id INTEGER PRIMARY KEY,
    opportunity_id TEXT NOT NULL UNIQUE CHECK (opportunity_id <> ''),
    strategy TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES events,
    line_id INTEGER NOT NULL REFERENCES lines,
    discovered_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    expired_at INTEGER,
    best_ev REAL,
    edge REAL,
    edge_low REAL,
    profit_margin REAL,
    difference_cents REAL,
    fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1),
    fair_odds REAL,
    method TEXT,
    confidence TEXT,
    kelly_fraction REAL,
    books TEXT NOT NULL DEFAULT '[]',
    flags TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX opportunities_by_time ON opportunities (discovered_at);
CREATE INDEX opportunities_active ON opportunities (discovered_at) WHERE expired_at IS NULL;

CREATE TABLE opportunity_legs (
    opportunity_id INTEGER NOT NULL REFERENCES opportunities,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    quoted_at INTEGER,
    seen_at INTEGER,
    source TEXT NOT NULL,
    stake_minor INTEGER CHECK (stake_minor >= 0),
    PRIMARY KEY (opportunity_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Why an account has no bet on it. Who has one, the bets say.
CREATE TABLE opportunity_refusals (
    opportunity_id INTEGER NOT NULL REFERENCES opportunities,
    account_id INTEGER NOT NULL REFERENCES accounts,
    reason TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (opportunity_id, account_id)
) STRICT, WITHOUT ROWID;

-- Placement -> order -> fill -> bet -> leg --------------------------------------------------------------------------

CREATE TABLE placements (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    key TEXT NOT NULL CHECK (key <> ''),
    opportunity_id INTEGER REFERENCES opportunities,
    origin TEXT NOT NULL CHECK (origin IN ('app', 'command', 'auto', 'manual', 'import')),
    state TEXT NOT NULL CHECK (state IN ('working', 'accepted', 'refused')),
    again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),
    refusal_code TEXT,
    refusal_message TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CHECK ((state = 'refused') = (refusal_code IS NOT NULL))
) STRICT;
-- A request counts once; one that was refused may be asked again.
CREATE UNIQUE INDEX placement_once ON placements (account_id, key) WHERE state <> 'refused';
CREATE UNIQUE INDEX one_placement_an_opportunity ON placements (account_id, opportunity_id)
    WHERE state <> 'refused' AND again = 0 AND opportunity_id IS NOT NULL;
CREATE INDEX placements_by_time ON placements (account_id, created_at);

-- A parlay is one order without a selection of its own: its legs are the bet's.
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    placement_id INTEGER NOT NULL REFERENCES placements,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    selection_id INTEGER REFERENCES selections,
    bookmaker TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    type TEXT NOT NULL CHECK (type IN ('market', 'limit', 'stop', 'stop_limit')),
    state TEXT NOT NULL CHECK (state IN ('working', 'part_filled', 'filled', 'cancelled', 'expired', 'refused')),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    stop_decimal REAL CHECK (stop_decimal > 1),
    stake_minor INTEGER NOT NULL CHECK (stake_minor >= 0),
    take_worse INTEGER NOT NULL DEFAULT 0 CHECK (take_worse IN (0, 1)),
    expires_at INTEGER,
    refusal_code TEXT,
    refusal_message TEXT,
    refusal_decimal REAL,
    updated_at INTEGER NOT NULL,
    UNIQUE (placement_id, ordinal),
    CHECK ((state = 'refused') = (refusal_code IS NOT NULL))
) STRICT;
CREATE INDEX orders_at_work ON orders (state) WHERE state IN ('working', 'part_filled');

CREATE TABLE fills (
    order_id INTEGER NOT NULL REFERENCES orders,
    number INTEGER NOT NULL CHECK (number >= 1),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    stake_minor INTEGER NOT NULL CHECK (stake_minor > 0),
    evidence TEXT NOT NULL CHECK (evidence IN ('fresh', 'later_snapshot', 'same_snapshot', 'modelled', 'none')),
    source TEXT NOT NULL,
    quoted_at INTEGER,
    seen_at INTEGER,
    filled_at INTEGER NOT NULL,
    PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

-- risk_minor is what the bet may lose and what is reserved: the stake of a back bet, the liability of a lay bet.
CREATE TABLE bets (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts,
    period_id INTEGER NOT NULL REFERENCES account_periods,
    placement_id INTEGER NOT NULL REFERENCES placements,
    order_id INTEGER NOT NULL REFERENCES orders,
    kind TEXT NOT NULL DEFAULT 'single' CHECK (kind IN ('single', 'parlay')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'settled', 'cancelled', 'review')),
    funding TEXT NOT NULL DEFAULT 'cash' CHECK (funding IN ('cash', 'free')),
    stake_minor INTEGER NOT NULL CHECK (stake_minor > 0),
    risk_minor INTEGER NOT NULL CHECK (risk_minor >= 0),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    placed_at INTEGER NOT NULL,
    strategy TEXT,
    opportunity_id INTEGER REFERENCES opportunities,
    origin TEXT NOT NULL CHECK (origin IN ('app', 'command', 'auto', 'manual', 'import')),
    edge REAL,
    fair_probability REAL CHECK (fair_probability BETWEEN 0 AND 1),
    result TEXT CHECK (result IN ('win', 'loss', 'push', 'void', 'half_win', 'half_loss')),
    return_minor INTEGER CHECK (return_minor >= 0),
    commission_minor INTEGER NOT NULL DEFAULT 0 CHECK (commission_minor >= 0),
    profit_minor INTEGER,
    settled_at INTEGER,
    clv_price REAL,
    clv_net_odds REAL,
    closing_missing TEXT CHECK (closing_missing IN ('not_polled', 'not_quoted', 'parlay')),
    note TEXT NOT NULL DEFAULT '',
    review_reason TEXT NOT NULL DEFAULT '',
    updated_at INTEGER NOT NULL,
    CHECK ((state = 'settled') = (result IS NOT NULL)),
    CHECK ((state = 'settled') = (return_minor IS NOT NULL)),
    CHECK ((state = 'settled') = (profit_minor IS NOT NULL)),
    CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
    CHECK (profit_minor = return_minor - commission_minor - risk_minor)
) STRICT;
CREATE INDEX bets_of_account ON bets (account_id, placed_at);
CREATE INDEX bets_settled ON bets (account_id, settled_at) WHERE state = 'settled';
CREATE INDEX bets_open ON bets (account_id, id) WHERE state IN ('pending', 'review');
CREATE INDEX bets_of_placement ON bets (placement_id);
CREATE INDEX bets_of_opportunity ON bets (opportunity_id) WHERE opportunity_id IS NOT NULL;

-- The closing price is copied here when the bet is settled: closing_lines only holds the newest.
CREATE TABLE bet_legs (
    bet_id INTEGER NOT NULL REFERENCES bets,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    result TEXT CHECK (result IN ('win', 'loss', 'push', 'void', 'half_win', 'half_loss')),
    closing_format TEXT,
    closing_text TEXT,
    closing_decimal REAL CHECK (closing_decimal > 1),
    closing_seen_at INTEGER,
    closing_source TEXT,
    PRIMARY KEY (bet_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX legs_of_selection ON bet_legs (selection_id);

-- Closing lines, results, settlements -------------------------------------------------------------------------------

CREATE TABLE closing_lines (
    selection_id INTEGER NOT NULL REFERENCES selections,
    bookmaker TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('back', 'lay')),
    price_format TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_decimal REAL NOT NULL CHECK (price_decimal > 1),
    quoted_at INTEGER,
    seen_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (selection_id, bookmaker, side)
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
