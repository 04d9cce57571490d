"""The table of roles: whatever it does not allow is refused, in every cell."""

import itertools

import pytest

from memorata.domain.commands import COMMANDS, EraseNames, ErasePerson, PlanCeremony
from memorata.domain.errors import Refused
from memorata.domain.moderating import ACTS
from memorata.domain.roles import ALLOWED, DEEDS, RANKS, Phase, Role, permit, permit_deed

PHASES: tuple[Phase, ...] = ("planned", "lobby", "live", "silence", "closed")


def test_the_table_names_every_command_and_nothing_else() -> None:
    assert set(ALLOWED) == {*COMMANDS, PlanCeremony.kind, ErasePerson.kind, EraseNames.kind, *DEEDS, *ACTS}
    assert DEEDS.isdisjoint({*COMMANDS, PlanCeremony.kind, *ACTS})


@pytest.mark.parametrize(("role", "phase"), list(itertools.product(RANKS, PHASES)))
def test_every_cell(role: Role, phase: Phase) -> None:
    for kind, (least, phases) in ALLOWED.items():
        allowed = RANKS.index(role) >= RANKS.index(least) and phase in phases
        if allowed:
            permit(role, kind, phase)
        else:
            with pytest.raises(Refused):
                permit(role, kind, phase)


def test_watchers_may_ask_nothing_and_the_unknown_is_denied() -> None:
    for kind in (*COMMANDS, *ACTS):
        with pytest.raises(Refused, match=r"role\.not_allowed"):
            permit("watcher", kind, "live")
    with pytest.raises(Refused, match=r"role\.not_allowed"):
        permit("admin", "ceremony.detonate", "live")


DEEDS_OF: dict[str, Role] = {
    "console.open": "organizer",
    "links.see": "moderator",
    "links.see_staff": "host",
    "invitation.see": "host",
    "invitation.make": "host",
    "invitation.revoke": "host",
    "recording.see": "moderator",
    "recording.judge": "moderator",
    "recording.send": "host",
    "hall.see": "host",
    "hall.make": "host",
    "plan.see": "organizer",
    "plan.write": "organizer",
    "account.list": "admin",
    "account.add": "admin",
    "account.disable": "admin",
}


@pytest.mark.parametrize("role", RANKS)
def test_what_accounts_may_do_outside_of_a_ceremony(role: Role) -> None:
    assert set(DEEDS_OF) == DEEDS
    for kind, least in DEEDS_OF.items():
        if RANKS.index(role) >= RANKS.index(least):
            permit_deed(role, kind)
        else:
            with pytest.raises(Refused, match=r"role\.not_allowed"):
                permit_deed(role, kind)


def test_a_command_is_no_deed_and_the_unknown_is_denied() -> None:
    for kind in ("ceremony.open", "account.own", ""):
        with pytest.raises(Refused, match=r"role\.not_allowed"):
            permit_deed("admin", kind)


def test_nobody_below_a_moderator_decides_about_people_and_a_silence_protects_no_attacker() -> None:
    for kind in ACTS:
        assert ALLOWED[kind] == ("moderator", frozenset(PHASES))
    permit("moderator", "wish.withhold", "silence")
    with pytest.raises(Refused, match=r"silence\.locked"):
        permit("moderator", "wish.release", "silence")
