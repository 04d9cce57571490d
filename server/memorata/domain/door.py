"""Who walks in, who waits at the door, and who is told that it is closed."""

from typing import Literal

DoorPolicy = Literal["open", "knock", "closed"]
"""For people without an invitation: they walk in, they wait until somebody lets them in, or nobody new comes in.

Whoever was invited in person walks in at all of them, and so does whoever has been inside: a place is never lost by a
lost line. Watching needs no door.
"""

POLICIES: tuple[DoorPolicy, ...] = ("open", "knock", "closed")
