"""A market that exists only here: seeded prices, true chances behind them, and results drawn from those."""

from __future__ import annotations

from betting_tui.engine.sources.simulated.market import SimulatedMarket
from betting_tui.engine.sources.simulated.settings import SimulationSettings, demo_settings, realistic_settings

__all__ = ["SimulatedMarket", "SimulationSettings", "demo_settings", "realistic_settings"]
