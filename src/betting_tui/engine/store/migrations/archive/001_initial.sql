-- The inbox as received: a cache. Times are integer microseconds UTC.

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'demo', 'replay', 'backtest')),
    started_at INTEGER NOT NULL,
    seed INTEGER,
    parameters TEXT NOT NULL DEFAULT ''
) STRICT;

-- One body a content: a feed that says the same again costs a row, not a body.
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    compressed BLOB NOT NULL
) STRICT;

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('answer', 'command', 'timer')),
    source TEXT NOT NULL DEFAULT '',
    answer_kind TEXT NOT NULL DEFAULT '',
    sport_key TEXT NOT NULL DEFAULT '',
    markets TEXT NOT NULL DEFAULT '',
    received_at INTEGER,
    server_at INTEGER,
    has_credits INTEGER NOT NULL DEFAULT 0 CHECK (has_credits IN (0, 1)),
    credits_used INTEGER,
    credits_remaining INTEGER,
    credits_cost INTEGER,
    odds_format TEXT,
    body_id INTEGER NOT NULL REFERENCES bodies
) STRICT;
CREATE INDEX inbox_by_time ON inbox (at);
CREATE INDEX inbox_of_body ON inbox (body_id);

-- A stretch of the inbox with a name, to be replayed later; open while last_seq is NULL.
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    run_id INTEGER NOT NULL REFERENCES runs,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER CHECK (last_seq >= first_seq),
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
