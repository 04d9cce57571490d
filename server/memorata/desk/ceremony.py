"""memorata ceremony: what is planned, who may enter, what happened."""

from typing import TYPE_CHECKING, Any

import click

from memorata.desk.options import ADDRESS, STORE, house, settings, stop

if TYPE_CHECKING:
    from memorata.bootstrap import Services


@click.group()
def ceremony() -> None:
    """The ceremonies: what is planned, who may enter, what happened."""


def starts(programme: Any) -> str:
    from memorata.domain.civil import civil

    return f"{civil(programme.starts_ms, programme.zone):%a %Y-%m-%d %H:%M} {programme.zone}"


def known(services: "Services", ceremony_id: str) -> Any:
    """The state of a planned ceremony; says which there are when there is no such one."""
    ids = services.ceremonies.ids()
    if ceremony_id not in ids:
        stop(f"There is no ceremony {ceremony_id}. There are: {', '.join(ids) or 'none; memorata schedules load'}")
    return services.ceremonies.state(ceremony_id)


@ceremony.command("list")
@settings(*STORE)
def list_ceremonies() -> None:
    """All ceremonies, the next one first."""
    from memorata.domain.state import phase_of

    services = house()
    now_ms = services.clock.now_ms()
    states = [state for state in services.ceremonies.list() if state.programme is not None]
    for state in sorted(states, key=lambda state: state.programme.starts_ms if state.programme else 0):
        programme = state.programme
        if programme is not None:
            entered = services.participants.count(programme.ceremony_id)
            title = next(iter(programme.title.values()), "")
            phase = phase_of(state, now_ms)
            click.echo(f"{programme.ceremony_id:<32} {starts(programme):<34} {phase:<8} {entered:>6} entered  {title}")
    if not states:
        click.echo("No ceremony is planned. `memorata schedules load` plans the next of each series.", err=True)
    services.stop()


@ceremony.command("links")
@settings(*STORE, *ADDRESS)
@click.argument("ceremony_id")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show_links(ceremony_id: str, as_json: bool) -> None:
    """The addresses of a ceremony, to be handed on. The host's is a key: give it to the host alone.

    It opens the console in the browser in which it is first used. Another one wants its PIN too; hand that on apart.
    """
    import json

    from memorata.adapters.http.house import addresses

    services = house()
    known(services, ceremony_id)
    keys = services.admission.links(ceremony_id)
    found = addresses(services.settings.base_url, ceremony_id, keys)
    for role in ("host", "moderator"):
        found[f"{role}_pin"] = services.admission.pin(keys[role])
    services.stop()
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for name, address in found.items():
        click.echo(f"{name:<14} {address}")


@ceremony.command("replay")
@settings(*STORE)
@click.argument("ceremony_id")
@click.option("--quiet", is_flag=True, help="Only say whether it adds up.")
def replay(ceremony_id: str, quiet: bool) -> None:
    """What happened in a ceremony, a line each, and whether the history adds up. Ends with 1 when it does not."""
    from memorata.adapters.history import DoesNotAddUp, folded, lines

    services = house()
    state = known(services, ceremony_id)
    history = services.log.events(ceremony_id, 0)
    if not quiet:
        zone = state.programme.zone if state.programme is not None else "UTC"
        names = {}
        for by in {recorded.by for recorded in history}:
            who = services.participants.find(by)
            if who is not None:
                names[by] = f"{who.role} {who.name or who.id[:8]}"
        for line in lines(history, zone, names):
            click.echo(line)
    services.stop()
    try:
        if folded(history) != state:
            raise DoesNotAddUp("folded once more, the history leads to another state")
    except DoesNotAddUp as fault:
        stop(f"{ceremony_id}: the history does not add up: {fault}.")
    click.echo(f"{ceremony_id}: {len(history)} events, and they add up.", err=True)


@ceremony.command("export")
@settings(*STORE)
@click.argument("ceremony_id")
@click.option("--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="File. [default: the screen]")
def export(ceremony_id: str, output: Any) -> None:
    """Everything that is kept of a ceremony as JSON: its programme, what happened, what was counted."""
    import json

    from memorata.adapters.codec import plain, recorded_message

    services = house()
    state = known(services, ceremony_id)
    counts = services.ceremonies.counts(ceremony_id)
    whole = {
        "ceremony": ceremony_id,
        "epoch": services.ceremonies.epoch(ceremony_id),
        "seq": state.seq,
        "exported_at_ms": services.clock.now_ms(),
        "programme": plain(state.programme),
        "events": [recorded_message(recorded) for recorded in services.log.events(ceremony_id, 0)],
        "counts": {
            "entered": services.participants.count(ceremony_id),
            "candles": counts.candles,
            "wreaths": counts.wreaths,
        },
    }
    services.stop()
    json.dump(whole, output, ensure_ascii=False, indent=1)
    output.write("\n")
