"""What makes an opportunity doubtful: names for scripts, and what each means, in words."""

from __future__ import annotations

SUSPICIOUS = "suspicious"
FLOATING_START = "floating_start"
NO_QUOTE_TIME = "no_quote_time"
RULES_DIFFER = "rules_differ"
PRICE_JUMP = "price_jump"
# What a person may take with open eyes: never placed automatically, and nobody is called for it.
DOUBTFUL = frozenset({SUSPICIOUS, PRICE_JUMP, RULES_DIFFER, NO_QUOTE_TIME})

_WORDS = {
    SUSPICIOUS: "too good to be believed: look whether the price is real",
    FLOATING_START: "the start may move",
    NO_QUOTE_TIME: "nobody said when it was quoted: dated by when it was seen",
    RULES_DIFFER: "these books settle by different rules: a game cut short may lose more than one leg",
    PRICE_JUMP: "the price has jumped: the match may have begun",
}


def flag_words(flag: str) -> str:
    """A flag of a strategy that is not ours says itself."""
    return _WORDS.get(flag, flag)
