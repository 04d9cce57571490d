"""memorata protocol: what travels between server and pages, for those who build upon it."""

import click


@click.group()
def protocol() -> None:
    """What travels between server and pages, for those who build upon it."""


@protocol.command("types")
def types() -> None:
    """The TypeScript types of everything that travels: client/src/wire.ts."""
    from memorata.adapters.sockets.typescript import render

    click.echo(render(), nl=False)


@protocol.command("schema")
def schema() -> None:
    """The same as JSON Schema."""
    import json

    from memorata.adapters.schema import document

    click.echo(json.dumps(document(), ensure_ascii=False, indent=2))
