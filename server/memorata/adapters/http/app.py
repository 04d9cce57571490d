"""All pages of a server: registers the blueprints, the languages, the headers and the answers to errors."""

from flask import Flask

from memorata.adapters.http import calendar, entry, errors, health, media, pages, programme, watch
from memorata.adapters.http.house import House
from memorata.adapters.http.security import protect
from memorata.adapters.http.showing import prepare


def register_house(app: Flask, house: House) -> None:
    """Add every page to the application."""
    prepare(app)
    app.after_request(protect)
    for part in (errors, pages, programme, watch, entry, calendar, media, health):
        app.register_blueprint(part.blueprint(house))
