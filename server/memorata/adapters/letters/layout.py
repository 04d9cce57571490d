"""Lays out a mail: once as plain text with short lines, once as HTML that says the same and fetches nothing."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 72

_BODY = (
    "margin:0;background:#f7f5f0;color:#14161a;"
    "font:18px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
)
_PAPER = "max-width:36em;margin:0 auto;padding:28px 20px;background:#ffffff"
_TITLE = "margin:0 0 4px;font:26px/1.25 Georgia,'Noto Serif','Times New Roman',serif"
_LINE = "margin:0;font-size:20px"
_PARAGRAPH = "margin:18px 0"
_BUTTON = (
    "display:inline-block;padding:16px 26px;border-radius:8px;background:#1f2329;color:#ffffff;"
    "font-size:20px;text-decoration:none"
)
_QUIET_BUTTON = (
    "display:inline-block;padding:14px 22px;border:2px solid #1f2329;border-radius:8px;color:#14161a;"
    "font-size:20px;text-decoration:none"
)
_ADDRESS = "margin:4px 0 0;font-size:15px;color:#4a4f57;overflow-wrap:anywhere;word-break:break-all"
_FOOT = "margin:28px 0 0;padding:14px 0 0;border-top:1px solid #c9c5ba;font-size:15px;color:#4a4f57"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines as somebody wrote them."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """What the mail is about, and what stands below it."""

    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines that must be found at a glance, with perhaps one that says what they are."""

    lines: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address to be opened: `label` says what for, `press` is written on the button."""

    label: str
    press: str
    address: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Foot:
    """Small print at the end, with an address."""

    text: str
    address: str


Block = Paragraph | Title | Facts | Link | Foot


def plain(blocks: Sequence[Block]) -> str:
    """As text; an address stands alone on its line, whole."""
    return "\n\n".join(_plain(block) for block in blocks) + "\n"


def _plain(block: Block) -> str:
    match block:
        case Paragraph():
            return "\n".join(_filled(line) for line in block.text.splitlines())
        case Title():
            return "\n".join(_filled(line) for line in (block.text, *block.below) if line)
        case Facts():
            label = [_filled(block.label)] if block.label else []
            return "\n".join([*label, *(_filled(line, "  ") for line in block.lines)])
        case Link():
            return f"{_filled(block.label or block.press)}\n  {block.address}"
        case Foot():
            # What is below such a line is taken for a signature, and not quoted in answers (RFC 3676, 4.3).
            return f"-- \n{_filled(block.text)}\n{block.address}"


def _filled(line: str, indent: str = "") -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def html(blocks: Sequence[Block], language: str, direction: str, subject: str) -> str:
    """As a page of its own, without pictures, scripts or anything from elsewhere."""
    return (
        Markup(
            '<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{subject}</title></head>\n'
            '<body style="{body}">\n<div style="{paper}">\n'
        ).format(language=language, direction=direction, subject=subject, body=_BODY, paper=_PAPER)
        + Markup("\n").join(_marked(block) for block in blocks)
        + Markup("\n</div>\n</body>\n</html>\n")
    )


def _marked(block: Block) -> Markup:
    match block:
        case Paragraph():
            return Markup('<p style="{}">{}</p>').format(_PARAGRAPH, _lines(block.text.splitlines()))
        case Title():
            below = Markup("").join(Markup('<p style="margin:0">{}</p>').format(line) for line in block.below if line)
            return Markup('<h1 style="{}">{}</h1>{}').format(_TITLE, block.text, below)
        case Facts():
            label = Markup('<p style="margin:18px 0 4px">{}</p>').format(block.label) if block.label else Markup("")
            lines = Markup("").join(Markup('<p style="{}">{}</p>').format(_LINE, line) for line in block.lines)
            return Markup('<div style="margin:18px 0">{}{}</div>').format(label, lines)
        case Link():
            label = Markup('<p style="margin:0 0 8px">{}</p>').format(block.label) if block.label else Markup("")
            button = Markup('<a href="{}" style="{}">{}</a>').format(
                block.address, _QUIET_BUTTON if block.quiet else _BUTTON, block.press
            )
            address = Markup("") if block.quiet else Markup('<p style="{}">{}</p>').format(_ADDRESS, block.address)
            return Markup('<div style="margin:20px 0">{}{}{}</div>').format(label, button, address)
        case Foot():
            link = Markup('<a href="{}" style="color:#4a4f57;word-break:break-all">{}</a>').format(
                block.address, block.address
            )
            return Markup('<p style="{}">{}<br>{}</p>').format(_FOOT, block.text, link)


def _lines(lines: Sequence[str]) -> Markup:
    return Markup("<br>").join(lines)
