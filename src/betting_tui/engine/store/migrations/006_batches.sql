-- Settling many bets at once adds each to the kept sums together with the others, at the end of the batch: one row of a
-- sum is then written once, not once a bet. Both tables are empty outside of such a transaction.
CREATE TABLE settling_batch (running INTEGER PRIMARY KEY CHECK (running = 1)) STRICT;
CREATE TABLE settled_later (bet_id INTEGER PRIMARY KEY REFERENCES bets) STRICT;

DROP TRIGGER settled_bets_leave;
DROP TRIGGER settled_bets_enter;
DROP TRIGGER closed_bets_leave;
DROP TRIGGER closed_bets_enter;

-- What was not yet added is not taken back either.
CREATE TRIGGER settled_bets_leave BEFORE UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, closing_missing ON bets
WHEN OLD.state = 'settled' AND NOT EXISTS (SELECT 1 FROM settled_later WHERE bet_id = OLD.id)
BEGIN
    INSERT INTO settled_moves SELECT -1, * FROM settled_parts WHERE bet_id = OLD.id;
END;
CREATE TRIGGER settled_bets_enter AFTER UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, closing_missing ON bets
WHEN NEW.state = 'settled' AND NOT EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    INSERT INTO settled_moves SELECT 1, * FROM settled_parts WHERE bet_id = NEW.id;
END;
CREATE TRIGGER closed_bets_leave BEFORE UPDATE OF state, result, risk_minor, settled_at, period_id, strategy_id,
    clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing, fair_missing,
    price_converted, ev_converted ON bets
WHEN OLD.state = 'settled' AND NOT EXISTS (SELECT 1 FROM settled_later WHERE bet_id = OLD.id)
BEGIN
    INSERT INTO closed_moves SELECT -1, * FROM closed_parts WHERE bet_id = OLD.id;
END;
CREATE TRIGGER closed_bets_enter AFTER UPDATE OF state, result, risk_minor, settled_at, period_id, strategy_id,
    clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing, fair_missing,
    price_converted, ev_converted ON bets
WHEN NEW.state = 'settled' AND NOT EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    INSERT INTO closed_moves SELECT 1, * FROM closed_parts WHERE bet_id = NEW.id;
END;
CREATE TRIGGER settled_in_batch AFTER UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing,
    fair_missing, price_converted, ev_converted ON bets
WHEN NEW.state = 'settled' AND EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    INSERT INTO settled_later (bet_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER opened_in_batch AFTER UPDATE OF state ON bets WHEN OLD.state = 'settled' AND NEW.state <> 'settled'
BEGIN
    DELETE FROM settled_later WHERE bet_id = OLD.id;
END;
