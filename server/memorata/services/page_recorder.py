"""Where pages reach each other there is nobody between who could record: one host's page does it for all.

When that page goes, another host's page takes over with a further part; while there is none, nothing is recorded, and
whoever comes next goes on.
"""

from dataclasses import dataclass

from memorata import green
from memorata.services.recording_ports import Recorder, RecordingPages
from memorata.services.stage_ports import Tab


@dataclass(slots=True)
class _Job:
    """What is to be recorded; `part` is the name it is sent under now, `sid` the page at work, `None` for nobody."""

    ceremony_id: str
    key: str
    feed_id: str
    part: str
    sid: str | None = None
    begun: bool = False


class PageRecorder:
    def __init__(self, recorder: Recorder, pages: RecordingPages) -> None:
        self._recorder = recorder
        self._pages = pages
        self._lock = green.lock()
        self._tabs: dict[str, list[str]] = {}
        self._jobs: dict[str, _Job] = {}

    def arrived(self, tab: Tab) -> None:
        """A host's page draws the stage; a page that says so again is no other."""
        with self._lock:
            tabs = self._tabs.setdefault(tab.ceremony_id, [])
            if tab.sid not in tabs:
                tabs.append(tab.sid)
            for job in self._jobs.values():
                if job.sid == tab.sid:  # what it was told before may have been lost on the way
                    self._pages.record(tab.sid, job.part, job.key, job.feed_id, on=True)
            for name, job in list(self._jobs.items()):
                if job.ceremony_id == tab.ceremony_id and job.sid is None:
                    self._assign(name, job)

    def gone(self, sid: str) -> None:
        """The page draws the stage no more, or its line is lost."""
        with self._lock:
            for ceremony_id, tabs in list(self._tabs.items()):
                if sid in tabs:
                    tabs.remove(sid)
                if not tabs:
                    del self._tabs[ceremony_id]
            for name, job in list(self._jobs.items()):
                if job.sid == sid:
                    job.sid = None
                    self._assign(name, job)

    def record(self, ceremony_id: str, key: str, feed_id: str, name: str) -> bool:
        """Have a feed recorded under a name of the Recorder; False while no host's page is there to do it."""
        with self._lock:
            job = self._jobs[name] = _Job(ceremony_id, key, feed_id, name)
            self._assign(name, job)
            return job.sid is not None

    def stop(self, name: str) -> None:
        """One that is not known is no fault."""
        with self._lock:
            job = self._jobs.pop(name, None)
            if job is not None and job.sid is not None:
                self._pages.record(job.sid, job.part, job.key, job.feed_id, on=False)

    def records(self, ceremony_id: str) -> bool:
        """Whether there is a page that could."""
        return bool(self._tabs.get(ceremony_id))

    def _assign(self, name: str, job: _Job) -> None:
        tabs = self._tabs.get(job.ceremony_id)
        if not tabs:
            return
        if job.begun:
            further = self._recorder.another(job.part)
            if further is None:
                del self._jobs[name]
                return
            job.part = further
        job.sid, job.begun = tabs[0], True
        self._pages.record(job.sid, job.part, job.key, job.feed_id, on=True)
