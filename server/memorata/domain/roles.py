"""Who may ask what, and when: one table of role, command and phase; what it does not name is refused."""

from typing import Literal

from memorata.domain.errors import Refused

Role = Literal["watcher", "participant", "speaker", "moderator", "host", "organizer", "admin"]
Phase = Literal["planned", "lobby", "live", "silence", "closed"]
"""Of the ceremony: before the doors open, in the lobby, in the programme, in a locked silence, after the end."""

RANKS: tuple[Role, ...] = ("watcher", "participant", "speaker", "moderator", "host", "organizer", "admin")

_BEFORE: frozenset[Phase] = frozenset({"planned", "lobby"})
_LIVE: frozenset[Phase] = frozenset({"live"})
_OPEN: frozenset[Phase] = frozenset({"lobby", "live"})
_UNLOCKED: frozenset[Phase] = frozenset({"planned", "lobby", "live"})
_QUIET: frozenset[Phase] = frozenset({"planned", "lobby", "live", "closed"})
_ALWAYS: frozenset[Phase] = frozenset({"planned", "lobby", "live", "silence", "closed"})

ALLOWED: dict[str, tuple[Role, frozenset[Phase]]] = {
    "ceremony.plan": ("organizer", _UNLOCKED),
    "ceremony.open": ("host", _BEFORE),
    "ceremony.close": ("host", _UNLOCKED),
    "item.cue": ("host", _UNLOCKED),
    "item.cancel_cue": ("host", _UNLOCKED),
    "item.hold": ("host", _LIVE),
    "item.resume": ("host", _LIVE),
    "item.step": ("host", _LIVE),
    "item.skip": ("host", _UNLOCKED),
    "item.restore": ("host", _UNLOCKED),
    "autopilot.set": ("host", _UNLOCKED),
    "picture.hold": ("host", _UNLOCKED),
    "picture.release": ("host", _UNLOCKED),
    # An attack does not wait for the end of a silence, and nothing of it is seen inside.
    "door.set": ("host", _ALWAYS),
    "floor.set_asking": ("moderator", _UNLOCKED),
    # A request during a silence is kept and answered after it: nobody else hears of it meanwhile.
    "floor.request": ("participant", frozenset({"lobby", "live", "silence"})),
    "floor.withdraw": ("participant", _ALWAYS),
    "floor.ready": ("participant", _OPEN),
    "floor.not_now": ("participant", _OPEN),
    "floor.yield": ("participant", _OPEN),
    "floor.add": ("moderator", _QUIET),
    "floor.edit": ("moderator", _QUIET),
    "floor.accept": ("moderator", _QUIET),
    "floor.decline": ("moderator", _QUIET),
    "floor.reorder": ("moderator", _QUIET),
    "floor.call": ("host", _OPEN),
    "floor.grant": ("host", _OPEN),
    "floor.mark_absent": ("host", _OPEN),
    "stage.by_telephone": ("host", _OPEN),
    "stage.invite": ("host", _OPEN),
    # Who must leave the stage leaves it at any time; in a silence nobody is on it.
    "stage.dismiss": ("host", _ALWAYS),
    "stage.play_recorded": ("host", _LIVE),
    "stage.show_live": ("host", _LIVE),
    "wreath.lay": ("participant", _LIVE),
    "candle.light": ("participant", _LIVE),
    "wish.offer": ("participant", frozenset({"lobby", "live", "closed"})),
    "wish.release": ("moderator", _QUIET),
    # What is taken away may go at any time: an attack does not wait for the end of a silence.
    "wish.withhold": ("moderator", _ALWAYS),
    # Of oneself; operators of others too.
    "person.erase": ("participant", _QUIET),
    "names.erase": ("organizer", _QUIET),
    "person.admit": ("moderator", _ALWAYS),
    "person.admit_all": ("moderator", _ALWAYS),
    "person.refuse": ("moderator", _ALWAYS),
    "person.release": ("moderator", _ALWAYS),
    "person.hide": ("moderator", _ALWAYS),
    "person.remove": ("moderator", _ALWAYS),
    "person.ban": ("moderator", _ALWAYS),
    "person.restore": ("moderator", _ALWAYS),
    # What is asked outside of the course of a ceremony.
    "links.see": ("moderator", _ALWAYS),
    "links.see_staff": ("host", _ALWAYS),
    "invitation.see": ("host", _ALWAYS),
    "invitation.make": ("host", _ALWAYS),
    "invitation.revoke": ("host", _ALWAYS),
    "hall.see": ("host", _ALWAYS),
    "hall.make": ("host", _ALWAYS),
    "console.open": ("organizer", _ALWAYS),
    "recording.see": ("moderator", _ALWAYS),
    "recording.judge": ("moderator", _ALWAYS),
    # Sent by the page that receives everybody, where no media server stands between.
    "recording.send": ("host", _ALWAYS),
    "plan.see": ("organizer", _ALWAYS),
    "plan.write": ("organizer", _ALWAYS),
    "account.list": ("admin", _ALWAYS),
    "account.add": ("admin", _ALWAYS),
    "account.disable": ("admin", _ALWAYS),
}

DEEDS: frozenset[str] = frozenset(
    {
        "links.see", "links.see_staff", "invitation.see", "invitation.make", "invitation.revoke",
        "hall.see", "hall.make", "console.open", "recording.see", "recording.judge", "recording.send",
        "plan.see", "plan.write", "account.list", "account.add", "account.disable",
    }
)  # fmt: skip
"""Rows of the table that are no commands to a ceremony."""


def at_least(role: Role, wanted: Role) -> bool:
    return RANKS.index(role) >= RANKS.index(wanted)


def is_staff(role: Role) -> bool:
    """Whether the role sees what is held back from the audience."""
    return at_least(role, "moderator")


def permit(role: Role, command_kind: str, phase: Phase) -> None:
    """Refuse what the table does not allow.

    Raises: Refused: `role.not_allowed`, `silence.locked` or `phase.not_allowed`.
    """
    rule = ALLOWED.get(command_kind)
    if rule is None or not at_least(role, rule[0]):
        raise Refused("role.not_allowed", command=command_kind, role=role)
    if phase not in rule[1]:
        code = "silence.locked" if phase == "silence" else "phase.not_allowed"
        raise Refused(code, command=command_kind, phase=phase)


def permit_deed(role: Role, kind: str) -> None:
    """Refuse what the table does not allow outside of a ceremony's course, where there is no phase.

    Raises: Refused: `role.not_allowed`.
    """
    permit(role, kind if kind in DEEDS else "", "planned")
