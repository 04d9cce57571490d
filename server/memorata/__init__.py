"""Online ceremonies of remembrance."""

__version__ = "0.1.0"
