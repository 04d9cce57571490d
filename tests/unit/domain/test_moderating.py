"""What follows from which standing, in every cell."""

import itertools
from typing import get_args

import pytest

from memorata.domain.errors import Refused
from memorata.domain.moderating import ACTS, OUTSIDE, NameState, Standing, judged

STANDINGS: tuple[Standing, ...] = get_args(Standing)
NAMES: tuple[NameState, ...] = get_args(NameState)


@pytest.mark.parametrize(("kind", "standing", "name"), list(itertools.product(ACTS, STANDINGS, NAMES)))
def test_every_cell(kind: str, standing: Standing, name: NameState) -> None:
    inside = standing not in OUTSIDE
    wanted: dict[str, tuple[bool, Standing, NameState]] = {
        "person.admit": (standing in ("waiting", "refused", "removed"), "admitted", name),
        "person.admit_all": (standing in ("waiting", "refused", "removed"), "admitted", name),
        "person.refuse": (standing == "waiting", "refused", name),
        "person.release": (inside and name != "released", standing, "released"),
        "person.hide": (name != "hidden", standing, "hidden"),
        "person.remove": (inside, "removed", name),
        "person.ban": (standing != "banned", "banned", name),
        "person.restore": (False, standing, name),
    }
    allowed, *after = wanted[kind]
    if allowed:
        assert list(judged(kind, standing, name)) == after
    else:
        with pytest.raises(Refused, match=r"moderation\.changed"):
            judged(kind, standing, name)


def test_nobody_gets_in_or_is_named_by_an_act_that_takes_away() -> None:
    for kind, standing, name in itertools.product(("person.refuse", "person.hide", "person.remove", "person.ban"),
                                                  STANDINGS, NAMES):  # fmt: skip
        try:
            after_standing, after_name = judged(kind, standing, name)
        except Refused:
            continue
        assert after_standing in (standing, *OUTSIDE)
        assert after_name in (name, "hidden")
