"""Fixtures that several test files share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import sandbox
from sandbox.core import Sandbox, SandboxError


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
