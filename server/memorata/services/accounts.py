"""Organizers and admins: who may sign in, by password or by a link in a mail, and for how long that is good.

Sessions, links and codes are random and known by their hashes alone. What accounts do goes into the trail: `note` gets
the kind of what happened, who did it by the id of the account, and facts without anybody's words or addresses.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from memorata import green
from memorata.domain.accounts import AccountRole, mail_address, new_password, typed
from memorata.domain.errors import Refused
from memorata.domain.roles import permit_deed
from memorata.domain.words import NAME_MAX, line
from memorata.services.keys import digest, new_id
from memorata.services.ports import Account, Accounts, Clock, Letter, Mailer, MailFault, Passwords, StoreBusy

log = structlog.get_logger(__name__)

SESSION_MS = 12 * 3_600_000
LINK_MS = 20 * 60_000
CODE_MS = 24 * 3_600_000

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 that are not taken for each other: five bits each."""
CODE_LENGTH = 16

OPERATOR = Account("operator", "", "", "admin", 0)
"""Whoever has the command line of the server."""

Note = Callable[..., None]
Compose = Callable[[str, str], Letter]
"""A mail with a link, for an address and the token of the link."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`session` is what the browser keeps and shows."""

    account: Account
    session: str = field(repr=False)


def plain_code(code: str) -> str:
    """A set-up code as it is compared, however it was typed."""
    return "".join(letter for letter in code.upper() if letter in CODE_LETTERS)[: CODE_LENGTH * 2]


class AccountDesk:
    """`ended` is called whenever sessions have ended, so that their lines are closed at once."""

    def __init__(
        self,
        store: Accounts,
        passwords: Passwords,
        mailer: Mailer,
        clock: Clock,
        ended: Callable[[], None] = lambda: None,
        note: Note = lambda *_, **__: None,
        beside: Callable[[Callable[[], None]], Any] = green.spawn,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._mailer = mailer
        self._clock = clock
        self._ended = ended
        self._note = note
        self._beside = beside
        self._code: bytes | None = None
        self.mail_fault = ""
        """Why the last mail could not be sent, for organizers to read; empty when it could."""

    @property
    def sends_mail(self) -> bool:
        return self._mailer.configured

    # --- the first admin ---

    def set_up_code(self) -> str | None:
        """A new code by which the first admin is made, once, within a day; `None` when there is any account."""
        if not self._store.empty():
            return None
        letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        self._code = digest(letters)
        self._store.add_link(self._code, None, self._clock.now_ms() + CODE_MS)
        return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))

    def end_set_up(self) -> None:
        """The process ends, and with it the code that it has shown."""
        code, self._code = self._code, None
        if code is not None:
            self._store.end_link(code)

    def is_set_up(self) -> bool:
        return not self._store.empty()

    def set_up(self, code: str, mail: str, name: str, password: str) -> SignedIn:
        """Make the first admin.

        Raises: Refused: `setup.code_wrong`, `account.mail_invalid`, `account.password_weak`, `words.not_allowed`.
        """
        code_hash = digest(plain_code(code))
        # Looked at first: guessing must not cost us a slow hash each time.
        if not self._store.is_code(code_hash, self._clock.now_ms()):
            self._note("setup.refused")
            raise Refused("setup.code_wrong")
        account = self._made(mail, name, "admin", password, needed=True)
        if not self._store.add_first(account, code_hash, self._clock.now_ms()):
            self._note("setup.refused")
            raise Refused("setup.code_wrong")
        self._note("setup.done", account=account.id)
        return self._open(account, "setup")

    # --- signing in and out ---

    def sign_in(self, mail: str, password: str) -> SignedIn:
        """By mail address and password; what was wrong is not told, and takes as long.

        Raises: Refused: `sign_in.wrong`.
        """
        try:
            address = mail_address(mail)
        except Refused:
            address = ""
        found = self._store.find_by_mail(address)
        good = found if found is not None and found.disabled_ms is None else None
        right = self._passwords.check(None if good is None else good.password_hash, typed(password))
        if good is None or not right:
            self._note("sign_in.refused", account=None if found is None else found.id)
            raise Refused("sign_in.wrong")
        return self._open(good, "password")

    def ask_link(self, mail: str, compose: Compose) -> None:
        """Send a link to sign in, if the address is an account's; whether it is nobody learns, not even by waiting."""
        self._beside(lambda: self._send_link(mail, compose))

    def _send_link(self, mail: str, compose: Compose) -> None:
        try:
            account = self._store.find_by_mail(mail_address(mail))
            if account is None or account.disabled_ms is not None:
                return
            token = self._new_link(account)
        except Refused:
            return
        except StoreBusy:
            log.warning("mail.not_sent", reason="the store is busy")
            return
        self._note("sign_in.link_sent", account=account.id)
        self._deliver(compose(account.mail, token))

    def _deliver(self, letter: Letter) -> None:
        try:
            self._mailer.send(letter)
        except MailFault as fault:
            self.mail_fault = str(fault)
            log.warning("mail.not_sent", reason=str(fault))
        except Exception:
            self.mail_fault = "The mail could not be sent; the log of the server says why."
            log.exception("mail.defect")
        else:
            self.mail_fault = ""

    def link(self, mail: str) -> str:
        """The token of a link to sign in, to be handed over in person.

        Raises: Refused: `account.unknown`.
        """
        account = self._store.find_by_mail(mail_address(mail))
        if account is None or account.disabled_ms is not None:
            raise Refused("account.unknown")
        token = self._new_link(account)
        self._note("sign_in.link_made", account=account.id, by=OPERATOR.id)
        return token

    def is_link(self, token: str) -> bool:
        """Whether somebody can still sign in by this link."""
        return self._store.link(digest(token), self._clock.now_ms()) is not None

    def sign_in_by_link(self, token: str, password: str = "") -> SignedIn:
        """By a link, once; with `password`, that is theirs from now on, and whoever else was signed in is out.

        Raises: Refused: `sign_in.link_used`, `account.password_weak`.
        """
        link_hash, now_ms = digest(token), self._clock.now_ms()
        account = self._store.link(link_hash, now_ms)
        # A password that is too short must not use the link up.
        hashed = None
        if account is not None and password:
            hashed = self._passwords.hash(new_password(password, account.mail))
        if account is None or self._store.use_link(link_hash, self._clock.now_ms()) is None:
            self._note("sign_in.refused", account=None if account is None else account.id, by_link=True)
            raise Refused("sign_in.link_used")
        if hashed is not None:
            self._store.set_password(account.id, hashed)
            self._store.end_sessions(account.id)
            self._note("account.password_changed", account=account.id, by=account.id)
            self._ended()
        return self._open(account, "link")

    def who(self, session: str) -> Account:
        """Whose session this is.

        Raises: Refused: `sign_in.needed`.
        """
        account = self._store.session(digest(session), self._clock.now_ms()) if session else None
        if account is None:
            raise Refused("sign_in.needed")
        return account

    def signed_in(self, session_hash: bytes) -> bool:
        """Whether a session lasts."""
        return self._store.session(session_hash, self._clock.now_ms()) is not None

    def stay(self, session: str) -> Account:
        """Whose session this is; it lasts its whole length from now on, so that none ends in a ceremony's middle.

        Raises: Refused: `sign_in.needed`.
        """
        account = self.who(session)
        self._store.prolong(digest(session), self._clock.now_ms() + SESSION_MS)
        return account

    def sign_out(self, session: str) -> None:
        session_hash = digest(session)
        account = self._store.session(session_hash, self._clock.now_ms())
        if account is not None:
            self._store.end_session(session_hash)
            self._note("sign_in.ended", account=account.id)
            self._ended()

    # --- the accounts themselves ---

    def all(self, by: Account) -> tuple[Account, ...]:
        """Raises: Refused: `role.not_allowed`."""
        permit_deed(by.role, "account.list")
        return self._store.all()

    def add(
        self, by: Account, mail: str, name: str, role: AccountRole, password: str = "", letter: Compose | None = None
    ) -> Account:
        """A new account; `letter` (its token stays empty) tells the person about it.

        Raises: Refused: `role.not_allowed`, `account.exists`, `account.mail_invalid`, `account.password_weak`,
            `words.not_allowed`.
        """
        permit_deed(by.role, "account.add")
        account = self._made(mail, name, role, password)
        if not self._store.add(account):
            raise Refused("account.exists")
        self._note("account.added", account=account.id, role=role, by=by.id)
        if letter is not None:
            written = letter(account.mail, "")
            self._beside(lambda: self._deliver(written))
        return account

    def disable(self, by: Account, account_id: str) -> None:
        """End an account and all that it has open.

        Raises: Refused: `role.not_allowed`, `account.unknown`, `account.last_admin`.
        """
        permit_deed(by.role, "account.disable")
        if self._store.find(account_id) is None:
            raise Refused("account.unknown")
        if not self._store.disable(account_id, self._clock.now_ms()):
            raise Refused("account.last_admin")
        self._note("account.disabled", account=account_id, by=by.id)
        self._ended()

    def enable(self, by: Account, account_id: str) -> None:
        """Raises: Refused: `role.not_allowed`, `account.unknown`."""
        permit_deed(by.role, "account.add")
        if self._store.find(account_id) is None:
            raise Refused("account.unknown")
        self._store.enable(account_id)
        self._note("account.enabled", account=account_id, by=by.id)

    def change_password(self, session: str, old: str, new: str) -> None:
        """One's own, which ends one's other sessions; `old` is asked where there is one.

        Raises: Refused: `sign_in.needed`, `sign_in.wrong`, `account.password_weak`.
        """
        account = self.who(session)
        if account.password_hash is not None and not self._passwords.check(account.password_hash, typed(old)):
            self._note("sign_in.refused", account=account.id)
            raise Refused("sign_in.wrong")
        self._store.set_password(account.id, self._passwords.hash(new_password(new, account.mail)))
        self._store.end_sessions(account.id, but=digest(session))
        self._note("account.password_changed", account=account.id, by=account.id)
        self._ended()

    def allow(self, account: Account, kind: str, **facts: object) -> None:
        """Let an account do something, and put it into the trail.

        Raises: Refused: `role.not_allowed`.
        """
        permit_deed(account.role, kind)
        self._note(kind, account=account.id, **facts)

    def forget(self) -> None:
        """Drop what is over."""
        with suppress(StoreBusy):  # the next time, then
            self._store.forget(self._clock.now_ms())

    # --- inside ---

    def _made(self, mail: str, name: str, role: AccountRole, password: str, *, needed: bool = False) -> Account:
        address = mail_address(mail)
        said = line(name, "name", NAME_MAX, 0)
        hashed = self._passwords.hash(new_password(password, address)) if password or needed else None
        return Account(new_id(), address, said, role, self._clock.now_ms(), hashed)

    def _new_link(self, account: Account) -> str:
        token = secrets.token_urlsafe(24)
        self._store.add_link(digest(token), account.id, self._clock.now_ms() + LINK_MS)
        return token

    def _open(self, account: Account, way: str) -> SignedIn:
        session, now_ms = secrets.token_urlsafe(32), self._clock.now_ms()
        if not self._store.open_session(digest(session), account.id, now_ms, now_ms + SESSION_MS):
            raise Refused("sign_in.wrong")
        self._note("sign_in.done", account=account.id, way=way)
        return SignedIn(account, session)
