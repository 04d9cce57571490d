"""Who may sign in, how, and for how long it is good."""

from typing import Any

import pytest

from memorata.domain.errors import Refused
from memorata.services.accounts import (
    CODE_LENGTH,
    CODE_LETTERS,
    CODE_MS,
    LINK_MS,
    OPERATOR,
    SESSION_MS,
    AccountDesk,
    SignedIn,
)
from memorata.services.keys import digest
from memorata.services.ports import Account, Letter
from tests.fakes import FakeClock, FakeMailer, FakePasswords, MemoryAccounts

AMINA, BRUNO = "amina@museum.example", "bruno@museum.example"
PASSWORD = "snow on the well"


class Desk(AccountDesk):
    """With everything around it in sight."""

    def __init__(self, store: MemoryAccounts | None = None) -> None:
        self.clock, self.store = FakeClock(), store or MemoryAccounts()
        self.passwords, self.mailer = FakePasswords(), FakeMailer()
        self.trail: list[tuple[str, dict[str, Any]]] = []
        self.put_out = 0
        super().__init__(
            self.store,
            self.passwords,
            self.mailer,
            self.clock,
            ended=self._count,
            note=lambda kind, **facts: self.trail.append((kind, facts)),
            beside=lambda work: work(),
        )

    def _count(self) -> None:
        self.put_out += 1

    def first(self) -> SignedIn:
        code = self.set_up_code()
        assert code is not None
        return self.set_up(code, AMINA, "Amina", PASSWORD)


def letter(to: str, token: str) -> Letter:
    return Letter(to, "", token)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refusal(work: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        work(*arguments, **named)
    return refused.value.code


# --- the first admin ---


def test_the_set_up_code_is_long_and_makes_one_admin(desk: Desk) -> None:
    code = desk.set_up_code()
    assert code is not None
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 4]
    assert len(CODE_LETTERS) ** CODE_LENGTH >= 2**80
    signed = desk.set_up(code, " Amina@Museum.example", "Amina", PASSWORD)
    assert (signed.account.mail, signed.account.name, signed.account.role) == (AMINA, "Amina", "admin")
    assert desk.who(signed.session) == signed.account
    assert refusal(desk.set_up, code, BRUNO, "", PASSWORD) == "setup.code_wrong"
    assert desk.set_up_code() is None


def test_the_code_may_be_typed_in_any_way(desk: Desk) -> None:
    code = desk.set_up_code()
    assert code is not None
    assert desk.set_up(code.lower().replace("-", " "), AMINA, "", PASSWORD).account.mail == AMINA


def test_a_wrong_code_costs_no_hash_and_a_weak_password_no_code(desk: Desk) -> None:
    code = desk.set_up_code()
    assert code is not None
    assert refusal(desk.set_up, "AAAA-BBBB-CCCC-DDDD", AMINA, "", PASSWORD) == "setup.code_wrong"
    assert refusal(desk.set_up, "", AMINA, "", PASSWORD) == "setup.code_wrong"
    assert refusal(desk.set_up, code, AMINA, "", "short") == "account.password_weak"
    assert refusal(desk.set_up, code, AMINA, "", "") == "account.password_weak"
    assert refusal(desk.set_up, code, "nobody", "", PASSWORD) == "account.mail_invalid"
    assert desk.store.empty()
    assert desk.set_up(code, AMINA, "", PASSWORD).account.role == "admin"


def test_a_code_is_good_for_a_day_and_until_its_process_ends(desk: Desk) -> None:
    old, other = desk.set_up_code(), Desk(desk.store).set_up_code()
    assert old is not None
    assert other is not None
    desk.end_set_up()
    assert refusal(desk.set_up, old, AMINA, "", PASSWORD) == "setup.code_wrong"
    desk.clock.forward(CODE_MS)
    assert refusal(desk.set_up, other, AMINA, "", PASSWORD) == "setup.code_wrong"


def test_when_one_server_is_set_up_the_code_of_another_is_nothing(desk: Desk) -> None:
    other = Desk(desk.store)
    code = other.set_up_code()
    desk.first()
    assert refusal(other.set_up, code, BRUNO, "", PASSWORD) == "setup.code_wrong"


# --- signing in ---


def test_by_password_and_out_again(desk: Desk) -> None:
    amina = desk.first().account
    signed = desk.sign_in(" AMINA@museum.example", PASSWORD)
    assert desk.who(signed.session) == amina
    desk.sign_out(signed.session)
    assert refusal(desk.who, signed.session) == "sign_in.needed"
    assert desk.put_out == 1


def test_what_was_wrong_is_not_told_and_costs_the_same(desk: Desk) -> None:
    desk.first()
    desk.add(OPERATOR, BRUNO, "Bruno", "organizer")
    off = desk.add(OPERATOR, "off@museum.example", "", "organizer", PASSWORD)
    desk.disable(OPERATOR, off.id)
    tries = [(AMINA, "wrong"), ("nobody@museum.example", PASSWORD), (BRUNO, ""), (off.mail, PASSWORD), ("?", PASSWORD)]
    desk.passwords.checks.clear()
    for mail, password in tries:
        assert refusal(desk.sign_in, mail, password) == "sign_in.wrong"
    assert len(desk.passwords.checks) == len(tries)


def test_a_session_is_kept_by_its_hash_and_ends_after_twelve_hours(desk: Desk) -> None:
    signed = desk.first()
    assert len(signed.session) >= 43
    assert list(desk.store.sessions) == [digest(signed.session)]
    assert signed.session not in repr(signed)
    desk.clock.forward(SESSION_MS - 1)
    assert desk.who(signed.session).mail == AMINA
    desk.clock.forward(1)
    assert refusal(desk.who, signed.session) == "sign_in.needed"
    assert not desk.signed_in(digest(signed.session))
    desk.forget()
    assert desk.store.sessions == {}


def test_who_opens_a_console_stays_for_twelve_hours_more(desk: Desk) -> None:
    signed = desk.first()
    desk.clock.forward(SESSION_MS - 1)
    assert desk.stay(signed.session).mail == AMINA
    desk.clock.forward(SESSION_MS - 1)
    assert desk.who(signed.session).mail == AMINA
    desk.clock.forward(1)
    assert refusal(desk.stay, signed.session) == "sign_in.needed"
    assert refusal(desk.who, signed.session) == "sign_in.needed"


def test_no_session_is_nobody(desk: Desk) -> None:
    desk.first()
    for session in ("", "x", "A" * 43):
        assert refusal(desk.who, session) == "sign_in.needed"


def test_by_a_link_in_a_mail_once(desk: Desk) -> None:
    desk.first()
    desk.ask_link("Amina@museum.example ", letter)
    (sent,) = desk.mailer.sent
    assert sent.to == AMINA
    assert len(sent.text) == 32
    assert desk.is_link(sent.text)
    assert desk.who(desk.sign_in_by_link(sent.text).session).mail == AMINA
    assert not desk.is_link(sent.text)
    assert refusal(desk.sign_in_by_link, sent.text) == "sign_in.link_used"
    assert sent.text.encode() not in b"".join(desk.store.links)


def test_a_link_is_good_for_twenty_minutes(desk: Desk) -> None:
    desk.first()
    token = desk.link(AMINA)
    desk.clock.forward(LINK_MS)
    assert refusal(desk.sign_in_by_link, token) == "sign_in.link_used"


@pytest.mark.parametrize("mail", ["nobody@museum.example", "?", "off@museum.example"])
def test_who_has_no_account_gets_no_mail_and_no_other_answer(desk: Desk, mail: str) -> None:
    desk.first()
    off = desk.add(OPERATOR, "off@museum.example", "", "organizer")
    desk.disable(OPERATOR, off.id)
    desk.ask_link(mail, letter)
    assert desk.mailer.sent == []


def test_a_link_may_bring_a_new_password_which_puts_others_out(desk: Desk) -> None:
    other = desk.first()
    token = desk.link(AMINA)
    assert refusal(desk.sign_in_by_link, token, "short") == "account.password_weak"
    signed = desk.sign_in_by_link(token, "the same slow step")
    assert refusal(desk.who, other.session) == "sign_in.needed"
    assert desk.who(signed.session).mail == AMINA
    assert refusal(desk.sign_in, AMINA, PASSWORD) == "sign_in.wrong"
    assert desk.sign_in(AMINA, "the same slow step").account.mail == AMINA


def test_a_mail_that_cannot_be_sent_is_told_to_organizers(desk: Desk) -> None:
    desk.first()
    desk.mailer.fault = "The mail server does not answer."
    desk.ask_link(AMINA, letter)
    assert desk.mail_fault == "The mail server does not answer."
    desk.mailer.fault = ""
    desk.ask_link(AMINA, letter)
    assert desk.mail_fault == ""


# --- the accounts themselves ---


def test_an_admin_adds_somebody_who_is_told(desk: Desk) -> None:
    amina = desk.first().account
    bruno = desk.add(amina, "Bruno@museum.example", "Bruno  B", "organizer", letter=letter)
    assert desk.mailer.sent == [Letter(BRUNO, "", "")]
    assert (bruno.mail, bruno.name, bruno.password_hash) == (BRUNO, "Bruno B", None)
    assert refusal(desk.add, amina, BRUNO, "", "admin") == "account.exists"
    assert desk.all(amina) == (amina, bruno)


def test_an_organizer_may_not(desk: Desk) -> None:
    amina = desk.first().account
    bruno = desk.add(amina, BRUNO, "", "organizer")
    assert refusal(desk.all, bruno) == "role.not_allowed"
    assert refusal(desk.add, bruno, "c@museum.example", "", "admin") == "role.not_allowed"
    assert refusal(desk.disable, bruno, amina.id) == "role.not_allowed"
    assert refusal(desk.enable, bruno, amina.id) == "role.not_allowed"
    assert refusal(desk.allow, bruno, "account.disable") == "role.not_allowed"


def test_disabled_is_out_at_once_and_may_be_let_in_again(desk: Desk) -> None:
    amina = desk.first().account
    bruno = desk.add(amina, BRUNO, "", "organizer", PASSWORD)
    signed, token = desk.sign_in(BRUNO, PASSWORD), desk.link(BRUNO)
    before = desk.put_out
    desk.disable(amina, bruno.id)
    assert desk.put_out == before + 1
    assert refusal(desk.who, signed.session) == "sign_in.needed"
    assert refusal(desk.sign_in_by_link, token) == "sign_in.link_used"
    assert refusal(desk.link, BRUNO) == "account.unknown"
    desk.enable(amina, bruno.id)
    assert refusal(desk.who, signed.session) == "sign_in.needed"
    assert desk.sign_in(BRUNO, PASSWORD).account.id == bruno.id


def test_one_admin_always_remains(desk: Desk) -> None:
    amina = desk.first().account
    assert refusal(desk.disable, amina, amina.id) == "account.last_admin"
    assert refusal(desk.disable, amina, "nobody") == "account.unknown"
    bruno = desk.add(amina, BRUNO, "", "admin")
    desk.disable(bruno, amina.id)
    assert refusal(desk.disable, OPERATOR, bruno.id) == "account.last_admin"


def test_one_s_password_is_changed_by_who_knows_it(desk: Desk) -> None:
    here = desk.first()
    there = desk.sign_in(AMINA, PASSWORD)
    assert refusal(desk.change_password, here.session, "wrong", "the same slow step") == "sign_in.wrong"
    assert refusal(desk.change_password, here.session, PASSWORD, "short") == "account.password_weak"
    desk.change_password(here.session, PASSWORD, "the same slow step")
    assert desk.who(here.session).mail == AMINA
    assert refusal(desk.who, there.session) == "sign_in.needed"
    assert desk.sign_in(AMINA, "the same slow step").account.mail == AMINA


def test_what_accounts_do_is_in_the_trail_without_words_or_secrets(desk: Desk) -> None:
    signed = desk.first()
    amina = signed.account
    bruno = desk.add(amina, BRUNO, "Bruno", "organizer", PASSWORD)
    token = desk.link(BRUNO)
    came = desk.sign_in_by_link(token)
    refusal(desk.sign_in, BRUNO, "wrong")
    desk.allow(bruno, "links.see_staff", ceremony="remembrance-2027")
    desk.disable(amina, bruno.id)
    kinds = [(kind, facts.get("account"), facts.get("by", facts.get("way"))) for kind, facts in desk.trail]
    assert kinds == [
        ("setup.done", amina.id, None),
        ("sign_in.done", amina.id, "setup"),
        ("account.added", bruno.id, amina.id),
        ("sign_in.link_made", bruno.id, "operator"),
        ("sign_in.done", bruno.id, "link"),
        ("sign_in.refused", bruno.id, None),
        ("links.see_staff", bruno.id, None),
        ("account.disabled", bruno.id, amina.id),
    ]
    told = repr(desk.trail)
    for secret in (AMINA, BRUNO, "Bruno", PASSWORD, token, came.session, signed.session):
        assert secret not in told


def test_an_account_does_not_show_its_hash() -> None:
    assert "secret" not in repr(Account("id", AMINA, "", "admin", 0, "secret"))
