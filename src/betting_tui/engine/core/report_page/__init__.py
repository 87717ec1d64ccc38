"""A full report as one HTML file: words, charts and tables, without a script and without anything from elsewhere."""

from betting_tui.engine.core.report_page.page import PageHead, report_page

__all__ = ["PageHead", "report_page"]
