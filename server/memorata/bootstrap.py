"""The composition root: adapters into services into the application. Nothing is built anywhere else."""

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from memorata.adapters import zones
from memorata.adapters.alarm import SystemAlarm
from memorata.adapters.clock import SystemClock
from memorata.adapters.countries import is_country
from memorata.adapters.http.gate import Gate
from memorata.adapters.http.planning.api import Planning
from memorata.adapters.http.planning.views import Shelves
from memorata.adapters.letters import Letters
from memorata.adapters.link_probe import HttpsProbe
from memorata.adapters.mail import ConsoleMailer, SmtpMailer
from memorata.adapters.passwords import Argon2Passwords
from memorata.adapters.presence.memory import MemorySeats
from memorata.adapters.schedules.texts import FolderTexts
from memorata.adapters.security_log import FileSecurityLog
from memorata.adapters.sockets import jsons
from memorata.adapters.sockets.ceremony import CeremonySocket
from memorata.adapters.sockets.publisher import BEAT_S, SocketPublisher
from memorata.adapters.sockets.telling import Teller
from memorata.adapters.store.accounts import SqlAccounts
from memorata.adapters.store.archives import SqlArchives
from memorata.adapters.store.contacts import SqlContacts
from memorata.adapters.store.database import Database
from memorata.adapters.store.dues import SqlDues
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.instances import BEAT_S as INSTANCE_BEAT_S
from memorata.adapters.store.instances import Instance, own_process
from memorata.adapters.store.invitations import SqlInvitations
from memorata.adapters.store.participants import SqlParticipants
from memorata.adapters.store.people import SqlPeople
from memorata.adapters.store.planning import SqlSeries
from memorata.adapters.store.tally import SqlTallies
from memorata.adapters.store.trail import SqlTrail
from memorata.config import Settings
from memorata.domain.state import door_of
from memorata.services.accounts import AccountDesk
from memorata.services.admission import Admission
from memorata.services.agenda import Agenda
from memorata.services.archiving import Archiving
from memorata.services.conductor import Conductor
from memorata.services.contacts import ContactDesk
from memorata.services.inviting import Inviting
from memorata.services.keys import Keys
from memorata.services.ledger import Ledger
from memorata.services.link_checks import LinkChecks
from memorata.services.live import LiveCeremonies
from memorata.services.moderation import Moderation
from memorata.services.occurrences import OccurrenceDesk
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.ports import Alarm, Clock, Mailer, Participant, SecurityLog, StoreBusy
from memorata.services.presence import PresenceDesk
from memorata.services.privacy import Privacy
from memorata.services.reminding import Reminding
from memorata.services.retention import Retention
from memorata.services.series import SeriesDesk
from memorata.services.undoing import UndoDesk

SWEEP_S = 1.0
"""How often it is looked whether another process has replaced a link."""

ACCOUNTS_S = 0.5
"""How often lines are looked at whose account may have been ended by another process."""

TRAIL_S = 3600.0
"""How often what is too old to be undone is forgotten."""

FRAME_MAX = 100_000
"""Bytes of one frame; a longer one is refused and the line is cut."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that an entry point may need, built and not yet started."""

    settings: Settings
    clock: SystemClock
    database: Database
    log: SqlEventLog
    participants: SqlParticipants
    ceremonies: LiveCeremonies
    accounts: AccountDesk
    admission: Admission
    inviting: Inviting
    presence: PresenceDesk
    moderation: Moderation
    publisher: SocketPublisher
    teller: Teller
    conductor: Conductor
    agenda: Agenda
    planner: Planner
    plans: PlanBook
    planning: Planning
    letters: Letters
    ledger: Ledger
    retention: Retention
    privacy: Privacy
    alarm: Alarm
    security: SecurityLog
    instance: Instance
    """The place of a server at the store; claimed by who serves, and by nobody else."""

    def start(self) -> None:
        """Begin to conduct: what came due while the server was down is settled first."""
        self.alarm.each(BEAT_S, "beat", self.publisher.beat)
        self.alarm.each(SWEEP_S, "sweep", self.publisher.sweep)
        self.alarm.each(ACCOUNTS_S, "accounts", self.publisher.sweep_accounts)
        self.alarm.each(3600.0, "old sessions", self.accounts.forget)
        self.alarm.each(INSTANCE_BEAT_S, "instance", self.instance.beat)
        self.presence.start()
        self.moderation.start()
        self.conductor.start()
        self.retention.start()
        self.planner.start()
        self.agenda.start()
        self.alarm.each(TRAIL_S, "trail", self.ledger.forget)
        self.alarm.start()

    def stop(self) -> None:
        self.alarm.stop()
        with suppress(StoreBusy):
            self.accounts.end_set_up()
        self.instance.release()
        self.database.dispose()


def build(settings: Settings, clock: SystemClock | None = None) -> Services:
    """Connect to the store, bring its tables up to date, and put the services together.

    Args: clock: another one than the machine's, for whoever lets years go by.
    """
    tzdata = zones.prefer_newest()
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    database.upgrade()
    log, participants, invitations = SqlEventLog(database), SqlParticipants(database), SqlInvitations(database)
    publisher, alarm = SocketPublisher(), SystemAlarm()
    alarm.each(1.0, "wall clock", clock.watch)

    def counted(ceremony_id: str) -> None:
        presence.touch(ceremony_id)

    def changed(participant: Participant) -> None:
        moderation.changed(participant)
        publisher.own_changed(participant.ceremony_id, participant.id)

    def forgotten(ceremony_id: str, participant_id: str | None) -> None:
        presence.forget(ceremony_id, participant_id)
        moderation.touch(ceremony_id)
        retention.purge_later()

    def written(ceremony_id: str) -> None:
        moderation.touch(ceremony_id)

    ceremonies = LiveCeremonies(log, clock, publisher, counted, forgotten, written)
    presence = PresenceDesk(MemorySeats(), publisher, clock, alarm, ceremonies.silent)
    moderation = Moderation(participants, ceremonies, presence, publisher, clock, alarm)
    keys = Keys(settings.secret_key)
    mailer: Mailer = SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else ConsoleMailer()
    accounts = AccountDesk(
        SqlAccounts(database),
        Argon2Passwords(),
        mailer,
        clock,
        ended=publisher.sweep_accounts,
        note=structlog.get_logger("memorata.trail").info,
    )
    admission = Admission(
        keys,
        participants,
        invitations,
        ceremonies.ids,
        lambda ceremony_id: door_of(ceremonies.state(ceremony_id)),
        clock,
        is_country,
        changed,
        publisher.removed,
        accounts.signed_in,
    )
    people = SqlPeople(database)
    retention = Retention(ceremonies, people, clock, alarm, settings.names_days)
    inviting = Inviting(keys, invitations, participants, clock, is_country, publisher.put_out)
    agenda = Agenda(SqlDues(database), clock, alarm, own_process())
    planning = _planning(settings, clock, database, alarm, ceremonies, accounts, inviting, mailer, keys, agenda, tzdata)
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        log=log,
        participants=participants,
        ceremonies=ceremonies,
        accounts=accounts,
        admission=admission,
        inviting=inviting,
        presence=presence,
        moderation=moderation,
        publisher=publisher,
        teller=Teller(ceremonies, presence, clock),
        retention=retention,
        privacy=Privacy(
            ceremonies,
            log,
            participants,
            people,
            SqlSeries(database),
            SqlContacts(database),
            SqlTrail(database),
            keys,
            clock,
            retention.purge_later,
        ),
        conductor=Conductor(ceremonies, clock, alarm, log.forget_answers, alone=database.is_sqlite),
        agenda=agenda,
        planner=planning.planner,
        plans=planning.book,
        planning=planning,
        letters=Letters(settings.base_url),
        ledger=Ledger(planning.trail, clock),
        alarm=alarm,
        security=FileSecurityLog(settings.data_dir),
        instance=Instance(database, settings.instance, clock),
    )


def _planning(
    settings: Settings,
    clock: Clock,
    database: Database,
    alarm: Alarm,
    ceremonies: LiveCeremonies,
    accounts: AccountDesk,
    inviting: Inviting,
    mailer: Mailer,
    keys: Keys,
    agenda: Agenda,
    tzdata: str,
) -> Planning:
    """Series, their dates and people, and all that comes due for them."""
    store, contacts, trail = SqlSeries(database), SqlContacts(database), SqlTrail(database)
    archives, texts = SqlArchives(database), FolderTexts(settings.schedules_dir)
    book, ledger = PlanBook(store, archives, texts), Ledger(trail, clock)
    dues = SqlDues(database)
    planner = Planner(store, book, ceremonies, agenda, trail, clock, alarm, tzdata)
    series = SeriesDesk(store, book, texts, planner, ledger, clock)
    occurrences = OccurrenceDesk(
        store, contacts, archives, book, texts, planner, agenda, ceremonies, series, ledger, clock
    )
    people = ContactDesk(contacts, book, planner, agenda, ledger, clock, is_country, zones.is_zone)
    reminding = Reminding(store, contacts, dues, book, inviting, mailer, keys, clock, Letters(settings.base_url))
    agenda.on("reminder", reminding.remind)
    agenda.on("change", reminding.changed)
    agenda.on("cancel", reminding.cancelled)
    agenda.on("mail", reminding.send, once=True)
    probe = HttpsProbe() if settings.link_checks else None
    checks = LinkChecks(ceremonies, archives, probe, lambda name: (settings.schedules_dir / name).is_file(), clock)
    agenda.on("link_check", checks.due)
    Archiving(ceremonies, archives, SqlTallies(database), agenda, clock)
    return Planning(
        accounts=accounts,
        book=book,
        texts=texts,
        planner=planner,
        series=series,
        occurrences=occurrences,
        contacts=people,
        undoing=UndoDesk(trail, store, series, occurrences, people, ledger, clock),
        reminding=reminding,
        checks=checks,
        trail=trail,
        shelves=Shelves(store, contacts, dues, archives),
    )


def create_app(services: Services) -> tuple[Flask, SocketIO]:
    """The web application and its sockets; nothing runs until `services.start()`."""
    settings = services.settings
    gate = Gate(settings, services.security)
    app = Flask("memorata", static_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, MAX_CONTENT_LENGTH=FRAME_MAX)
    pages: Any = import_module("memorata.adapters.http.app")
    if hasattr(pages, "register"):
        pages.register(app, services)
    socketio = SocketIO(
        app,
        async_mode=settings.async_mode,
        async_handlers=False,  # one line's messages in their order, and back-pressure for free
        manage_session=False,
        ping_interval=10,
        ping_timeout=8,
        max_http_buffer_size=FRAME_MAX,
        # The gate has asked already; the library asks once more for the headers of its answer.
        cors_allowed_origins=gate.allows_socket,
        json=jsons,
    )
    services.publisher.attach(socketio.server, services.teller, services.admission)
    CeremonySocket(
        socketio.server,
        services.publisher,
        services.teller,
        services.ceremonies,
        services.admission,
        services.presence,
        services.moderation,
        services.clock,
        services.security,
    )
    app.wsgi_app = gate.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app, socketio
