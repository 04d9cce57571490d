"""Pages that the client takes over: readable before it does, with all that it needs to begin in one block."""

from typing import Any, Literal

from flask import Response, g, render_template

from memorata.adapters.codec import plain
from memorata.adapters.countries import country_names
from memorata.adapters.http import order
from memorata.adapters.http.client import bundle
from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.language import own_name
from memorata.adapters.http.showing import dress, in_page, tongue_for
from memorata.resources import web_dir
from memorata.services.snapshots import public_programme

View = Literal["participant", "hall", "host", "watch"]


def stage_page(
    house: House,
    shown: Shown,
    view: View,
    *,
    cache: str = "private, no-store",
    embedded: bool = False,
    **own: Any,
) -> Response:
    """The page of one ceremony in one of the client's views.

    Args: embedded: it stands in another site's frame, and what it links to opens beside it; own: for the boot block.
    """
    programme = public_programme(shown.programme)
    tongue = tongue_for(programme)
    # Whose page may ask for a camera: of a hall only the one that joins by its own link.
    g.stage = view in ("participant", "host") or "hall" in own
    boot = {
        "view": view,
        "ceremony_id": shown.ceremony_id,
        "language": tongue.tag,
        "languages": [(tag, own_name(tag)) for tag in tongue.offered],
        "programme": plain(programme),
        "server_now_ms": house.clock.now(),
        "telephone": programme.telephone,
        "countries": country_names(tongue.tag, programme.countries),
        "base_url": house.base_url,
        "keeping": plain(house.retention.keeping(shown.ceremony_id)),
        **own,
    }
    page = render_template(
        "stage.html",
        programme=programme,
        rows=order.rows(programme),
        number=programme.telephone,
        client=bundle(web_dir(), view, tongue.spoken),
        public=view == "watch" and not embedded,
        embedded=embedded,
        boot=in_page(boot),
    )
    return dress(page, cache)
