"""The TOML of series for the services: files beside the schedule are those of one folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from memorata.adapters.schedules.documents import document_of, merged, read_text
from memorata.adapters.schedules.faults import Fault, Faulty
from memorata.domain.anniversary import Series
from memorata.domain.errors import Refused
from memorata.services.series import told_of


class FolderTexts:
    """Implements `Texts`; `folder` holds `media/`."""

    def __init__(self, folder: Path, peertube_hosts: frozenset[str] = frozenset()) -> None:
        self._folder = folder
        self._peertube_hosts = peertube_hosts

    def read(self, series_id: str, text: str, own: str = "") -> tuple[Series | None, Sequence[Fault]]:
        return read_text(series_id, text, self._folder, self._peertube_hosts, own)

    def document(self, text: str) -> dict[str, Any]:
        try:
            return document_of(text)
        except Faulty as faulty:
            raise Refused("schedule.faulty", faults=told_of(faulty.faults)) from None

    def merged(self, text: str, document: Mapping[str, Any]) -> str:
        try:
            return merged(text, document)
        except Faulty as faulty:
            raise Refused("schedule.faulty", faults=told_of(faulty.faults)) from None
