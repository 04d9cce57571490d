"""What was measured, beside its target: held with room for a busy machine, and told at the end."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

SLACK = float(os.environ.get("MEMORATA_FAULTS_SLACK", "6"))
"""A figure fails its test beyond so many times its target; 1 on a machine that does nothing else."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the most that it may be; `None` where it is only told."""

    fault: str
    what: str
    measured: float
    unit: str
    target: float | None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.measured <= self.target


class Figures:
    """Those of one test; `properties` are what pytest hands on with its report."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def tell(self, fault: str, what: str, measured: float, unit: str, target: float | None = None) -> None:
        self._properties.append(("figure", asdict(Figure(fault, what, round(float(measured), 3), unit, target))))

    def hold(self, fault: str, what: str, measured: float, unit: str, target: float, *, exact: bool = False) -> None:
        """Tell it, and fail beyond the target: with slack, unless it is `exact`, as a number of losses is."""
        self.tell(fault, what, measured, unit, target)
        most = target if exact else target * SLACK
        assert measured <= most, f"{fault}: {what}: {measured:.3f} {unit}, the target is {target} {unit}"


def quantile(values: Iterable[float], share: float) -> float:
    """The least of the values that so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1))]


def table(figures: list[Figure]) -> list[str]:
    """Lines for a terminal, by fault; where one was measured several times, its worst."""
    worst: dict[tuple[str, str], Figure] = {}
    for figure in figures:
        key = (figure.fault, figure.what)
        if key not in worst or figure.measured > worst[key].measured:
            worst[key] = figure
    rows = [("fault", "what", "measured", "target", "")]
    for figure in sorted(worst.values(), key=lambda one: (int(one.fault[1:]), one.what)):
        target = "" if figure.target is None else f"<= {figure.target:g} {figure.unit}"
        said = {None: "", True: "met", False: "MISSED"}[figure.met]
        rows.append((figure.fault, figure.what, f"{figure.measured:g} {figure.unit}", target, said))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def write(path: Path, figures: list[Figure]) -> None:
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
