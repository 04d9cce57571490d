"""A pytest plugin: in CI a test skipped for want of a service or a browser is a failure, and so is an empty group."""

import os
from collections import Counter
from pathlib import Path

import pytest

GROUPS = ("tests/unit", "tests/live", "tests/hostile", "tests/browser", "tests/faults")


class Whole:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.passed: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.missing: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        group = next((name for name in GROUPS if report.nodeid.startswith(f"{name}/")), None)
        if group is None or hasattr(report, "wasxfail"):
            return
        if report.skipped:
            self.skipped[group] += 1
        elif report.when == "call" and report.passed:
            self.passed[group] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        asked = [Path(argument).resolve() for argument in session.config.args]
        for group in GROUPS:
            folder = self.root / group
            if not any(folder.is_relative_to(path) for path in asked):
                continue
            if self.skipped[group]:
                self.missing.append(f"{group}: {self.skipped[group]} skipped")
            elif not self.passed[group]:
                self.missing.append(f"{group}: none ran")
        if self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.missing:
            terminalreporter.write_line(f"not whole, so failed in CI: {line}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    # Where several processes share the tests, the one that hands them out counts.
    if os.environ.get("CI") == "true" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Whole(config.rootpath))
