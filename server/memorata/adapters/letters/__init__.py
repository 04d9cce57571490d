"""The mails to the people of a series: in their language, by their clock, plain text first."""

from memorata.adapters.letters.writing import Letters

__all__ = ["Letters"]
