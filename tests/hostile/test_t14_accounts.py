"""T14, secrets by default: there is no account that nobody made, and no code or password that can be guessed."""

import itertools
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from memorata.services.accounts import CODE_LENGTH, CODE_LETTERS, OPERATOR
from tests.live.client import fetch
from tests.live.conftest import Server
from tests.live.office import AMINA, PASSWORD, Organizer, first_admin, set_up_code

pytestmark = pytest.mark.live

USERS = ("admin", "root", "administrator", "memorata", "admin@localhost", "admin@memorata", "test@test.example", "")
WORDS = ("", "admin", "password", "memorata", "changeme", "123456789012", "administrator")


def test_no_default_account_and_no_default_password(own_server: Server) -> None:
    with own_server.office.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 0
    heard = [
        fetch(f"{own_server.url}/api/sign-in", {"mail": user, "password": word})[0]
        for user, word in itertools.product(USERS, WORDS)
    ]
    assert set(heard) == {401, 429}
    assert fetch(f"{own_server.url}/api/accounts", {"mail": AMINA, "role": "admin"})[0] == 401
    with own_server.office.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_set_up_codes_cannot_be_guessed(own_server: Server) -> None:
    code = set_up_code(own_server)
    assert len(CODE_LETTERS) ** CODE_LENGTH >= 2**80
    body = {"mail": "mallory@evil.example", "password": PASSWORD}

    def guess(n: int) -> int:
        guessed = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) if n % 2 else near(code, n)
        return fetch(f"{own_server.url}/api/setup", {**body, "code": guessed})[0]

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(guess, range(300)))
    assert set(heard) == {403, 429}
    assert heard.count(403) <= 20, "the limit did not trip"
    assert own_server.office.accounts.is_set_up() is False
    # Guessers may keep the organizer waiting for a while, but not out: the command line makes accounts too.
    assert fetch(f"{own_server.url}/health")[0] == 200


def near(code: str, n: int) -> str:
    """A code with one letter changed."""
    at = n // 2 % CODE_LENGTH
    plain = code.replace("-", "")
    other = CODE_LETTERS[(CODE_LETTERS.index(plain[at]) + 1 + n) % len(CODE_LETTERS)]
    return plain[:at] + (other if other != plain[at] else "A" if other != "A" else "B") + plain[at + 1 :]


def test_the_code_makes_one_admin_however_many_press(own_server: Server) -> None:
    code = set_up_code(own_server)

    def press(n: int) -> int:
        body = {"code": code, "mail": f"admin{n}@museum.example", "password": PASSWORD}
        return fetch(f"{own_server.url}/api/setup", body)[0]

    with ThreadPoolExecutor(8) as pool:
        heard = sorted(pool.map(press, range(8)))
    assert heard == [200, *[403] * 7]


def test_passwords_links_and_sessions_cannot_be_guessed(own_server: Server) -> None:
    amina = first_admin(own_server)

    def guess(n: int) -> int:
        url, token = own_server.url, secrets.token_urlsafe(24)
        if n % 3 == 0:
            return fetch(f"{url}/api/sign-in", {"mail": AMINA, "password": f"guess {n}"})[0]
        if n % 3 == 1:
            return fetch(f"{url}/api/sign-in/link", {"token": token})[0]
        headers = {"Cookie": f"memorata={secrets.token_urlsafe(32)}"}
        return fetch(f"{url}/api/accounts", {"mail": "m@evil.example", "role": "admin"}, headers)[0]

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(guess, range(150)))
    assert set(heard[0::3]) == {401, 429}
    assert set(heard[1::3]) == {410, 429}
    assert set(heard[2::3]) == {401}
    assert heard[0::3].count(401) <= 20
    assert heard[1::3].count(410) <= 20
    assert amina.get("/desk")[0] == 200, "who is signed in is not disturbed by it"
    assert len(own_server.office.accounts.all(OPERATOR)) == 1


def test_neither_passwords_nor_tokens_lie_in_the_store_or_the_log(own_server: Server) -> None:
    code = set_up_code(own_server)
    amina = first_admin(own_server)
    session = amina.browser.cookies.get("memorata")
    assert session
    again = Organizer(own_server).sign_in()
    again.post("/api/sign-out")
    folder = Path(own_server.environment["MEMORATA_DATA_DIR"])
    kept = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert AMINA.encode() in kept, "this is where it would be"
    logged = "\n".join(own_server.lines)
    for secret in (code, code.replace("-", ""), PASSWORD, session):
        assert secret.encode() not in kept
        assert secret not in logged
    assert AMINA not in logged
