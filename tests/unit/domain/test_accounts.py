"""Which mail addresses and passwords are taken."""

import pytest

from memorata.domain.accounts import mail_address, new_password, typed
from memorata.domain.errors import Refused

AMINA = "amina@museum.example"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("amina@museum.example", AMINA),
        ("  Amina@Museum.Example\n", AMINA),
        ("a.b+memory@a-b.c.example", "a.b+memory@a-b.c.example"),
        ("root@localhost", "root@localhost"),
        ("x@xn--e1afmkfd.example", "x@xn--e1afmkfd.example"),
    ],
)
def test_addresses_are_compared_in_one_form(text: str, address: str) -> None:
    assert mail_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amina",
        "amina@",
        "@museum.example",
        "amina@museum",
        "amina@-museum.example",
        "amina@museum..example",
        "a b@museum.example",
        "amina@museum.example, bruno@museum.example",
        "amina@museum.example\r\nBcc: bruno@museum.example",
        "Amina <amina@museum.example>",
        "amina@museum.example\0",
        "амина@музей.example",
        "a" * 65 + "@museum.example",
        "a@" + "b." * 130 + "example",
        "x" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"account\.mail_invalid"):
        mail_address(text)


@pytest.mark.parametrize("password", ["snow on the well", "123456789012", "память о воде", "a" * 200])
def test_length_is_all_that_a_password_needs(password: str) -> None:
    assert new_password(password, AMINA) == password


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "length"),
        ("elevenchars", "length"),
        ("a" * 201, "length"),
        ("Amina@Museum.Example", "mail"),
        (" amina@museum.example ", "mail"),
    ],
)
def test_what_is_too_easy_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        new_password(password, AMINA)
    assert (refused.value.code, refused.value.facts["reason"]) == ("account.password_weak", reason)


def test_the_name_in_the_address_is_no_password() -> None:
    with pytest.raises(Refused, match=r"account\.password_weak"):
        new_password("Amina.Yusuf.Ali", "amina.yusuf.ali@museum.example")


def test_two_keyboards_type_the_same() -> None:
    assert typed("caf\u00e9 Ⅳ") == typed("cafe\u0301 IV") == "café IV"
