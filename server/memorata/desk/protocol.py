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


@protocol.command("openapi")
def openapi() -> None:
    """Pages, files and the JSON API as OpenAPI 3.1: what a server tells at /api/openapi.json."""
    import json
    from tempfile import TemporaryDirectory

    from memorata.adapters.http.openapi import document
    from memorata.bootstrap import build, create_app
    from memorata.config import Settings

    # The routes are what the application itself has registered: one is put together, and never asked anything.
    with TemporaryDirectory() as folder:
        services = build(Settings.from_env({"MEMORATA_DATA_DIR": folder, "MEMORATA_ASYNC_MODE": "threading"}))
        app, _ = create_app(services)
        click.echo(json.dumps(document(app), ensure_ascii=False, indent=2))
        services.stop()
