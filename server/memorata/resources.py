"""Where the files that come with the package lie, in a wheel and in a checkout alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def schedules_dir() -> Path:
    """The schedules that are shipped: beside the package in a wheel, at the root in a checkout."""
    shipped = _PACKAGE / "schedules_shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parent.parent / "schedules"


def web_dir() -> Path:
    """The built client: `.vite/manifest.json` maps each page to its files, `assets/` holds them."""
    return _PACKAGE / "web"


def locales_dir() -> Path:
    """The server's catalogues: `<language>/LC_MESSAGES/messages.{po,mo}`."""
    return _PACKAGE / "locales"


def static_dir() -> Path:
    """The style and script of pages that the server renders."""
    return _PACKAGE / "static"
