"""Paper betting in the terminal: find out whether you have an edge before risking money."""

__version__ = "0.1.0"
