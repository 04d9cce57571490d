"""The composition root: adapters into services into the application. Nothing is built anywhere else."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from memorata import gauges, green
from memorata.adapters import zones
from memorata.adapters.alarm import SystemAlarm
from memorata.adapters.bus.alone import Alone
from memorata.adapters.clock import SystemClock
from memorata.adapters.countries import is_country
from memorata.adapters.disk import Disk
from memorata.adapters.http.gate import Gate
from memorata.adapters.http.planning.api import Planning
from memorata.adapters.http.planning.views import Shelves
from memorata.adapters.letters import Letters
from memorata.adapters.link_probe import HttpsProbe
from memorata.adapters.mail import ConsoleMailer, SmtpMailer
from memorata.adapters.metrics import Metrics
from memorata.adapters.passwords import Argon2Passwords
from memorata.adapters.presence.memory import MemorySeats
from memorata.adapters.presence.shared import FLUSH_S, SharedSeats
from memorata.adapters.recordings.disk import DiskRecordings
from memorata.adapters.schedules.texts import FolderTexts
from memorata.adapters.security_log import CountedSecurityLog, FileSecurityLog
from memorata.adapters.sockets import jsons
from memorata.adapters.sockets.ceremony import CeremonySocket
from memorata.adapters.sockets.direct import Lines
from memorata.adapters.sockets.guard import is_prompt
from memorata.adapters.sockets.pings import by_monotonic_time
from memorata.adapters.sockets.publisher import BEAT_S, SocketPublisher
from memorata.adapters.sockets.staging import SocketPages
from memorata.adapters.sockets.telling import Teller
from memorata.adapters.stage.hls import HlsStreams
from memorata.adapters.stage.janus import JanusEngine
from memorata.adapters.stage.mesh import MeshEngine
from memorata.adapters.store.accounts import SqlAccounts
from memorata.adapters.store.archives import SqlArchives
from memorata.adapters.store.contacts import SqlContacts
from memorata.adapters.store.database import Database
from memorata.adapters.store.dues import SqlDues
from memorata.adapters.store.event_log import SqlEventLog
from memorata.adapters.store.instances import BEAT_S as INSTANCE_BEAT_S
from memorata.adapters.store.instances import Instance, lives_here, own_process
from memorata.adapters.store.invitations import SqlInvitations
from memorata.adapters.store.keeping import SqlLeases
from memorata.adapters.store.known import KnownParticipants
from memorata.adapters.store.participants import SqlParticipants
from memorata.adapters.store.people import SqlPeople
from memorata.adapters.store.planning import SqlSeries
from memorata.adapters.store.recordings import SqlRecordings
from memorata.adapters.store.tally import SqlTallies
from memorata.adapters.store.trail import SqlTrail
from memorata.adapters.transport.lines import Transport
from memorata.adapters.transport.rooms import Rooms
from memorata.config import Settings
from memorata.domain.lead import lead_ms
from memorata.domain.roles import Role
from memorata.domain.state import door_of, is_on
from memorata.services.accounts import AccountDesk
from memorata.services.admission import Admission
from memorata.services.agenda import Agenda
from memorata.services.archiving import Archiving, Tallies
from memorata.services.bus import Bus
from memorata.services.conductor import Conductor
from memorata.services.contacts import ContactDesk
from memorata.services.ice import IceFor, ice_for
from memorata.services.inviting import Inviting
from memorata.services.keeping import Keeping
from memorata.services.keys import Keys
from memorata.services.lags import LOOK_S as LAGS_LOOK_S
from memorata.services.lags import TELL_S as LAGS_TELL_S
from memorata.services.lags import Lags
from memorata.services.ledger import Ledger
from memorata.services.link_checks import LinkChecks, Probe
from memorata.services.live import LiveCeremonies
from memorata.services.meters import PEAKS_S, Meters
from memorata.services.moderation import Moderation
from memorata.services.occurrences import OccurrenceDesk
from memorata.services.page_recorder import PageRecorder
from memorata.services.planbook import PlanBook
from memorata.services.planner import Planner
from memorata.services.planning_ports import Archives, Contacts, Dues, SeriesStore, Trail
from memorata.services.ports import Alarm, Clock, Mailer, Participant, Seats, SecurityLog, StoreBusy
from memorata.services.presence import PresenceDesk
from memorata.services.pressure import COUNTS_NEVER, COUNTS_SELDOM, NAMES_NEVER, Load, Pressure
from memorata.services.privacy import Privacy
from memorata.services.readiness import Readiness
from memorata.services.recording import RecordingDesk
from memorata.services.reminding import Compose, Reminding
from memorata.services.retention import Retention
from memorata.services.seating import SeatingDesk
from memorata.services.series import SeriesDesk
from memorata.services.stage import StageDesk
from memorata.services.stage_front import StageFront
from memorata.services.stage_ports import StageEngine
from memorata.services.stage_recording import StageRecording
from memorata.services.stage_shared import KeeperPages, SharedStage, Stages
from memorata.services.streaming import Streaming
from memorata.services.together import Together
from memorata.services.troubles import LOOK_S, Troubles
from memorata.services.undoing import UndoDesk
from memorata.services.wrongs import Wrongs

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
    seating: SeatingDesk
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
    recordings: RecordingDesk
    privacy: Privacy
    stage: Stages
    keeping: Keeping
    wrongs: Wrongs
    streams: HlsStreams
    ice: IceFor
    alarm: Alarm
    security: SecurityLog
    bus: Bus
    lags: Lags
    pressure: Pressure
    meters: Meters
    metrics: Metrics
    readiness: Readiness
    troubles: Troubles
    disk: Disk
    instance: Instance
    """The place of a server at the store; claimed by who serves, and by nobody else."""

    def keep_time(self) -> None:
        """While a ceremony is on, go by the clock by which its instants were announced, whatever has become of it."""
        path = self.settings.data_dir / "clock"
        before = SystemClock.kept(path)
        if before is not None:
            known, instants = self.ceremonies.list(), (self.clock.now_ms(), before.now_ms())
            if any(is_on(state, now_ms) for state in known for now_ms in instants):
                self.clock.take_over(before)
        self.clock.keep(path)

    def start(self) -> None:
        """Begin to conduct: what came due while the server was down is settled first."""
        self.alarm.each(BEAT_S, "beat", self.publisher.beat)
        self.alarm.each(SWEEP_S, "sweep", self.publisher.sweep)
        self.alarm.each(ACCOUNTS_S, "accounts", self.publisher.sweep_accounts)
        self.alarm.each(3600.0, "old sessions", self.accounts.forget)
        self.alarm.each(INSTANCE_BEAT_S, "instance", self.instance.beat)
        self.bus.start()
        self.alarm.each(PEAKS_S, "peaks", self.meters.turn)
        self.presence.start()
        self.seating.start()
        self.stage.start()
        self.moderation.start()
        self.troubles.start()
        self.pressure.start(self.alarm)
        self.alarm.each(LOOK_S, "disk", self.disk.look)
        self.conductor.start()
        self.retention.start()
        self.recordings.start()
        self.planner.start()
        self.agenda.start()
        self.alarm.each(TRAIL_S, "trail", self.ledger.forget)
        self.alarm.start()

    def stop(self) -> None:
        self.alarm.stop()
        self.stage.end()
        self.bus.stop()
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
    meters = Meters()
    database = Database(settings.database_url, meters)
    database.upgrade()
    log, participants, invitations = SqlEventLog(database), SqlParticipants(database), SqlInvitations(database)
    known = KnownParticipants(participants, clock)
    bus = bus_of(settings)
    alone = isinstance(bus, Alone)
    together, wrongs = Together(bus), Wrongs(bus)
    publisher, alarm = SocketPublisher(), SystemAlarm()
    alarm.each(1.0, "wall clock", clock.watch)
    disk = Disk(settings.data_dir, settings.ballast_mb << 20)
    pressure = Pressure(lambda: Load(meters.loop_gap_s.take(), publisher.queued()[1], publisher.clients()))
    troubles = troubles_of(alarm, publisher.troubled, database, disk, clock, bus, pressure)

    def lead(ceremony_id: str) -> int:
        return lead_ms(lags.of(ceremony_id))

    def counted(ceremony_id: str) -> None:
        presence.touch(ceremony_id)

    def changed(participant: Participant) -> None:
        together.person_changed(participant)
        # What is being recorded is ended before it is deleted.
        stage.look(participant.ceremony_id)
        recordings.changed(participant)
        moderation.changed(participant)
        publisher.own_changed(participant.ceremony_id, participant.id)

    def forgotten(ceremony_id: str, participant_id: str | None) -> None:
        known.forget(ceremony_id, participant_id)
        presence.forget(ceremony_id, participant_id)
        moderation.touch(ceremony_id)
        recordings.forget(ceremony_id, participant_id)
        retention.purge_later()

    def written(ceremony_id: str) -> None:
        moderation.touch(ceremony_id)

    def happened(ceremony_id: str) -> None:
        stage.changed(ceremony_id)

    def sessions_ended() -> None:
        together.accounts_ended()
        publisher.sweep_accounts()

    def link_removed(ceremony_id: str, role: Role) -> None:
        together.link_removed(ceremony_id, role)
        publisher.removed(ceremony_id, role)

    def put_out(participant_id: str) -> None:
        together.put_out(participant_id)
        publisher.put_out(participant_id)

    def put_out_elsewhere(participant_id: str) -> None:
        known.forget("", participant_id)
        publisher.put_out(participant_id)

    def person_changed(ceremony_id: str, participant_id: str) -> None:
        known.forget(ceremony_id, participant_id)
        stage.look(ceremony_id)
        moderation.hear(participant_id)
        publisher.own_changed(ceremony_id, participant_id)

    def read_all() -> None:
        conductor.scan_due()
        moderation.follow()
        publisher.beat()

    lags = Lags(clock, meters, lambda ceremony_id: presence.lead_changed(ceremony_id))
    bus.on("lags", lags.hear)
    bus.on_left(lags.left)
    alarm.each(LAGS_LOOK_S, "lags", lags.look)
    alarm.each(LAGS_TELL_S, "lags of all", lambda: bus.tell("lags", lags.told()))
    ceremonies = LiveCeremonies(
        log,
        clock,
        publisher,
        counted,
        forgotten,
        written,
        happened,
        together.appended,
        together.marked,
        meters,
        lags.of,
        known.end,
    )
    seats: Seats = MemorySeats()
    if not alone:
        seats = shared = SharedSeats(bus, clock.now_ms, lambda ceremony_id, what: presence.heard(ceremony_id, what))
        alarm.each(FLUSH_S, "seats of all", shared.flush)
    presence = PresenceDesk(seats, publisher, clock, alarm, ceremonies.silent, meters, lags, pressure)
    moderation = Moderation(
        known,
        ceremonies,
        presence,
        publisher,
        clock,
        alarm,
        together.person_changed,
        together.looked,
    )
    keys = Keys(settings.secret_key)
    mailer: Mailer = SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else ConsoleMailer()
    accounts = AccountDesk(
        SqlAccounts(database),
        Argon2Passwords(),
        mailer,
        clock,
        ended=sessions_ended,
        note=structlog.get_logger("memorata.trail").info,
    )
    admission = Admission(
        keys,
        known,
        invitations,
        ceremonies.ids,
        lambda ceremony_id: door_of(ceremonies.state(ceremony_id)),
        clock,
        is_country,
        changed,
        link_removed,
        accounts.signed_in,
        wrongs.share,
    )

    def held() -> list[str]:
        now_ms = clock.now_ms()
        on = (state.programme for state in ceremonies.known() if is_on(state, now_ms))
        return [programme.ceremony_id for programme in on if programme is not None]

    seating = SeatingDesk(
        seats, settings.seats, bus, invitations, held, ceremonies.silent, keys, clock, alarm, presence.touch
    )
    films = DiskRecordings(settings.data_dir / "recordings")
    keeping = Keeping(SqlLeases(database, bus.me, own_process()), bus, lives_here)
    recordings = RecordingDesk(
        SqlRecordings(database),
        films,
        # A consent that was taken back at another worker holds here at once.
        known if alone else participants,
        clock,
        alarm,
        keeps=lambda: alone or keeping.mine,
    )
    streams, lines = HlsStreams(settings.data_dir / "streams"), SocketPages(publisher)

    def here(participant_id: str) -> bool:
        return bool(publisher.connections.of_participant(participant_id))

    def desk(pages: KeeperPages, version: int, online: Callable[[str], bool]) -> StageDesk:
        engine = engine_of(settings, films.incoming)
        recording = streaming = None
        if engine is not None:
            recording = StageRecording(engine, recordings, PageRecorder(recordings, pages), recordings.agreed)
            if settings.stream:
                # Of several workers whoever keeps the stage follows one that has left its encoders.
                streaming = Streaming(engine, streams, clock, alarm, lambda it: stage.changed(it), alone=not alone)
        return StageDesk(engine, ceremonies, pages, clock, alarm, online, recording, streaming, version)

    stage: Stages
    if not alone:
        keeping.on_taken(lambda _: recordings.take_over())
        front = StageFront(lines, ceremonies, clock, alarm, lambda: keeping.mine or bus.connected)
        stage = SharedStage(desk, front, bus, keeping, alarm, here)
    else:
        stage = desk(lines, 0, here)
    people = SqlPeople(database)
    retention = Retention(ceremonies, people, clock, alarm, settings.names_days)
    inviting = Inviting(keys, invitations, known, clock, is_country, put_out, wrongs.share)
    stores = Stores(
        SqlSeries(database),
        SqlContacts(database),
        SqlDues(database),
        SqlTrail(database),
        SqlArchives(database),
        SqlTallies(database),
    )
    letters = Letters(settings.base_url, settings.reply_to)
    conductor = Conductor(ceremonies, clock, alarm, log.forget_answers, alone=database.is_sqlite)
    together.attach(
        ceremonies,
        admission,
        moderation,
        publisher,
        publisher.sweep_accounts,
        person_changed,
        put_out_elsewhere,
        read_all,
    )
    planning = planning_on(
        stores,
        Agenda(stores.dues, clock, alarm, own_process()),
        settings.schedules_dir,
        clock,
        alarm,
        ceremonies,
        accounts,
        inviting,
        mailer,
        keys,
        letters,
        HttpsProbe() if settings.link_checks else None,
        tzdata,
    )
    services = Services(
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
        teller=Teller(ceremonies, presence, clock, troubles.now, seating.waiting, lead),
        seating=seating,
        retention=retention,
        recordings=recordings,
        privacy=Privacy(
            ceremonies,
            log,
            participants,
            people,
            stores.series,
            stores.contacts,
            stores.trail,
            keys,
            clock,
            retention.purge_later,
        ),
        conductor=conductor,
        agenda=planning.agenda,
        planner=planning.planner,
        plans=planning.book,
        planning=planning,
        letters=letters,
        ledger=planning.ledger,
        stage=stage,
        keeping=keeping,
        wrongs=wrongs,
        streams=streams,
        ice=ice_for(settings, ceremonies, clock),
        alarm=alarm,
        security=CountedSecurityLog(FileSecurityLog(settings.data_dir), meters.notes),
        lags=lags,
        pressure=pressure,
        meters=meters,
        metrics=Metrics(meters),
        readiness=Readiness(),
        troubles=troubles,
        disk=disk,
        instance=Instance(database, settings.instance, clock),
        bus=bus,
    )
    gauges.register(services)
    return services


def bus_of(settings: Settings) -> Bus:
    """How the workers of this installation hear of each other; a single one has nobody to hear of."""
    if not settings.redis_url or settings.database_url.startswith("sqlite"):
        return Alone()
    redis: Any = import_module("memorata.adapters.bus.redis")  # whose library one server needs not have
    bus: Bus = redis.RedisBus(settings.redis_url, settings.secret_key, settings.instance)
    return bus


def troubles_of(
    alarm: Alarm,
    changed: Callable[[], object],
    database: Database,
    disk: Disk,
    clock: SystemClock,
    bus: Bus,
    pressure: Pressure,
) -> Troubles:
    """What those who lead are told of, and whoever looks after the server."""
    troubles = Troubles(alarm, changed)
    troubles.watch("store.away", lambda: database.away_s is not None)
    troubles.watch("disk.full", lambda: disk.is_full or database.is_full)
    troubles.watch("disk.short", lambda: disk.is_short and not disk.is_full)
    troubles.watch("clock.moved", lambda: clock.has_jumped)
    troubles.watch("workers.apart", lambda: bus.returns >= 0 and not bus.connected)
    troubles.watch("crowd.names", lambda: pressure.level == NAMES_NEVER)
    troubles.watch("crowd.seldom", lambda: pressure.level == COUNTS_SELDOM)
    troubles.watch("crowd.counts", lambda: pressure.level >= COUNTS_NEVER)
    return troubles


def engine_of(settings: Settings, recorded: Path) -> StageEngine | None:
    """What carries the live pictures; `None`: nothing does.

    Args: recorded: where a media server writes what is recorded.
    """
    if settings.stage == "off":
        return None
    if settings.stage == "mesh":
        return MeshEngine()
    return JanusEngine(
        settings.janus_url,
        settings.janus_secret,
        settings.janus_admin_key,
        settings.secret_key,
        recorded,
        settings.data_dir / "janus.session",
    )


@dataclass(frozen=True, slots=True)
class Stores:
    """What planning keeps; tests keep it in memory."""

    series: SeriesStore
    contacts: Contacts
    dues: Dues
    trail: Trail
    archives: Archives
    tallies: Tallies


def planning_on(
    stores: Stores,
    agenda: Agenda,
    folder: Path,
    clock: Clock,
    alarm: Alarm,
    ceremonies: LiveCeremonies,
    accounts: AccountDesk,
    inviting: Inviting,
    mailer: Mailer,
    keys: Keys,
    letters: Compose,
    probe: Probe | None,
    tzdata: str,
) -> Planning:
    """Series, their dates and people, and all that comes due for them; files beside the schedules lie in `folder`."""
    texts = FolderTexts(folder)
    book, ledger = PlanBook(stores.series, stores.archives, texts), Ledger(stores.trail, clock)
    planner = Planner(stores.series, book, ceremonies, agenda, stores.trail, clock, alarm, tzdata)
    series = SeriesDesk(stores.series, book, texts, planner, ledger, clock)
    occurrences = OccurrenceDesk(
        stores.series,
        stores.contacts,
        stores.archives,
        book,
        texts,
        planner,
        agenda,
        ceremonies,
        series,
        ledger,
        clock,
    )
    people = ContactDesk(stores.contacts, book, planner, agenda, ledger, clock, is_country, zones.is_zone)
    reminding = Reminding(stores.series, stores.contacts, stores.dues, book, inviting, mailer, keys, clock, letters)
    agenda.on("reminder", reminding.remind)
    agenda.on("change", reminding.changed)
    agenda.on("cancel", reminding.cancelled)
    agenda.on("mail", reminding.send, once=True)
    checks = LinkChecks(ceremonies, stores.archives, probe, lambda name: (folder / name).is_file(), clock)
    agenda.on("link_check", checks.due)
    Archiving(ceremonies, stores.archives, stores.tallies, agenda, clock)
    return Planning(
        accounts=accounts,
        agenda=agenda,
        ledger=ledger,
        book=book,
        texts=texts,
        planner=planner,
        series=series,
        occurrences=occurrences,
        contacts=people,
        undoing=UndoDesk(stores.trail, stores.series, series, occurrences, people, ledger, clock),
        reminding=reminding,
        checks=checks,
        trail=stores.trail,
        shelves=Shelves(stores.series, stores.contacts, stores.dues, stores.archives),
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
    # On plain threads whoever writes may be halted, so there the library does it all.
    rooms = Rooms() if settings.is_fast and green.is_green() else None
    socketio = SocketIO(
        app,
        client_manager=rooms,
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
    server, now = socketio.server, services.clock.now
    lines = Lines(server.eio, now) if rooms is None else Transport(server, rooms, now, is_prompt)
    services.publisher.attach(server, services.teller, services.admission)
    CeremonySocket(
        server,
        services.publisher,
        services.teller,
        services.ceremonies,
        services.admission,
        services.presence,
        services.moderation,
        services.stage,
        services.ice,
        services.clock,
        services.security,
        lines,
        services.seating,
    )
    by_monotonic_time()
    app.wsgi_app = gate.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app, socketio
