"""What a session description (RFC 8866) says of who sends: read, so that nobody sends who may not."""

from dataclasses import dataclass

from memorata.domain.errors import Refused

SENDING = frozenset({"sendrecv", "sendonly"})
DIRECTIONS = frozenset({*SENDING, "recvonly", "inactive"})
SECTIONS_MAX = 2
"""One sound and one picture: a link carries one person."""


@dataclass(frozen=True, slots=True)
class Section:
    """One medium: `kind` as its m-line names it; `sends` unless it is refused, or says that it only receives."""

    kind: str
    sends: bool


def sections(sdp: str) -> tuple[Section, ...]:
    """The media of a description, in order. What says nothing of its direction sends (RFC 8866, 6.7)."""
    found: list[Section] = []
    session, kind, refused, direction = "sendrecv", "", False, ""
    for line in sdp.splitlines():
        if line.startswith("m="):
            if kind:
                found.append(Section(kind, not refused and (direction or session) in SENDING))
            fields = line[2:].split()
            kind = fields[0].lower() if fields else "?"
            refused, direction = len(fields) > 1 and fields[1].partition("/")[0] == "0", ""
        elif line.startswith("a=") and line[2:].strip().lower() in DIRECTIONS:
            # Of two that contradict each other the one counts that sends.
            said = line[2:].strip().lower()
            if not kind:
                session = said
            elif direction not in SENDING:
                direction = said
    if kind:
        found.append(Section(kind, not refused and (direction or session) in SENDING))
    return tuple(found)


def check(sdp: str, *, may_send: bool) -> None:
    """Refuse what is not one person's picture and sound, and what would send without the right to.

    Raises: Refused: `message.invalid`, `stage.not_now`.
    """
    found = sections(sdp)
    if not found or len(found) > SECTIONS_MAX or any(one.kind not in ("audio", "video") for one in found):
        raise Refused("message.invalid", path="$.sdp", reason="Expected one audio and one video section at the most")
    if not may_send and any(one.sends for one in found):
        raise Refused("stage.not_now")
