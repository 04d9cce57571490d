"""Keeps the catalogues of server and client: collects the texts, renews each language, and says what is amiss.

    python server/catalogues.py update [language...]   `make messages`; a language named here is begun
    python server/catalogues.py check                  part of `make check`

English is the texts themselves and has no catalogue. Nothing is lost: what is no longer said stays at the end of the
file, commented out, and comes back with its translation when it is said again. Nothing is guessed and nothing is
dated, so that running it twice changes nothing.
"""

import gettext
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 110
SHOWN = 20  # faults of one catalogue; the rest is counted
HOLE = re.compile(r"\{(\w+)\}|%\((\w+)\)[sd]")
# gettext's own names, and N_ for a text that is translated elsewhere.
PYTHON_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


class Unreadable(Exception):
    """A source whose texts cannot be collected; the text says where."""


@dataclass(frozen=True, slots=True)
class Side:
    """Server or client: how its texts are collected, and where the catalogue of a language lies."""

    name: str
    collect: Callable[[], Catalog]
    place: Callable[[str], Path]
    existing: Callable[[], list[str]]


def of_server() -> Catalog:
    """The texts in Python modules and Jinja templates."""
    template = Catalog()
    package = ROOT / "server/memorata"
    found = extract_from_dir(
        str(package),
        method_map=[("**/templates/**", "jinja2"), ("**.py", "python")],
        # Line breaks within {% trans %} are the template's, not the text's.
        options_map={"**/templates/**": {"trimmed": "true", "silent": "false", "encoding": "utf-8"}},
        keywords=PYTHON_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, line, message, comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        template.add(message, None, [(f"server/memorata/{name}", line)], auto_comments=comments, context=context)
    return template


def of_client() -> Catalog:
    """The texts in TypeScript, read by the compiler's own parser."""
    command = [sys.executable, "server/hatch_build.py", "npm", "run", "--silent", "texts"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unreadable(done.stderr.strip() or done.stdout.strip())
    template = Catalog()
    # npm may have been installing first, and told so.
    for found in json.loads(done.stdout[done.stdout.index("[") :]):
        message = (found["id"], found["plural"]) if "plural" in found else found["id"]
        note = [found["note"]] if found["note"] else []
        template.add(message, None, [(found["file"], found["line"])], auto_comments=note, context=found.get("context"))
    return template


LOCALES = ROOT / "server/memorata/locales"
TEXTS = ROOT / "client/src/text"
SIDES = (
    Side(
        "server",
        of_server,
        lambda language: LOCALES / language / "LC_MESSAGES/messages.po",
        lambda: [path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/messages.po")],
    ),
    Side(
        "client",
        of_client,
        lambda language: TEXTS / f"{language}.po",
        lambda: [path.stem for path in TEXTS.glob("*.po")],
    ),
)


def languages() -> list[str]:
    """Each language that either side speaks; both have to."""
    return sorted({language for side in SIDES for language in side.existing()})


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as opened:
        return read_po(opened, locale=language, abort_invalid=True)


def renewed(template: Catalog, path: Path, language: str) -> str:
    """The text of a catalogue that says what the template says, with the translations there are."""
    catalogue = read(path, language) if path.is_file() else Catalog(locale=language)
    # Babel leaves these where they are; said again, they come back.
    for key, once in list(catalogue.obsolete.items()):
        if template.get(once.id, once.context) is not None:
            catalogue.add(once.id, once.string, flags=once.flags, context=once.context)
            del catalogue.obsolete[key]
    # Guessing from similar texts puts wrong words into a ceremony.
    catalogue.update(template, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    header = (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    )
    return f"{credits_of(path)}{header}\n{body.getvalue().decode().strip()}".strip() + "\n"


def credits_of(path: Path) -> str:
    """The comment at the head of a catalogue, where translators sign."""
    lines = path.read_text().splitlines() if path.is_file() else []
    upto = next((number for number, line in enumerate(lines) if not re.match(r"#(?![.:,~|])", line)), len(lines))
    return "".join(f"{line}\n" for line in lines[:upto])


def update(begun: list[str]) -> None:
    wanted = sorted({*languages(), *begun})
    for side in SIDES:
        template = side.collect()
        for language in wanted:
            path = side.place(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(renewed(template, path, language))
            lacking = sum(1 for _ in faults(template, read(path, language)))
            print(f"{path.relative_to(ROOT)}: {len(template)} texts, {lacking} faults")


def faults(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What is amiss in a catalogue, one sentence each."""
    for wanted in template:
        if not wanted.id:
            continue
        found = catalogue.get(wanted.id, wanted.context)
        text = wanted.id if isinstance(wanted.id, str) else wanted.id[0]
        if found is None:
            yield f'"{text}" is missing; run make messages'
        elif isinstance(found.id, str) != isinstance(wanted.id, str):
            yield f'"{text}" counts on one side only; run make messages'
        elif not all(forms(found)):
            yield f'"{text}" has no translation'
        elif found.fuzzy:
            yield f'"{text}" is marked as unsure'
        else:
            yield from holes(found, catalogue)


def holes(message: Message, catalogue: Catalog) -> Iterator[str]:
    """Where a translation lost or invented a {name}."""
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = holes_of(originals[-1])
    choose = gettext.c2py(catalogue.plural_expr)
    for index, form in enumerate(forms(message)):
        found = holes_of(form)
        if found == wanted:
            continue
        # A form for one number alone may write it as a word, or leave it out.
        numbers = [n for n in range(1001) if choose(n) == index]
        if len(originals) > 1 and len(numbers) == 1 and found == wanted - {"n", "num", "count"}:
            continue
        yield f'"{originals[0]}" has {sorted(wanted)} to fill in, but "{form}" has {sorted(found)}'


def holes_of(text: str) -> set[str]:
    return {first or second for first, second in HOLE.findall(text)}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ("",))


def check() -> int:
    whole = True
    for side in SIDES:
        template = side.collect()
        for language in languages():
            path = side.place(language)
            found = list(faults(template, read(path, language) if path.is_file() else Catalog(locale=language)))
            whole = whole and not found
            for fault in found[:SHOWN]:
                print(f"{path.relative_to(ROOT)}: {fault}")
            if len(found) > SHOWN:
                print(f"{path.relative_to(ROOT)}: and {len(found) - SHOWN} more")
    return 0 if whole else 1


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["update", *begun]:
                update(begun)
                return 0
            case ["check"]:
                return check()
            case _:
                print(__doc__)
                return 2
    except Unreadable as fault:
        print(fault, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
