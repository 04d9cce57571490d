"""Whether the server is there, for whoever watches over it."""

from flask import Blueprint, Response

from memorata.adapters.http.house import House
from memorata.adapters.http.showing import encoded


def blueprint(house: House) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def health() -> Response:
        return encoded({"ok": True, "clients": house.clients()}, "no-store")

    return pages
