"""Which zone data this process reckons with: the system's where it has any, else those of the package `tzdata`."""

import zoneinfo
from pathlib import Path

import tzdata


def version() -> str:
    """The name of the release, like `2026f`; `unknown` where the system does not say."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "Europe" / "London").is_file():
            return _told(folder)
    return tzdata.IANA_VERSION


def _told(folder: Path) -> str:
    for name, mark in (("tzdata.zi", "# version "), ("+VERSION", "")):
        try:
            with (folder / name).open(encoding="ascii") as opened:
                line = opened.readline().strip()
        except OSError:
            continue
        if line.startswith(mark) and line[len(mark) :]:
            return line[len(mark) :][:20]
    return "unknown"
