"""The credit planner: from facts to a plan of calls. Pure; the polling room carries it out."""

from betting_tui.engine.planning.facts import PlanFacts, Rules, SportFacts, Start, duration
from betting_tui.engine.planning.plan import Affordable, Endpoint, NotPolled, Plan, PlannedCall, Purpose, Reason
from betting_tui.engine.planning.planner import Prospects, affordable, plan
from betting_tui.engine.planning.texts import reason_text

__all__ = [
    "Affordable",
    "Endpoint",
    "NotPolled",
    "Plan",
    "PlanFacts",
    "PlannedCall",
    "Prospects",
    "Purpose",
    "Reason",
    "Rules",
    "SportFacts",
    "Start",
    "affordable",
    "duration",
    "plan",
    "reason_text",
]
