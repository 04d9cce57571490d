"""What `memorata doctor` has found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "note", "missing"]

ANSWER_S = 3.0
"""For how long somebody is waited for who should answer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table; a `note` is worth knowing and stops nothing, what is `missing` must be seen to."""

    what: str
    state: State
    found: str
    hint: str = ""
