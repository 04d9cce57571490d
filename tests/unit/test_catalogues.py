"""Catalogues: nothing lost, nothing guessed, and every fault told."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import catalogues


def a_template(*texts: str | tuple[str, str]) -> Catalog:
    template = Catalog()
    for text in texts:
        template.add(text, None, [("view/roster.tsx", 7)])
    return template


def a_catalogue(tmp_path: Path, body: str, head: str = "") -> Path:
    path = tmp_path / "ru.po"
    path.write_text(f'{head}msgid ""\nmsgstr ""\n"Language: ru\\n"\n\n{body}')
    return path


def found(template: Catalog, path: Path) -> list[str]:
    return list(catalogues.faults(template, catalogues.read(path, "ru")))


def test_renewing_keeps_translations_and_brings_back_what_was_said_before(tmp_path: Path) -> None:
    path = a_catalogue(tmp_path, 'msgid "Bell"\nmsgstr "Колокол"\n', head="# Слова: Анна.\n")
    path.write_text(catalogues.renewed(a_template("Wreath"), path, "ru"))
    assert path.read_text().startswith("# Слова: Анна.\nmsgid")
    assert '#~ msgid "Bell"\n#~ msgstr "Колокол"\n' in path.read_text()
    assert found(a_template("Bell"), path) == ['"Bell" is missing; run make messages']

    path.write_text(catalogues.renewed(a_template("Bell"), path, "ru"))
    assert found(a_template("Bell"), path) == []


def test_renewing_twice_changes_nothing_and_names_no_line_or_date(tmp_path: Path) -> None:
    template = a_template("Bell", ("{n} year", "{n} years"))
    path = tmp_path / "ru.po"
    path.write_text(catalogues.renewed(template, path, "ru"))
    first = path.read_text()
    assert catalogues.renewed(template, path, "ru") == first
    assert "#: view/roster.tsx\n" in first
    assert "Date" not in first


def test_a_similar_text_is_not_taken_for_a_translation(tmp_path: Path) -> None:
    path = a_catalogue(tmp_path, 'msgid "The floor is yours"\nmsgstr "Слово вам"\n')
    path.write_text(catalogues.renewed(a_template("The floor is not yours"), path, "ru"))
    assert found(a_template("The floor is not yours"), path) == ['"The floor is not yours" has no translation']


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", '"Hello, {name}" is missing; run make messages'),
        ('msgid "Hello, {name}"\nmsgstr ""\n', '"Hello, {name}" has no translation'),
        ('#, fuzzy\nmsgid "Hello, {name}"\nmsgstr "Привет, {name}"\n', '"Hello, {name}" is marked as unsure'),
        (
            'msgid "Hello, {name}"\nmsgstr "Привет, {имя}"\n',
            "\"Hello, {name}\" has ['name'] to fill in, but \"Привет, {имя}\" has ['имя']",
        ),
    ],
)
def test_a_fault_is_told(tmp_path: Path, body: str, fault: str) -> None:
    assert found(a_template("Hello, {name}"), a_catalogue(tmp_path, body)) == [fault]


def test_a_form_for_several_numbers_must_write_the_number(tmp_path: Path) -> None:
    head = 'msgid "{n} year"\nmsgid_plural "{n} years"\n'
    path = a_catalogue(tmp_path, f'{head}msgstr[0] "год"\nmsgstr[1] "{{n}} года"\nmsgstr[2] "{{n}} лет"\n')
    assert found(a_template(("{n} year", "{n} years")), path) == [
        '"{n} year" has [\'n\'] to fill in, but "год" has []'  # 21 years take this form too
    ]


def test_every_catalogue_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.check() == 0, capsys.readouterr().out
