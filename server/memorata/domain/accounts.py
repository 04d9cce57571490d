"""What makes a mail address and a password of those who sign in."""

import re
import unicodedata
from typing import Literal

from memorata.domain.errors import Refused

AccountRole = Literal["organizer", "admin"]
ACCOUNT_ROLES: tuple[AccountRole, ...] = ("organizer", "admin")

MAIL_MAX = 254
PASSWORD_LEAST, PASSWORD_MOST = 12, 200
"""Length makes a password strong; rules about its characters only make it hard to remember (NIST SP 800-63B)."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:(?:{_LABEL}\.)+{_LABEL}|localhost)")


def mail_address(text: str) -> str:
    """A mail address in the form in which addresses are compared: small letters, nothing around them.

    Raises: Refused: `account.mail_invalid`; so nothing that is let through can end a header of a mail.
    """
    tidy = text.strip() if len(text) <= MAIL_MAX * 2 else ""
    if len(tidy) > MAIL_MAX or not _MAIL.fullmatch(tidy):
        raise Refused("account.mail_invalid")
    return tidy.lower()


def typed(password: str) -> str:
    """A password in the one form that all keyboards agree on (NFKC), and which is hashed."""
    return unicodedata.normalize("NFKC", password[: PASSWORD_MOST * 2])


def new_password(password: str, mail: str) -> str:
    """A password that somebody chooses, `typed`; `mail` is their address.

    Raises: Refused: `account.password_weak` with `reason` (length, mail).
    """
    chosen = typed(password)
    if len(password) > PASSWORD_MOST or not PASSWORD_LEAST <= len(chosen) <= PASSWORD_MOST:
        raise Refused("account.password_weak", reason="length", least=PASSWORD_LEAST, most=PASSWORD_MOST)
    if chosen.strip().casefold() in (mail.casefold(), mail.casefold().partition("@")[0]):
        raise Refused("account.password_weak", reason="mail", least=PASSWORD_LEAST, most=PASSWORD_MOST)
    return chosen
