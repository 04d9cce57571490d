"""Whoever finds a fault of security is told whom to tell, where the operator has named somebody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from memorata.config import ConfigFault, Settings
from tests.unit.adapters.http.conftest import Office

PATH = "/.well-known/security.txt"


def told(office: Office) -> list[tuple[str, str]]:
    response = office.browser().get(PATH)
    # RFC 9116, 3: text/plain in UTF-8.
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields = [line.split(": ", 1) for line in response.text.splitlines()]
    return [(name, value) for name, value in fields]


def test_nobody_is_named_and_a_program_is_told_so(browser: FlaskClient) -> None:
    response = browser.get(PATH)
    assert response.status_code == 404
    assert response.json == {"code": "page.unknown", "message": "There is no page at this address.", "facts": {}}


def test_who_is_named_is_told_by_rfc_9116(tmp_path: Path) -> None:
    contacts = ("mailto:safety@example.org", "https://example.org/report")
    office = Office(tmp_path, settings={"security_contact": contacts})
    fields = told(office)
    assert [name for name, _ in fields] == ["Contact", "Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert tuple(value for name, value in fields if name == "Contact") == contacts
    assert dict(fields)["Canonical"] == f"https://memory.example.org{PATH}"
    assert "en" in dict(fields)["Preferred-Languages"].split(", ")


def test_it_is_always_good_for_less_than_a_year(tmp_path: Path) -> None:
    office = Office(tmp_path, settings={"security_contact": ("mailto:safety@example.org",)})
    for later in (timedelta(0), timedelta(days=700)):
        office.clock.forward(int(later.total_seconds() * 1000))
        now = datetime.fromtimestamp(office.clock.now_ms() / 1000, UTC)
        expires = datetime.fromisoformat(dict(told(office))["Expires"])
        assert timedelta(days=30) < expires - now < timedelta(days=365)


def test_an_address_without_tls_is_not_called_canonical(tmp_path: Path) -> None:
    office = Office(
        tmp_path, settings={"security_contact": ("mailto:safety@example.org",), "base_url": "http://127.0.0.1:5080"}
    )
    assert "Canonical" not in dict(told(office))


@pytest.mark.parametrize(
    "text",
    [
        "safety@example.org",
        "http://example.org/report",
        "javascript:alert(1)",
        "mailto:",
        "mailto:safety",
        "mailto:a@b@example.org",
        "mailto:safety@example.org?subject=x",
        "https://",
        "https://user:word@example.org/",
        "https://example.org/\u202ereport",
        "mailto:safety@example.org tel:+44",
    ],
)
def test_what_is_no_address_to_write_to_is_a_fault_of_the_settings(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigFault, match="MEMORATA_SECURITY_CONTACT"):
        Settings.from_env({"MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_SECURITY_CONTACT": text})


def test_several_stand_with_spaces_between_them(tmp_path: Path) -> None:
    text = " mailto:safety@example.org\n https://example.org/report "
    settings = Settings.from_env({"MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_SECURITY_CONTACT": text})
    assert settings.security_contact == ("mailto:safety@example.org", "https://example.org/report")
