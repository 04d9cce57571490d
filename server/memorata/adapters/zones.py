"""Which zone data this process reckons with: the system's or those of the package `tzdata`, whichever are newer."""

import zoneinfo
from functools import cache
from pathlib import Path
from typing import Any

import tzdata as _package  # type: ignore[import-untyped]

_PACKAGED: Any = _package.IANA_VERSION
UNKNOWN = ""


def prefer_newest() -> str:
    """Take the newer data for this whole process; returns the name of their release, like `2026f`.

    Laws about clocks change every year. A system that is seldom upgraded must not hold a ceremony at the wrong hour.
    """
    found = system()
    if found >= _PACKAGED:
        return found
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
    known.cache_clear()
    return str(_PACKAGED)


def system() -> str:
    """The release of the system's own data; `UNKNOWN`, older than any, where there are none or they do not say."""
    folder = next((one for one in map(Path, zoneinfo.TZPATH) if (one / "Europe" / "London").is_file()), None)
    if folder is None:
        return UNKNOWN
    for name, mark in (("tzdata.zi", "# version "), ("+VERSION", "")):
        try:
            with (folder / name).open(encoding="ascii") as opened:
                line = opened.readline().strip()
        except OSError:
            continue
        if line.startswith(mark) and line[len(mark) :]:
            return line[len(mark) :][:20]
    return UNKNOWN


@cache
def known() -> tuple[str, ...]:
    """The zones that are named after places, in their order, and UTC."""
    places = (name for name in zoneinfo.available_timezones() if "/" in name)
    return (*sorted(name for name in places if not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))), "UTC")


def is_zone(name: str) -> bool:
    return name in known()
