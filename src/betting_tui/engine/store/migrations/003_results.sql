-- What a feed says of a game besides that it is over: postponed, abandoned, on again. Which words there are may grow.
-- Until now only final scores were kept. The column is made anew, not the table: bets point into it.
ALTER TABLE results DROP COLUMN status;
ALTER TABLE results ADD COLUMN status TEXT NOT NULL DEFAULT 'final' CHECK (status <> '');

-- The score at the end of regulation time, where the feed tells it apart.
ALTER TABLE results ADD COLUMN home_regulation INTEGER;
ALTER TABLE results ADD COLUMN away_regulation INTEGER;

-- confirmed_by: a person said the same as the feed, so it stands whatever feeds say later. withdrawn: it was reversed
-- and nothing took its place, because feeds contradict each other or took their word back.
ALTER TABLE settlements ADD COLUMN confirmed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE settlements ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

CREATE INDEX aliases_of_event ON event_aliases (event_id, source);
