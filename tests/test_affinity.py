"""Boxes stay on the processors that whoever makes them is held to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.core import Sandbox
from sandbox.pool import default_boxes

TRY = """
import json, os, sys, sandbox
from sandbox.core import Call, Program
if sys.argv[2] == "elsewhere":
    import sandbox.docker
    sandbox.docker.is_here = lambda *_: False
program = Program(source="import os\\ndef f(): return os.sched_getaffinity(0)", entry_point="f")
with sandbox.make(sys.argv[1]) as box:
    results = box.run(program, [Call() for _ in range(4)])
    print(json.dumps([len(box._load), box.guarantees()["box"], [sorted(result.value) for result in results]]))
"""


def boxes_of_a_process_on(processors: set[int], name: str, where: str = "here") -> tuple[int, str, list[list[int]]]:
    """How many boxes such a process makes, what they guarantee, and on which processors its programs may run."""

    done = subprocess.run(
        [sys.executable, "-c", TRY, name, where],
        cwd=Path(__file__).parent.parent,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
        capture_output=True,
        text=True,
        check=True,
    )
    boxes, guarantee, seen = json.loads(done.stdout)
    return boxes, guarantee, seen


def test_a_process_held_to_one_processor_keeps_its_programs_there(any_sandbox: Sandbox) -> None:
    allowed = os.sched_getaffinity(0)
    if len(allowed) < 2:
        pytest.skip("this machine has one processor only")
    for processor in sorted(allowed)[:2]:
        boxes, guarantee, seen = boxes_of_a_process_on({processor}, any_sandbox.name)
        assert boxes == 1
        assert seen == [[processor]] * 4
        assert (f"on processors {processor} like" in guarantee) == (any_sandbox.name == "docker")


def test_a_process_that_may_use_every_processor_holds_its_programs_to_none(any_sandbox: Sandbox) -> None:
    every = set(range(os.sysconf("SC_NPROCESSORS_ONLN")))
    if os.sched_getaffinity(0) != every:
        pytest.skip("these tests are themselves held to some processors")
    boxes, guarantee, seen = boxes_of_a_process_on(every, any_sandbox.name)
    assert boxes == default_boxes()
    assert seen == [sorted(every)] * 4
    assert "on processors" not in guarantee


@pytest.mark.docker
@pytest.mark.parametrize("any_sandbox", ["docker"], indirect=True)
def test_the_processors_of_another_machine_are_not_counted_like_ours(any_sandbox: Sandbox) -> None:
    one = {min(os.sched_getaffinity(0))}
    _boxes, guarantee, _seen = boxes_of_a_process_on(one, any_sandbox.name, "elsewhere")
    assert "on processors" not in guarantee
