-- What an answer says beyond its columns, as JSON of the fields that are not what they are by default.
ALTER TABLE inbox ADD COLUMN extras TEXT NOT NULL DEFAULT '';
CREATE INDEX inbox_of_run ON inbox (run_id);

-- A stretch of the inbox with a name, to be replayed later, whatever runs wrote it; open while last_seq is NULL.
-- `standing` is what was armed, paused and opened when it began; `lost` counts entries that the size limit took.
CREATE TABLE named_stretches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    first_seq INTEGER NOT NULL,
    last_seq INTEGER CHECK (last_seq >= first_seq - 1),
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    standing TEXT NOT NULL DEFAULT '[]',
    lost INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO named_stretches (id, name, first_seq, last_seq, started_at, ended_at)
    SELECT id, name, first_seq, last_seq, started_at, ended_at FROM recordings;
DROP TABLE recordings;
ALTER TABLE named_stretches RENAME TO recordings;
