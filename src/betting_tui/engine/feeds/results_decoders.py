"""How the answers of results feeds are read where no such feed is set up: recorded files and replays. Nothing is asked
here, and each reader is loaded when the first answer of its feed comes."""

from __future__ import annotations

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.ports import Answer


def decode_known_scores(answer: Answer) -> DecodedScores:
    """Raises BadAnswer for what cannot be read, and for a feed nobody here knows."""
    match answer.source:
        case "espn":
            from betting_tui.engine.sources import espn_decode

            return espn_decode.decode_scores(answer)
        case "football_data":
            from betting_tui.engine.sources import football_data_decode

            return football_data_decode.decode_scores(answer)
        case "thesportsdb":
            from betting_tui.engine.sources import sports_db_decode

            return sports_db_decode.decode_scores(answer)
        case _:
            raise BadAnswer(
                f"an answer of {answer.source!r}, a feed this engine was not started with: use one of its own"
            )
