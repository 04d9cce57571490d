"""The tables of the figures, for the terminal and for docs/performance.md."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.load.scale.figures import Summary, quietest_ms, summary, verdicts
from tests.load.tables import number, renew, table

BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
OURS = "ours"
PEERS = ("bare", "node")

TABLES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Coming in",
        (
            ("joins/s", "joins_per_s"),
            ("in after, ms: p50", "join_p50_ms"),
            ("p99", "join_p99_ms"),
            ("CPU µs a join", "join_cpu_us"),
            ("kB sent a join", "join_wire_kb"),
            ("kB of memory each", "memory_kb"),
            ("not in", "join_failed"),
        ),
    ),
    (
        "An event to all",
        (
            ("one: first, ms", "fan_first_ms"),
            ("median", "fan_median_ms"),
            ("last", "fan_last_ms"),
            ("10/s: p50, ms", "deliver_p50_ms"),
            ("p99", "deliver_p99_ms"),
            ("arrived, %", "deliver_percent"),
            ("CPU µs each", "deliver_cpu_us"),
            ("CPU, %", "flow_cpu_percent"),
        ),
    ),
    (
        "The answer to a question for the time",
        (
            ("during 10 events/s, ms: p50", "clock_p50_ms"),
            ("p99", "clock_p99_ms"),
            ("asked 1,000/s: p50", "ack_p50_ms"),
            ("p99 ", "ack_p99_ms"),
            ("CPU µs each", "ack_cpu_us"),
            ("in a stampede: p50", "stampede_clock_p50_ms"),
            ("p99  ", "stampede_clock_p99_ms"),
        ),
    ),
    (
        "Going and coming, all at once",
        (
            ("all leave: quiet after s", "leave_settled_s"),
            ("longest answer, ms", "leave_stall_ms"),
            ("others come: last in after s", "stampede_s"),
            ("not in", "stampede_failed"),
            ("all drop and return: last in after s", "return_s"),
            ("not in ", "return_failed"),
            ("longest answer, ms ", "return_stall_ms"),
        ),
    ),
    (
        "Staying",
        (
            ("inside", "held"),
            ("for s", "hold_s"),
            ("lost", "hold_lost"),
            ("CPU, %", "idle_percent"),
        ),
    ),
)
"""Headings, and what stands in each column."""

COUNTS = ("not in", "not in ", "lost", "inside", "for s", "joins/s")


def summaries(result: dict[str, Any]) -> dict[int, dict[str, Summary]]:
    best_ms = quietest_ms(run for of in result["sizes"].values() for runs in of.values() for run in runs)
    return {
        int(clients): {candidate: summary(runs, best_ms) for candidate, runs in of.items()}
        for clients, of in result["sizes"].items()
    }


def cell(head: str, figure: str, of: Summary) -> str:
    value = of.figures.get(figure)
    if value is None:
        return "-"
    text = f"{value:,.0f}" if head in COUNTS or value >= 1000 else number(value)
    return f"{text}*" if figure in of.doubtful else text


def size_tables(of: dict[str, Summary]) -> list[tuple[str, str]]:
    """Heading and table, of what was measured."""
    told = []
    for heading, columns in TABLES:
        rows = [
            [candidate, *(cell(head, figure, one) for head, figure in columns)]
            for candidate, one in of.items()
            if any(figure in one.figures for _, figure in columns)
        ]
        if rows:
            told.append((heading, table(["", *(head.rstrip() for head, _ in columns)], rows)))
    return told


def goals_table(found: Sequence[dict[str, Any]], of: dict[int, dict[str, Summary]]) -> str:
    rows = []
    for verdict in found:
        sign, unit = "≥" if verdict["at_least"] else "≤", f" × {verdict['than']}" if verdict["than"] else ""
        others = of[verdict["clients"]]
        reached = f"{_plain(verdict['reached'])}{unit}" + ("*" if verdict["doubtful"] else "")
        said = "met" if verdict["met"] else "**missed**"
        rows.append(
            [
                verdict["what"],
                f"{verdict['clients']:,}",
                f"{sign} {_plain(verdict['bound'])}{unit}",
                reached,
                f"{said}, {verdict['missing']} lost" if verdict["missing"] else said,
                _plain(verdict["ours"]),
                *(_plain(others[peer].figures.get(verdict["figure"])) if peer in others else "-" for peer in PEERS),
            ]
        )
    return table(["", "clients", "goal", "reached", "", "ours", *PEERS], rows)


def _plain(value: float | None) -> str:
    return f"{value:,.0f}" if value is not None and value >= 1000 else number(value)


def _rounds(count: int) -> str:
    return "One round." if count == 1 else f"Medians of {count} rounds."


def notes(of: dict[str, Summary], rounds: int) -> list[str]:
    """What belongs to the tables of one size: how many sittings, and how much the generator had to do."""
    most = max(
        (value for one in of.values() for name, value in one.figures.items() if name.endswith("_crowd_percent")),
        default=math.nan,
    )
    disturbed = ", ".join(f"{name} {one.disturbed} of {one.runs}" for name, one in of.items())
    work = f"The generator used {number(most)} % of its core at the most."
    return [_rounds(rounds), f"Disturbed measurements: {disturbed}.", work]


def document(result: dict[str, Any]) -> str:
    """All of it as Markdown, without a heading above the third level."""
    machine, of, sizes = result["machine"], summaries(result), result["messages"]
    cores = result["cores"]
    placed = (
        f"Server on core {cores['server']}, generator on core {cores['crowd']}."
        if cores["server"] is not None
        else "Server and generator shared their cores, so the figures are those of both together."
    )
    placed += f" A write was safe on the disk after {number(result['disk_ms'])} ms."
    if not result["in_haste"]:
        placed += " They had to share them with other processes of the machine."
    parts = [
        f"Measured on {result['date']}: {machine['cpu']}, {machine['cores']} cores, {machine['memory']}, "
        f"{machine['system']}; {machine['versions']}. {placed} A welcome has {sizes['welcome']:,} bytes, an event "
        f"{sizes['event']}."
        + (" A * marks what was measured on a disturbed machine only." if any(
            one.doubtful for each in of.values() for one in each.values()) else ""),
    ]  # fmt: skip
    if found := verdicts(of, OURS):
        parts += ["### The goals of scale", goals_table(found, of)]
    for clients, each in of.items():
        parts.append(f"### {clients:,} clients")
        for heading, told in size_tables(each):
            parts += [f"{heading}:", told]
        parts.append("\n".join(f"- {note}" for note in notes(each, result["rounds"][str(clients)])))
    return "\n\n".join(parts)


def write(path: Path, result: dict[str, Any]) -> None:
    """Renew what stands between the two marks.

    Raises: ValueError: the page has no such marks.
    """
    renew(path, BEGIN, END, document(result))
