"""Strategies: each looks at one line at a time and says which prices are worth a look."""
