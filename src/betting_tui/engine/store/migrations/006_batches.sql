-- Settling many bets at once adds each to the kept sums together with the others, at the end of the batch: one row of a
-- sum is then written once, not once a bet. Both tables are empty outside of such a transaction. settled_later: what was
-- changed of settled bets, in this order, and what that has brought to the account's current period.
CREATE TABLE settling_batch (after_entry_id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE settled_later (
    id INTEGER PRIMARY KEY,
    bet_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    moved_minor INTEGER NOT NULL
) STRICT;
CREATE INDEX later_of_bet ON settled_later (bet_id);

DROP TRIGGER settled_bets_move;
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
CREATE TRIGGER settled_bets_move AFTER UPDATE OF profit_minor ON bets
WHEN NEW.profit_minor IS NOT OLD.profit_minor AND NOT EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    UPDATE period_sums SET
        result_minor = result_minor + m.moved,
        drawdown_minor = max(drawdown_minor, peak_minor - result_minor - m.moved),
        peak_minor = max(peak_minor, result_minor + m.moved),
        watched_peak_minor = max(watched_peak_minor, result_minor + m.moved)
    FROM (SELECT ifnull(NEW.profit_minor, 0) - ifnull(OLD.profit_minor, 0) AS moved) m
    WHERE period_id = (SELECT id FROM account_periods WHERE account_id = NEW.account_id AND ended_at IS NULL);
END;
-- The only one with something to do for each bet of a batch: several together cost many times as much.
CREATE TRIGGER settled_in_batch AFTER UPDATE OF state, result, risk_minor, profit_minor, settled_at, period_id,
    strategy_id, edge, clv_price, clv_ev, close_age_us, fair_age_us, close_after, fair_after, closing_missing,
    fair_missing, price_converted, ev_converted ON bets
WHEN (NEW.state = 'settled' OR OLD.state = 'settled') AND EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    INSERT INTO settled_later (bet_id, account_id, moved_minor)
    VALUES (NEW.id, NEW.account_id, ifnull(NEW.profit_minor, 0) - ifnull(OLD.profit_minor, 0));
END;

-- Balances likewise.
DROP TRIGGER postings_add_up;
CREATE TRIGGER postings_add_up AFTER INSERT ON postings WHEN NOT EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    UPDATE ledger_accounts SET balance_minor = balance_minor + NEW.amount_minor WHERE id = NEW.ledger_account_id;
END;

-- What was booked in each hour likewise.
DROP TRIGGER entries_counted;
DROP TRIGGER postings_change;
CREATE TRIGGER entries_counted AFTER INSERT ON journal_entries WHEN NOT EXISTS (SELECT 1 FROM settling_batch)
BEGIN
    INSERT INTO period_hours (period_id, hour, entries)
    VALUES (NEW.period_id, (NEW.created_at - (NEW.created_at < 0) * 3599999999) / 3600000000, 1)
    ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER postings_change AFTER INSERT ON postings
WHEN NOT EXISTS (SELECT 1 FROM settling_batch)
    AND (SELECT kind FROM ledger_accounts WHERE id = NEW.ledger_account_id) IN ('house', 'external', 'bonus', 'fees')
BEGIN
    UPDATE period_hours SET change_minor = change_minor - NEW.amount_minor,
        last_at = max(ifnull(last_at, j.created_at), j.created_at)
    FROM journal_entries j
    WHERE j.id = NEW.entry_id AND period_hours.period_id = j.period_id
        AND hour = (j.created_at - (j.created_at < 0) * 3599999999) / 3600000000;
END;
