"""The numbers of lines: each another one, none to be guessed from the one before it, fit for an address."""

import re

from memorata.adapters.transport.lines import NUMBERS, Numbers


def test_no_two_lines_have_the_same_number() -> None:
    numbers = Numbers()
    made = [numbers.next() for _ in range(5 * NUMBERS)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{20}", one) for one in made)
    for place in range(20):
        assert len({one[place] for one in made}) > 20, "all of it is random"
