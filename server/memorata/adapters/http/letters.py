"""What is handed on of invitations: links as a table, and letters to be printed, a sheet for each person."""

from collections.abc import Sequence

from flask import render_template

from memorata.adapters import qr
from memorata.adapters.csv_out import table
from memorata.domain.programme import Programme
from memorata.domain.roles import at_least
from memorata.services.inviting import Issued

COLUMNS = ("name", "community", "country", "role", "link", "code", "pin", "mail", "id")


def address(base_url: str, issued: Issued) -> str:
    """Where a personal link leads: to the console for those who lead."""
    door = "h" if at_least(issued.invitation.role, "moderator") else "e"
    return f"{base_url}/{door}/{issued.key}"


def table_of(base_url: str, issued: Sequence[Issued]) -> str:
    """The links, codes and PINs as CSV, a line for each person; whoever has it can come in."""
    rows = [
        {
            "name": one.invitation.name,
            "community": one.invitation.community,
            "country": one.invitation.country,
            "role": one.invitation.role,
            "link": address(base_url, one),
            "code": one.code,
            "pin": one.pin,
            "mail": one.invitation.mail,
            "id": one.invitation.id,
        }
        for one in issued
    ]
    return table(COLUMNS, rows)


def letters_page(base_url: str, programme: Programme, issued: Sequence[Issued]) -> str:
    """A sheet for each person: name, link as a picture and in words, number to be read out, telephone."""
    sheets = []
    for one in issued:
        link = address(base_url, one)
        size, path = qr.drawn(link)
        sheets.append({"invitation": one.invitation, "link": link, "size": size, "path": path, "code": one.code})
    code_page = f"{base_url}/c/{programme.ceremony_id}/code"
    number = programme.telephone
    return render_template("letters.html", programme=programme, sheets=sheets, code_page=code_page, number=number)
