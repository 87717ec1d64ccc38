"""Execution: turns an order into a fill or a refusal. Paper only: nothing here can reach a bookmaker."""
