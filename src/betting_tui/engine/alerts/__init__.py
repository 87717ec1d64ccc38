"""What is worth telling, once, and through which channel.

A toast is always shown; a desktop pop-up where the desktop can, a message to a webhook where there is one, at most one
in five seconds each and none in quiet hours. An opportunity is told once, by this run or an earlier one; nothing
suspicious or stale is told at all.
"""

from betting_tui.engine.alerts.desktop import POPUP_TIMEOUT_SECONDS, DesktopChannel
from betting_tui.engine.alerts.outlet import Outlet
from betting_tui.engine.alerts.quiet_hours import QuietHours
from betting_tui.engine.alerts.room import AlertRules, Alerts
from betting_tui.engine.alerts.webhook import BOUND_SECONDS as WEBHOOK_BOUND_SECONDS
from betting_tui.engine.alerts.webhook import WebhookChannel

__all__ = [
    "POPUP_TIMEOUT_SECONDS",
    "WEBHOOK_BOUND_SECONDS",
    "AlertRules",
    "Alerts",
    "DesktopChannel",
    "Outlet",
    "QuietHours",
    "WebhookChannel",
]
