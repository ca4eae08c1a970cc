"""Fixtures that several test files share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pytest

import sandbox
from sandbox.core import Sandbox, SandboxError


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests to CI and to those who ask for them."""
    if os.environ.get("CI") or "slow" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs in CI, or with `pytest -m slow`"))


_lines: list[str] = []


@pytest.fixture
def report() -> Callable[[str], None]:
    """Take a line to be shown at the end of the run, whether or not anything failed."""
    return _lines.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests reported."""
    for line in _lines:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def bubblewrap() -> Iterator[Sandbox]:
    """A real sandbox for the tests that judge programs; where none can start, they are skipped (in CI they fail)."""
    try:
        box = sandbox.make("bubblewrap")
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"bubblewrap cannot start here: {error}")
    with box:
        yield box


@pytest.fixture(scope="session", params=["bubblewrap", pytest.param("docker", marks=pytest.mark.docker)])
def any_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Each sandbox in turn; where one cannot start, its tests are skipped (in CI they fail)."""
    if request.param == "bubblewrap":
        yield request.getfixturevalue("bubblewrap")
        return
    try:
        box = sandbox.make(request.param)
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with box:
        yield box


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Calls `main` of a Hydra command in this process, as if typed, and returns its exit code: (main, *arguments)."""

    def call(main: Callable[[], None], *arguments: str) -> int:
        no_files = ("hydra/job_logging=none", "hydra.output_subdir=null", "hydra.run.dir=.")
        monkeypatch.setattr(sys, "argv", ["command", *no_files, *arguments])
        try:
            main()
        except SystemExit as stopped:
            return int(stopped.code or 0)
        return 0

    return call
