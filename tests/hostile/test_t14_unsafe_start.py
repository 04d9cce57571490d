"""T14: what is unsafe where strangers come does not start, and says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memorata.config import ConfigFault, Settings

pytestmark = pytest.mark.hostile

SAFE = {"MEMORATA_BASE_URL": "https://memory.example.org", "MEMORATA_PORT": "0"}
UNSAFE = {
    "a short key": ({"MEMORATA_SECRET_KEY": "too short"}, "MEMORATA_SECRET_KEY", "shorter than 32 bytes"),
    "an address without TLS": (
        {"MEMORATA_BASE_URL": "http://memory.example.org"},
        "MEMORATA_BASE_URL",
        "https address",
    ),
    "any origin": ({"MEMORATA_ORIGINS": "*"}, "MEMORATA_ORIGINS", "`*` is not offered"),
    "reachable past the proxy": ({"MEMORATA_HOST": "0.0.0.0"}, "MEMORATA_PROXIES", "can be reached past the proxy"),
    "reachable past the proxy, IPv6": ({"MEMORATA_HOST": "::"}, "MEMORATA_PROXIES", "can be reached past the proxy"),
    "Flask's debugger": ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG", "for developers"),
    "Flask's development": ({"FLASK_ENV": "development"}, "FLASK_ENV", "for developers"),
    "a name with a path": ({"MEMORATA_HOSTS": "memory.example.org/path"}, "MEMORATA_HOSTS", "without scheme and port"),
    "a database that forgets": ({"MEMORATA_DATABASE_URL": "sqlite://"}, "MEMORATA_DATABASE_URL", "name a file"),
}
FINE = {
    "at home, nothing said": {"MEMORATA_PORT": "0"},
    "at home, for the other devices": {"MEMORATA_HOST": "0.0.0.0"},
    "at home, debugging": {"FLASK_DEBUG": "1"},
    "behind a proxy on this machine": SAFE,
    "behind a proxy on another one": {**SAFE, "MEMORATA_HOST": "0.0.0.0", "MEMORATA_PROXIES": "1"},
    "without any, said out loud": {**SAFE, "MEMORATA_HOST": "0.0.0.0", "MEMORATA_PROXIES": "0"},
    "without TLS, said out loud": {"MEMORATA_BASE_URL": "http://museum.lan", "MEMORATA_INSECURE_HTTP": "1"},
}


@pytest.mark.parametrize("fault", UNSAFE)
def test_an_unsafe_server_does_not_start(tmp_path: Path, fault: str) -> None:
    setting, name, why = UNSAFE[fault]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MEMORATA_", "FLASK_"))}
    done = subprocess.run(
        [sys.executable, "-m", "memorata.serve"],
        env={**clean, **SAFE, "MEMORATA_DATA_DIR": str(tmp_path), **setting},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    [line] = [line.strip() for line in done.stderr.splitlines() if name in line]
    assert line.startswith(name + ":")
    assert why in line
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("case", FINE)
def test_what_is_safe_is_not_asked_twice(tmp_path: Path, case: str) -> None:
    found = Settings.from_env({"MEMORATA_DATA_DIR": str(tmp_path), **FINE[case]})
    assert len(found.secret_key) >= 32
    assert found.allowed_origins() == ([found.base_url] if found.base_url_given else [])


def test_all_that_is_unsafe_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault) as told:
        Settings.from_env(
            {
                "MEMORATA_DATA_DIR": str(tmp_path),
                "MEMORATA_BASE_URL": "http://memory.example.org",
                "MEMORATA_HOST": "0.0.0.0",
                "MEMORATA_SECRET_KEY": "short",
                "FLASK_DEBUG": "yes",
            }
        )
    assert [line.partition(":")[0] for line in told.value.lines] == [
        "MEMORATA_SECRET_KEY", "MEMORATA_BASE_URL", "MEMORATA_PROXIES", "FLASK_DEBUG",
    ]  # fmt: skip
