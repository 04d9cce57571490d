"""memorata privacy: what is kept of a person, and how it is erased, for the operator whom they ask."""

import time
from typing import TYPE_CHECKING, Any

import click

from memorata.desk.ceremony import known
from memorata.desk.options import STORE, house, settings, stop

if TYPE_CHECKING:
    from memorata.bootstrap import Services
    from memorata.services.privacy import Somebody

PURGE_S = 10.0
"""How long a server that is reading just now is waited for, so that the files can be overwritten."""


@click.group()
def privacy() -> None:
    """What is kept of people: to show it to them, and to erase it. Works while a server is running, too."""


def sought(services: "Services", place: str, person: str | None, name: str | None) -> "tuple[Somebody, ...]":
    """Whom the options mean, of a ceremony or of the address book of a series; says so and ends when it is nobody."""
    if (person is None) == (name is None):
        stop("Say who is meant: --person with an id, or --name.", code=2)
    of_series = place not in services.ceremonies.ids() and services.privacy.is_series(place)
    if not of_series:
        known(services, place)
    if person is not None:
        found = services.privacy.listed_by_id(place, person) if of_series else services.privacy.find(place, person)
        if not found:
            stop(f"There is no {'contact' if of_series else 'participant'} {person} in {place}.")
        return (found,)
    everybody = services.privacy.listed(place, name or "") if of_series else services.privacy.named(place, name or "")
    if not everybody:
        stop(f"Nothing is kept of anybody of this name in {place}.")
    return everybody


def told(somebody: "Somebody") -> str:
    ids = ", ".join((*somebody.participants, *somebody.contacts)) or "without a screen of their own"
    return (
        f"{ids}: {len(somebody.invitations)} invitations, {len(somebody.entries)} requests to speak,"
        f" {len(somebody.wishes)} wishes, {len(somebody.contacts)} lines of the address book"
    )


@privacy.command("export")
@settings(*STORE)
@click.argument("ceremony_id", metavar="CEREMONY")
@click.option("--person", metavar="ID", help="The participant or contact, by id.")
@click.option("--name", help="Everybody of this name; capitals do not count.")
@click.option("--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="File. [default: the screen]")
def export(ceremony_id: str, person: str | None, name: str | None, output: Any) -> None:
    """Everything that is kept of one person, as JSON. Give it to that person alone.

    CEREMONY is a ceremony, with the address book of its series; or a series, for its address book alone.
    """
    import json

    from memorata.adapters.codec import plain, recorded_message

    services = house()
    found = sought(services, ceremony_id, person, name)
    whole = {
        "ceremony": ceremony_id,
        "exported_at_ms": services.clock.now_ms(),
        "people": [
            {
                **plain(services.privacy.kept(somebody)),
                "events": [recorded_message(recorded) for recorded in services.privacy.events(somebody)],
            }
            for somebody in found
        ],
    }
    services.stop()
    json.dump(whole, output, ensure_ascii=False, indent=1)
    output.write("\n")


@privacy.command("erase")
@settings(*STORE)
@click.argument("ceremony_id", metavar="CEREMONY")
@click.option("--person", metavar="ID", help="The participant or contact, by id.")
@click.option("--name", help="Who bears this name; capitals do not count.")
@click.option("--all", "everybody", is_flag=True, help="With --name: all of that name, when there are several.")
@click.option("--ceremony-wide", is_flag=True, help="All names and words of all people of the ceremony, now.")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
def erase(
    ceremony_id: str, person: str | None, name: str | None, everybody: bool, ceremony_wide: bool, yes: bool
) -> None:
    """Erase one person, or all names of a ceremony. It cannot be undone; the history still adds up afterwards.

    CEREMONY is a ceremony, with the address book of its series; or a series, for its address book alone.
    """
    from memorata.domain.errors import Refused, text_of
    from memorata.services.ports import StoreBusy

    services = house()
    if ceremony_wide:
        if person is not None or name is not None:
            stop("--ceremony-wide means everybody: no --person and no --name with it.", code=2)
        known(services, ceremony_id)
        found: tuple[Somebody, ...] = ()
        question = f"Erase all names and all that people have written in {ceremony_id}?"
    else:
        found = sought(services, ceremony_id, person, name)
        lines = [f"  {told(somebody)}" for somebody in found]
        if len(found) > 1 and not everybody:
            stop(f"{len(found)} people of this name; say which by --person, or --all:", *lines)
        question = "\n".join(["Erase:", *lines, "For good?"])
    if not yes:
        click.confirm(question, abort=True)
    try:
        if ceremony_wide:
            services.privacy.erase_all(ceremony_id)
        for somebody in found:
            services.privacy.erase(somebody)
    except Refused as refused:
        stop(f"Not just now: {text_of(refused.code)} Nothing more has been erased; please do it again.")
    except StoreBusy as busy:
        stop(f"The database cannot be written to just now ({busy}); please do it again.")
    until = time.monotonic() + PURGE_S
    while not (purged := services.privacy.purge()) and time.monotonic() < until:
        time.sleep(0.1)
    services.stop()
    click.echo("Erased. Copies that you have made before, and what was printed or exported, are yours to look after.")
    if not purged:
        stop("The database file still holds some of it, because a server was reading; it overwrites that in a minute.")
