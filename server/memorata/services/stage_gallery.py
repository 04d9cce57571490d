"""Who watches a stage: one page each, and where the engine has a limit, who of them gets links. Hosts go first."""

from collections.abc import Collection
from dataclasses import dataclass

from memorata.domain.roles import is_staff
from memorata.services.ports import Participant
from memorata.services.stage_ports import StageEngine, Tab


@dataclass(slots=True)
class Viewer:
    """`page` is the same for a page that comes back by another line; one that is `lost` keeps its links for a while."""

    tab: Tab
    who: Participant
    page: str
    picture: bool
    carried: bool = True
    lost: bool = False


class Gallery:
    """Those of one ceremony, by the numbers of their lines. Thousands come: nothing here looks through all of them."""

    def __init__(self, engine: StageEngine) -> None:
        self._engine = engine
        self._viewers: dict[str, Viewer] = {}
        self._carried: dict[str, Viewer] = {}
        self._pages: dict[tuple[str, str], str] = {}
        self.watching = 0
        """How many pages watch whose lines are not lost."""

    def __contains__(self, sid: str) -> bool:
        return sid in self._viewers

    def come(self, who: Participant, sid: str, page: str, *, picture: bool, sending: Collection[str]) -> Viewer | None:
        """A page watches from now on, with or without pictures; returns what it was by its line before, if it was.

        Args: sending: lines of pages that send, which no host takes the links from.
        """
        before = self._viewers.get(self._pages.get((who.id, page), ""))
        if before is not None and before.tab.sid != sid:
            self.lose(before.tab.sid)
        else:
            before = None
        self._pages[who.id, page] = sid
        viewer = self._viewers.get(sid)
        if viewer is None:
            viewer = self._viewers[sid] = Viewer(Tab(sid, who.ceremony_id, who.id), who, page, picture)
            self.watching += 1
        viewer.picture = picture
        self._seat(viewer, sending)
        return before

    def lose(self, sid: str) -> None:
        """The line of a page is gone; its links stay for a while."""
        viewer = self._viewers.get(sid)
        if viewer is not None and not viewer.lost:
            viewer.lost = True
            self.watching -= 1

    def leave(self, sid: str, sending: Collection[str]) -> None:
        """A page watches no more; whoever waits for a place gets its links."""
        self.lose(sid)
        viewer = self._viewers.pop(sid, None)
        if viewer is None:
            return
        if self._pages.get((viewer.who.id, viewer.page)) == sid:
            del self._pages[viewer.who.id, viewer.page]
        self._engine.remove_viewer(sid)
        if self._carried.pop(sid, None) is not None:
            waiting = next((one for one in self._viewers.values() if not one.carried and not one.lost), None)
            if waiting is not None:
                self._seat(waiting, sending)

    def again(self) -> None:
        """The engine knows nothing of before: everybody who is there gets links anew."""
        for viewer in self._viewers.values():
            if viewer.carried and not viewer.lost:
                self._engine.add_viewer(viewer.tab, picture=viewer.picture)

    def _seat(self, viewer: Viewer, sending: Collection[str]) -> None:
        most = self._engine.carries().most
        if most is not None and viewer.tab.sid not in self._carried:
            # The speaker's own page is one of those who watch, and needs no link to itself.
            if sum(not one.lost for one in self._carried.values()) > most and not self._make_room(viewer, sending):
                viewer.carried = False
                return
            self._carried[viewer.tab.sid] = viewer
        viewer.carried = True
        self._engine.add_viewer(viewer.tab, picture=viewer.picture)

    def _make_room(self, viewer: Viewer, sending: Collection[str]) -> bool:
        """A host goes before whoever of the audience came last and does not send."""
        if not is_staff(viewer.who.role):
            return False
        for last in reversed(self._carried.values()):
            if not last.lost and not is_staff(last.who.role) and last.tab.sid not in sending:
                last.carried = False
                del self._carried[last.tab.sid]
                self._engine.remove_viewer(last.tab.sid)
                return True
        return False
