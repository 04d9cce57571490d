"""The command line, run as people run it."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from memorata.adapters.store.contacts import SqlContacts
from memorata.adapters.store.database import Database
from memorata.adapters.store.planning import SqlSeries
from memorata.domain.commands import Actor, HoldPicture
from memorata.domain.events import ItemHeld, Recorded
from memorata.services.planning_ports import Contact, Guest
from tests.builders import a_programme
from tests.live.client import fetch
from tests.live.conftest import SECRET, Server, now_ms

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]

SERIES = """\
title = { en = "Our town", ru = "Наш город" }
subject = { en = "The bridge", ru = "Мост" }
languages = ["en", "ru"]
source = "the town chronicle"

[date]
base = 1961-05-09
rule = "fixed"
time = "11:00"
zone = "Europe/Riga"

[[items]]
id = "words"
kind = "address"
title = { en = "Words", ru = "Слово" }
planned_s = 60
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMORATA_")}
    return {
        **kept,
        "MEMORATA_DATA_DIR": str(folder / "data"),
        "MEMORATA_SCHEDULES_DIR": str(folder / "schedules"),
        "MEMORATA_SECRET_KEY": SECRET,
        **more,
    }


def memorata(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memorata", *arguments],
        env=environment(folder, **more),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schedules/media").mkdir(parents=True)
    (tmp_path / "schedules/our-town.toml").write_text(SERIES)
    return tmp_path


def test_help_is_there_at_once_and_names_the_variable_of_each_option(folder: Path) -> None:
    began = time.monotonic()
    help_text = memorata(folder, "serve", "--help").stdout
    assert time.monotonic() - began < 5
    for option, variable in (("--port", "MEMORATA_PORT"), ("--database-url", "MEMORATA_DATABASE_URL")):
        assert option in help_text
        assert variable in "".join(help_text.split())
    loaded = (
        "import memorata.cli, sys; print(*sorted(m for m in sys.modules if m in ('flask', 'eventlet', 'sqlalchemy')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT / "server"
    )
    assert done.stdout.strip() == ""


def test_check_names_file_line_and_key_and_what_was_meant(folder: Path) -> None:
    broken = folder / "schedules/broken.toml"
    broken.write_text(SERIES.replace("planned_s", "planed_s").replace('"Europe/Riga"', '"Europe/Rigga"'))
    done = memorata(folder, "schedules", "check", str(broken))
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert any(line.startswith("broken.toml:10: date.zone: ") and "'Europe/Riga'" in line for line in lines)
    assert any(line.startswith("broken.toml:16: items[0].planed_s: ") and "'planned_s'" in line for line in lines)
    syntax = folder / "schedules/syntax.toml"
    syntax.write_text("title = \n")
    assert "syntax.toml:1: " in memorata(folder, "schedules", "check", str(syntax)).stdout
    absent = memorata(folder, "schedules", "check", "absent.toml")
    assert (absent.returncode, absent.stdout.startswith("absent.toml: cannot be read")) == (1, True)


def test_check_of_good_files_and_of_the_whole_folder(folder: Path) -> None:
    done = memorata(folder, "schedules", "check")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 file read: no faults.\n"
    (folder / "schedules/our-town.toml").unlink()
    assert memorata(folder, "schedules", "check").returncode == 1


def test_next_tells_the_dates_to_come(folder: Path) -> None:
    done = memorata(folder, "schedules", "next", "our-town", "--years", "3")
    assert done.returncode == 0
    first, *dates = done.stdout.splitlines()
    assert first == "our-town: Our town"
    assert len(dates) == 3
    for line in dates:
        day = line.split()[1]
        assert (day[4:], line.endswith(f"11:00 Europe/Riga, {int(day[:4]) - 1961} years")) == ("-05-09", True)


def test_load_plans_once_and_a_changed_file_anew(folder: Path) -> None:
    def load() -> str:
        done = memorata(folder, "schedules", "load")
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = load()
    ceremony_id = first.split()[0]
    year = int(ceremony_id.removeprefix("our-town-"))
    assert f"{year}-05-09 11:00 Europe/Riga" in first
    assert first.rstrip().endswith(" planned")
    assert load().rstrip().endswith("as it was")
    (folder / "schedules/our-town.toml").write_text(SERIES.replace("= 60", "= 90"))
    assert load().rstrip().endswith("planned anew")
    listed = memorata(folder, "ceremony", "list").stdout.split()
    assert (listed[0], listed[5:7]) == (ceremony_id, ["planned", "0"])
    history = memorata(folder, "ceremony", "replay", ceremony_id)
    assert [line.split()[4] for line in history.stdout.splitlines()] == ["ceremony.planned", "ceremony.planned"]
    assert history.stderr == f"{ceremony_id}: 2 events, and they add up.\n"


def test_links_are_those_that_the_server_honours(own_server: Server, tmp_path: Path) -> None:
    keys = own_server.plan(a_programme("linked", at_ms=now_ms() + 600_000))
    told = json.loads(
        memorata(tmp_path, "ceremony", "links", "linked", "--json", "--base-url", own_server.url,
                 **own_server.environment).stdout
    )  # fmt: skip
    assert told["participant"] == f"{own_server.url}/e/{keys['participant']}"
    pins = {role: told.pop(f"{role}_pin") for role in ("host", "moderator")}
    assert pins == {role: own_server.office.admission.pin(keys[role]) for role in pins}
    assert set(told) == {"host", "moderator", "participant", "hall", "watch", "programme"}
    assert {name: fetch(address)[0] for name, address in told.items()} == dict.fromkeys(told, 200)


def test_a_list_of_people_becomes_links_codes_and_letters_and_back(own_server: Server, tmp_path: Path) -> None:
    own_server.plan(a_programme("invited", at_ms=now_ms() + 600_000))
    people, links, letters = (tmp_path / name for name in ("people.csv", "links.csv", "letters.html"))
    people.write_text("name;community;country;role\n=Вера;Ереван;AM;\nHana;;;host\n;;XX;\n", encoding="utf-8-sig")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return memorata(tmp_path, "invite", *words, "--base-url", own_server.url, **own_server.environment)

    wrong = run("add", "invited", str(people), "--output", str(links))
    assert wrong.returncode == 1
    assert f"{people}: line 4, name: it is empty or too long" in wrong.stderr
    assert not links.exists()

    people.write_text("name;community;country;role\n=Вера;Ереван;AM;\nHana;;;host\n", encoding="utf-8-sig")
    done = run("add", "invited", str(people), "--output", str(links), "--letters", str(letters))
    assert done.returncode == 0, done.stderr
    assert {path.stat().st_mode & 0o777 for path in (links, letters)} == {0o600}
    vera, hana = csv.DictReader(links.read_text(encoding="utf-8-sig").splitlines())
    assert vera["name"] == "'=Вера", "no formula for whoever opens it in an office programme"
    assert (vera["pin"], hana["code"]) == ("", "")
    assert letters.read_text(encoding="utf-8").count('<article class="letter">') == 2
    assert vera["link"] in letters.read_text(encoding="utf-8")
    assert hana["pin"] not in letters.read_text(encoding="utf-8"), "the PIN goes by another way"

    guest = own_server.person(vera["link"].rpartition("/")[2]).connect()
    assert guest.you["participant"]["name"] == "=Вера"
    listed = list(csv.DictReader(run("list", "invited").stdout.splitlines()))
    assert {row["id"] for row in listed} == {vera["id"], hana["id"]}
    assert run("revoke", "invited", vera["id"]).stdout == "1 taken back.\n"
    assert run("revoke", "invited", "nobody").returncode == 1
    assert fetch(f"{own_server.url}/api/enter", {"key": vera["link"].rpartition("/")[2]})[1]["code"] == "link.revoked"


def test_a_ceremony_that_is_not_there_is_said_so(folder: Path) -> None:
    done = memorata(folder, "ceremony", "replay", "nothing-2027")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no ceremony nothing-2027.")
    assert "Traceback" not in done.stderr


def test_replay_tells_who_did_what_and_export_holds_it_all(own_server: Server, tmp_path: Path) -> None:
    keys = own_server.plan(a_programme("told", at_ms=now_ms() + 600_000))
    chiyo = own_server.person(keys["participant"], name="Chiyo", country="JP").connect()
    host = own_server.person(keys["host"], name="Amina").connect()
    assert chiyo.command("floor.request", entry_kind="poem", name="Chiyo", text="a poem")["ok"]
    assert host.command("item.cue", item_id="words", aimed_cue=0)["ok"]
    for person in (chiyo, host):
        person.disconnect()
    replay = memorata(tmp_path, "ceremony", "replay", "told", **own_server.environment)
    assert replay.returncode == 0
    told = [line.split(maxsplit=3)[2:] for line in replay.stdout.splitlines()]
    numbers = [number for number, _ in told]
    assert numbers == [str(n + 1) for n in range(len(told))]
    assert any(rest.startswith("participant Chiyo") and "floor.requested poem by Chiyo" in rest for _, rest in told)
    assert any(rest.startswith("host Amina") and "item.cued words" in rest for _, rest in told)
    export = memorata(tmp_path, "ceremony", "export", "told", **own_server.environment)
    whole = json.loads(export.stdout)
    assert (whole["ceremony"], whole["seq"], len(whole["events"])) == ("told", len(told), len(told))
    assert whole["counts"] == {"entered": 2, "candles": {}, "wreaths": {}}
    assert whole["programme"]["title"] == {"en": "Remembrance"}


def test_replay_says_when_a_history_does_not_add_up(own_server: Server, tmp_path: Path) -> None:
    own_server.plan(a_programme("damaged", at_ms=now_ms() + 600_000))
    office = own_server.office
    office.ceremonies.handle("damaged", HoldPicture(), Actor("host", "host"), "")
    head = office.log.head("damaged")
    assert head is not None
    # Older than the event before it: nobody but a damaged store writes that.
    assert office.log.append("damaged", head.seq, [Recorded(head.seq + 1, 1_000, "host", ItemHeld(1, 1_000))])
    done = memorata(tmp_path, "ceremony", "replay", "damaged", "--quiet", **own_server.environment)
    assert done.returncode == 1
    assert f"does not add up: event {head.seq + 1} is older than the one before it" in done.stderr


WELL = ("database", "server", "transport", "pages", "languages", "schedules", "ceremonies")


def test_doctor_is_content_with_a_server_that_runs(own_server: Server, tmp_path: Path) -> None:
    own_server.plan(a_programme("healthy", at_ms=now_ms() + 600_000))
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules/our-town.toml").write_text(SERIES)
    settings = {**own_server.environment, "MEMORATA_SCHEDULES_DIR": str(tmp_path / "schedules")}
    done = memorata(tmp_path, "doctor", "--json", **settings)
    report = json.loads(done.stdout)
    states = {found["what"]: found["state"] for found in report["findings"]}
    assert (done.returncode, report["ok"]) == (0, True), done.stdout
    assert {name: states[name] for name in WELL} == dict.fromkeys(WELL, "good")


def test_doctor_names_what_is_missing_and_what_to_do(folder: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        (folder / "schedules/broken.toml").write_text("title = 1\n")
        done = memorata(
            folder, "doctor", "--json",
            MEMORATA_PORT=str(stranger.getsockname()[1]),
            MEMORATA_BASE_URL="http://memory.example.org",
            MEMORATA_INSECURE_HTTP="1",
            MEMORATA_REDIS_URL="redis://:word@127.0.0.1:1",
            MEMORATA_JANUS_URL="ws://127.0.0.1:1",
            MEMORATA_SMTP_URL="smtp://amina:word@127.0.0.1:1",
            MEMORATA_MAIL_FROM="amina@museum.example",
            MEMORATA_TRANSPORT="plain",
        )  # fmt: skip
    report = json.loads(done.stdout)
    missing = {found["what"]: found for found in report["findings"] if found["state"] == "missing"}
    assert (done.returncode, set(missing)) == (1, {"server", "address", "schedules", "Redis", "Janus", "mail"})
    assert all(found["hint"] for found in missing.values())
    (transport,) = (found for found in report["findings"] if found["what"] == "transport")
    assert (transport["state"], transport["found"]) == (
        "note",
        "plain, on eventlet: several times the work for each page",
    )
    assert "word" not in done.stdout


def test_doctor_says_whether_anybody_is_named_for_faults_of_security(folder: Path) -> None:
    for contact, state, told in (
        ("", "note", "nobody is named"),
        ("mailto:safety@example.org", "good", "mailto:safety@example.org"),
    ):
        done = memorata(folder, "doctor", "--json", MEMORATA_SECURITY_CONTACT=contact)
        [found] = [found for found in json.loads(done.stdout)["findings"] if found["what"] == "contact"]
        assert (found["state"], told in found["found"]) == (state, True)


def test_doctor_tells_every_fault_of_the_settings(folder: Path) -> None:
    done = memorata(folder, "doctor", MEMORATA_PORT="many", MEMORATA_DATABASE_URL="mysql://x")
    assert done.returncode == 1
    assert "MEMORATA_PORT" in done.stdout
    assert "MEMORATA_DATABASE_URL" in done.stdout


def test_settings_that_cannot_be_are_told_before_anything_is_done(folder: Path) -> None:
    done = memorata(folder, "schedules", "load", MEMORATA_SECRET_KEY="short")
    assert done.returncode == 2
    assert "MEMORATA_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_serves_and_ends_when_told(folder: Path) -> None:
    assert memorata(folder, "schedules", "load").returncode == 0
    began = time.monotonic()
    serving = subprocess.Popen(
        [sys.executable, "-m", "memorata", "serve", "--port", "0"],
        env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert serving.stdout is not None
    threading.Thread(target=lambda: serving.stderr and serving.stderr.read(), daemon=True).start()
    try:
        ready = serving.stdout.readline()
        assert ready.startswith("memorata: serving "), ready
        assert time.monotonic() - began < 15
        url = f"http://127.0.0.1:{ready.rsplit(maxsplit=1)[1]}"
        assert "Our town" in fetch(f"{url}/")[1]
    finally:
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(10) == 0


def test_protocol_types_are_those_in_the_client_and_the_schema_knows_every_command(folder: Path) -> None:
    assert memorata(folder, "protocol", "types").stdout == (ROOT / "client/src/wire.ts").read_text()
    schema = json.loads(memorata(folder, "protocol", "schema").stdout)
    assert set(schema["from_client"]) == {
        "auth", "command", "sync", "clock", "roster", "moderate", "waiting", "looking", "report", "bye",
    }  # fmt: skip
    references = {
        value for value in _values(schema) if isinstance(value, str) and value.startswith("#/$defs/")
    }  # fmt: skip
    assert {name.removeprefix("#/$defs/") for name in references} <= set(schema["$defs"])
    assert len(schema["from_client"]["command"]["oneOf"]) == len(_command_kinds())


def _values(node: object) -> list[object]:
    if isinstance(node, dict):
        return [found for value in node.values() for found in (value, *_values(value))]
    if isinstance(node, list):
        return [found for value in node for found in (value, *_values(value))]
    return []


def _command_kinds() -> list[str]:
    from memorata.domain.commands import COMMANDS

    return list(COMMANDS)


def test_privacy_erases_nobody_by_a_slip(folder: Path) -> None:
    memorata(folder, "schedules", "load")
    (ceremony_id, *_), *_ = [line.split() for line in memorata(folder, "ceremony", "list").stdout.splitlines()]
    server = Server(folder / "data", MEMORATA_SCHEDULES_DIR=str(folder / "schedules")).start()
    try:
        key = server.office.admission.links(ceremony_id)["participant"]
        vera, twin = (server.person(key, name="Vera Sokolova").enter() for _ in range(2))
        several = memorata(folder, "privacy", "erase", ceremony_id, "--name", "vera  sokolova", "--yes")
        assert several.returncode == 1
        assert several.stderr.startswith("2 people of this name; say which by --person, or --all:\n")
        assert vera.participant_id in several.stderr
        asked = memorata(folder, "privacy", "erase", ceremony_id, "--person", vera.participant_id)
        assert (asked.returncode, "For good?" in asked.stdout) == (1, True)  # nobody is there to say yes
        both = memorata(folder, "privacy", "erase", ceremony_id, "--ceremony-wide", "--name", "Vera", "--yes")
        assert both.returncode == 2
        assert memorata(folder, "privacy", "erase", ceremony_id, "--yes").returncode == 2
        assert memorata(folder, "privacy", "export", "nowhere", "--name", "Vera").returncode == 1
        known = json.loads(memorata(folder, "privacy", "export", ceremony_id, "--name", "Vera Sokolova").stdout)
        assert {one["participants"][0]["id"] for one in known["people"]} == {vera.participant_id, twin.participant_id}
        done = memorata(folder, "privacy", "erase", ceremony_id, "--name", "Vera Sokolova", "--all", "--yes")
        assert (done.returncode, done.stdout.startswith("Erased.")) == (0, True), done.stderr
        assert memorata(folder, "privacy", "export", ceremony_id, "--name", "Vera Sokolova").returncode == 1
    finally:
        server.stop()


def test_privacy_knows_the_address_book_of_a_series(folder: Path) -> None:
    memorata(folder, "schedules", "load")
    ceremony_id = memorata(folder, "ceremony", "list").stdout.split()[0]
    database = Database(f"sqlite:///{folder}/data/memorata.sqlite")
    (series, *_) = SqlSeries(database).all()
    contacts = SqlContacts(database)
    contacts.add(
        [
            Contact("vera", series.id, "Vera Sokolova", mail="vera@example.org"),
            Contact("another", series.id, "Vera", mail="another@example.org"),
        ]
    )
    contacts.invite([Guest(series.id, "2027-01-27", "vera")])
    for place in (series.id, ceremony_id):
        shown = json.loads(memorata(folder, "privacy", "export", place, "--name", "vera  sokolova").stdout)
        (person,) = shown["people"]
        assert [row["mail"] for row in person["contacts"]] == ["vera@example.org"]
        assert [row["key"] for row in person["guests"]] == ["2027-01-27"]
    by_id = memorata(folder, "privacy", "export", series.id, "--person", "nobody")
    assert (by_id.returncode, by_id.stderr) == (1, f"There is no contact nobody in {series.id}.\n")
    done = memorata(folder, "privacy", "erase", series.id, "--name", "Vera Sokolova", "--yes")
    assert (done.returncode, done.stdout.startswith("Erased.")) == (0, True), done.stderr
    assert [one.id for one in contacts.of_series(series.id)] == ["another"]
    assert memorata(folder, "privacy", "export", ceremony_id, "--name", "Vera Sokolova").returncode == 1
    database.dispose()
    assert b"vera@example.org" not in (folder / "data/memorata.sqlite").read_bytes()
