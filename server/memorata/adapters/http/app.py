"""All pages of a server: registers the blueprints, the languages, the headers and the answers to errors."""

from typing import Protocol

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from memorata.adapters.http import (
    account,
    calendar,
    clock,
    contact,
    entry,
    errors,
    halls,
    health,
    invitations,
    media,
    openapi,
    pages,
    programme,
    recordings,
    replies,
    series,
    stream,
    watch,
)
from memorata.adapters.http.house import House
from memorata.adapters.http.limits import FILES, limit
from memorata.adapters.http.planning import api as planning
from memorata.adapters.http.planning import pages as planning_pages
from memorata.adapters.http.planning.api import Planning
from memorata.adapters.http.security import protect
from memorata.adapters.http.showing import prepare
from memorata.adapters.letters import Letters
from memorata.adapters.metrics import Metrics
from memorata.adapters.schedules.rule_words import in_words
from memorata.adapters.sockets.telling import Teller
from memorata.adapters.stage.hls import HlsStreams
from memorata.config import Settings
from memorata.services.accounts import AccountDesk
from memorata.services.admission import Admission
from memorata.services.conductor import Conductor
from memorata.services.inviting import Inviting
from memorata.services.live import LiveCeremonies
from memorata.services.plans import Plans
from memorata.services.ports import Clock, SecurityLog
from memorata.services.presence import PresenceDesk
from memorata.services.privacy import Privacy
from memorata.services.readiness import Readiness
from memorata.services.recording import RecordingDesk
from memorata.services.retention import Retention
from memorata.services.seating import SeatingDesk
from memorata.services.stage_shared import Stages
from memorata.services.troubles import Troubles
from memorata.services.wrongs import Wrongs


class Needs(Protocol):
    """Of the services, those that pages ask."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ceremonies(self) -> LiveCeremonies: ...
    @property
    def accounts(self) -> AccountDesk: ...
    @property
    def admission(self) -> Admission: ...
    @property
    def presence(self) -> PresenceDesk: ...
    @property
    def teller(self) -> Teller: ...
    @property
    def inviting(self) -> Inviting: ...
    @property
    def conductor(self) -> Conductor: ...
    @property
    def plans(self) -> Plans: ...
    @property
    def planning(self) -> Planning: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def privacy(self) -> Privacy: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def seating(self) -> SeatingDesk: ...
    @property
    def recordings(self) -> RecordingDesk: ...
    @property
    def streams(self) -> HlsStreams: ...
    @property
    def stage(self) -> Stages: ...
    @property
    def security(self) -> SecurityLog: ...
    @property
    def readiness(self) -> Readiness: ...
    @property
    def wrongs(self) -> Wrongs: ...
    @property
    def troubles(self) -> Troubles: ...
    @property
    def metrics(self) -> Metrics: ...


def register(app: Flask, services: Needs) -> None:
    """Add every page to the application."""
    house = House(
        services.settings,
        services.clock,
        services.ceremonies,
        services.admission,
        services.presence,
        services.teller,
        services.inviting,
        services.privacy,
        services.retention,
        services.seating,
        services.stage.streamed,
    )
    proxies = services.settings.proxies
    if proxies:
        # Only for pages: who is heard at all is decided by the gate before them.
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    app.wsgi_app = clock.telling_time(app.wsgi_app, services.clock)  # type: ignore[assignment,method-assign]
    prepare(app)
    app.after_request(protect)
    openapi.answered_before(app, clock.RULE, "GET", clock.OPERATION)
    limiter = limit(app, services.security, proxies, services.settings.secret_key, services.wrongs.share)
    files = media.blueprint(house)
    streams = stream.blueprint(house, services.streams)
    for part in (files, streams):
        limiter.limit(FILES)(part)
        app.register_blueprint(part)
    for each in (errors, programme, watch, entry, invitations, halls, contact, openapi):
        app.register_blueprint(each.blueprint(house))
    app.register_blueprint(recordings.blueprint(house, services.recordings))
    plans = services.plans
    app.register_blueprint(pages.blueprint(house, plans))
    app.register_blueprint(calendar.blueprint(house, plans))
    app.register_blueprint(
        series.blueprint(house, plans, lambda one, tongue: in_words(one, tongue.catalogue.gettext, tongue.locale))
    )
    app.register_blueprint(account.blueprint(house, services.accounts, share=services.wrongs.share))
    app.register_blueprint(planning.blueprint(house, services.planning))
    app.register_blueprint(planning_pages.blueprint(house, services.accounts))
    app.register_blueprint(replies.blueprint(house, services.planning.reminding, services.letters))
    app.register_blueprint(
        health.blueprint(
            house,
            lambda: services.conductor.scanned_ms,
            services.readiness,
            services.metrics,
            services.troubles.now,
        )
    )
