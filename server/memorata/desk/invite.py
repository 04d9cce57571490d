"""memorata invite: personal links for the people of a list, as CSV and as letters to print."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memorata.desk.ceremony import known
from memorata.desk.options import ADDRESS, STORE, house, settings, stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memorata.bootstrap import Services
    from memorata.services.inviting import Issued


IDS = {"ignore_unknown_options": True}
"""An id may begin with a hyphen."""


@click.group()
def invite() -> None:
    """Personal links: each person of a list has their own, to be sent, printed, or read out on the telephone."""


@invite.command("add")
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.argument("people", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="CSV with links, codes and PINs.")
@click.option(
    "--letters", type=click.Path(path_type=Path, dir_okay=False), help="Page with a letter for each, to print."
)
def add(ceremony_id: str, people: Path, output: Path | None, letters: Path | None) -> None:
    """Invite the PEOPLE of a CSV file with the columns name, community, country, language, role, mail.

    Only the name is needed. Nobody is invited when a line is wrong; every such line is told.
    """
    from memorata.adapters.csv_in import TableFault
    from memorata.adapters.guest_lists import guests
    from memorata.domain.errors import Refused

    services = house()
    known(services, ceremony_id)
    try:
        issued = services.inviting.make(ceremony_id, guests(people.read_bytes()))
    except TableFault as fault:
        stop(f"{people}: {fault}")
    except Refused as refused:
        faults: Any = refused.facts.get("faults") or []
        told = [
            f"{people}: line {one['where']}, {one['field']}: {WHY.get(one['reason'], one['reason'])}" for one in faults
        ]
        if refused.facts.get("more"):
            told.append(f"and {refused.facts['more']} more")
        stop("Nobody has been invited:", *(told or ["there is nobody in the list, or more than 2000 people"]))
    _hand_out(services, ceremony_id, issued, output, letters)
    services.stop()


WHY = {
    "length": "it is empty or too long",
    "characters": "it has characters that cannot be",
    "unknown": "this is not known",
}


@invite.command("list")
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="CSV instead of the screen.")
@click.option(
    "--letters", type=click.Path(path_type=Path, dir_okay=False), help="Page with a letter for each, to print."
)
def show(ceremony_id: str, output: Path | None, letters: Path | None) -> None:
    """All invitations of a ceremony that are good, with their links: keep the list like a bunch of keys."""
    services = house()
    known(services, ceremony_id)
    _hand_out(services, ceremony_id, services.inviting.issued(ceremony_id), output, letters)
    services.stop()


@invite.command("revoke", context_settings=IDS)
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.argument("ids", nargs=-1, required=True)
def revoke(ceremony_id: str, ids: tuple[str, ...]) -> None:
    """Take invitations back, by their ids; whoever came by one is put out within a second."""
    from memorata.domain.errors import Refused

    services = house()
    known(services, ceremony_id)
    try:
        count = services.inviting.revoke(ceremony_id, ids)
    except Refused as refused:
        stop(f"There is no invitation {refused.facts.get('id')} to {ceremony_id}; nothing has been done.")
    services.stop()
    click.echo(f"{count} taken back.")


@invite.command("role", context_settings=IDS)
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.argument("invitation_id")
@click.argument("role", type=click.Choice(["participant", "speaker", "moderator", "host"]))
def role(ceremony_id: str, invitation_id: str, role: str) -> None:
    """Make somebody something else; their link stays the same, and open pages come back as that within a second."""
    from memorata.domain.errors import Refused

    services = house()
    known(services, ceremony_id)
    try:
        issued = services.inviting.set_role(ceremony_id, invitation_id, role)  # type: ignore[arg-type]  # one of these
    except Refused:
        stop(f"There is no invitation {invitation_id} to {ceremony_id}.")
    _hand_out(services, ceremony_id, (issued,), None, None)
    services.stop()


def _hand_out(
    services: "Services", ceremony_id: str, issued: "Sequence[Issued]", output: Path | None, letters: Path | None
) -> None:
    from memorata.adapters.csv_out import BOM
    from memorata.adapters.http.letters import table_of
    from memorata.desk.letters import file_of

    text = table_of(services.settings.base_url, issued)
    if output is None:
        click.echo(text, nl=False)
    else:
        _secret(output, BOM + text)
        click.echo(f"{output}: {len(issued)} links. Whoever has the file can come in.", err=True)
    if letters is not None:
        _secret(letters, file_of(services, ceremony_id, issued))
        click.echo(f"{letters}: {len(issued)} letters; open it in a browser and print it.", err=True)


def _secret(path: Path, text: str) -> None:
    """Readable by nobody else, from its first byte."""
    import os

    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
