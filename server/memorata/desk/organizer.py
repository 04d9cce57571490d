"""memorata organizer: who may sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from memorata.desk.options import ADDRESS, STORE, house, settings, stop

if TYPE_CHECKING:
    from memorata.bootstrap import Services
    from memorata.services.ports import Account


@click.group()
def organizer() -> None:
    """Organizers and admins: who may sign in, and how they come in the first time."""


@contextmanager
def office() -> Iterator["Services"]:
    """The services; what is refused is said in its own sentence."""
    from memorata.domain.errors import Refused, text_of

    services = house()
    try:
        yield services
    except Refused as refusal:
        stop(text_of(refusal.code))
    finally:
        services.stop()


def known(services: "Services", mail: str) -> "Account":
    from memorata.domain.accounts import mail_address
    from memorata.domain.errors import Refused
    from memorata.services.accounts import OPERATOR

    wanted = mail_address(mail)
    found = next((account for account in services.accounts.all(OPERATOR) if account.mail == wanted), None)
    if found is None:
        raise Refused("account.unknown")
    return found


@organizer.command("add")
@settings(*STORE, *ADDRESS)
@click.argument("mail")
@click.option("--name", default="", help="How the person is called.")
@click.option("--admin", is_flag=True, help="May also add and disable accounts.")
def add(mail: str, name: str, admin: bool) -> None:
    """Make an account for MAIL, and print a link by which the person signs in and chooses a password."""
    from memorata.services.accounts import OPERATOR

    with office() as services:
        account = services.accounts.add(OPERATOR, mail, name, "admin" if admin else "organizer")
        click.echo(f"{account.mail} may sign in, as {account.role}.", err=True)
        _print_link(services, account.mail)


@organizer.command("list")
@settings(*STORE)
def list_accounts() -> None:
    """All accounts, the oldest first: address, role, whether it may sign in, id, name."""
    from memorata.services.accounts import OPERATOR

    with office() as services:
        found = services.accounts.all(OPERATOR)
        for account in found:
            state = "disabled" if account.disabled_ms is not None else "able"
            click.echo(f"{account.mail:<40} {account.role:<10} {state:<9} {account.id}  {account.name}")
        if not found:
            click.echo("Nobody can sign in yet: memorata serve shows a set-up code at its start.", err=True)


@organizer.command("disable")
@settings(*STORE)
@click.argument("mail")
def disable(mail: str) -> None:
    """End the account of MAIL: whatever it has open is closed within a second, on every server of this database."""
    from memorata.services.accounts import OPERATOR

    with office() as services:
        services.accounts.disable(OPERATOR, known(services, mail).id)
        click.echo("Disabled.", err=True)


@organizer.command("enable")
@settings(*STORE)
@click.argument("mail")
def enable(mail: str) -> None:
    """Let the account of MAIL sign in again."""
    from memorata.services.accounts import OPERATOR

    with office() as services:
        services.accounts.enable(OPERATOR, known(services, mail).id)
        click.echo("Enabled.", err=True)


@organizer.command("link")
@settings(*STORE, *ADDRESS)
@click.argument("mail")
def link(mail: str) -> None:
    """Print a link by which MAIL signs in, once, within 20 minutes; a new password can be chosen there."""
    with office() as services:
        _print_link(services, mail)


def _print_link(services: "Services", mail: str) -> None:
    click.echo(f"{services.settings.base_url}/sign-in/{services.accounts.link(mail)}")
