"""Calls side by side, none of which is waited for without an end."""

import subprocess
import sys
import threading
import time

import pytest
from toys import Kinds

import envs.audit
import envs.grade
from agents.core import Completion, FinishReason, Sampling
from agents.models import tiny_model
from agents.rollout import Rollout
from envs import VerifierError
from envs.calls import BoundedCalls, GivenUp

SOON = 0.2


@pytest.fixture
def hang():
    """An event that whoever hangs waits for, set when the test is over."""
    over = threading.Event()
    yield over
    over.set()


def test_each_call_has_its_own_result_or_its_own_error():
    with BoundedCalls(2) as calls:
        halves = [calls.submit(lambda number: 6 / number, number) for number in (1, 0, 3)]
        assert calls.result(halves[2]) == 2
        with pytest.raises(ZeroDivisionError):
            calls.result(halves[1])
        assert calls.result(halves[0]) == 6


def test_no_more_calls_run_than_there_are_places_and_all_places_are_used():
    running, most, lock = [], [], threading.Lock()
    full = threading.Barrier(3)

    def call(number):
        with lock:
            running.append(number)
            most.append(len(running))
        if number < 3:
            full.wait(timeout=30)  # until three run at the same time
        with lock:
            running.remove(number)

    with BoundedCalls(3) as calls:
        for future in [calls.submit(call, number) for number in range(20)]:
            calls.result(future)
    assert max(most) == 3


def test_a_call_that_hangs_is_given_up_and_its_place_is_free_for_the_next(hang):
    with BoundedCalls(1, SOON) as calls:
        hanging, after = calls.submit(hang.wait), calls.submit(lambda: "done")
        assert calls.result(after) == "done"  # which has to wait for the one before
        with pytest.raises(GivenUp, match=r"given up after 0\.2 s"):
            calls.result(hanging)
        hang.set()
        time.sleep(SOON / 2)
        # what it says when it does come to an end is heard by nobody, and it frees no place that is not its own
        with pytest.raises(GivenUp):
            calls.result(hanging)
        assert calls._free == 1


def test_what_has_not_begun_is_dropped_at_the_end_and_what_runs_is_waited_for(hang):
    begun, done = [], []

    def call(number):
        begun.append(number)
        time.sleep(SOON / 4)
        done.append(number)

    with BoundedCalls(1) as calls:
        for number in range(3):
            calls.submit(call, number)
    assert begun == done == [0]
    began = time.monotonic()
    with BoundedCalls(1, SOON) as calls:
        calls.submit(hang.wait)
    assert time.monotonic() - began >= SOON


def test_a_call_for_which_there_is_no_thread_is_an_error_and_not_waited_for(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    with BoundedCalls(1) as calls:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start)
            lost = [calls.submit(int), calls.submit(int)]
        for future in lost:
            with pytest.raises(RuntimeError, match="can't start new thread"):
                calls.result(future)
        assert calls.result(calls.submit(lambda: 7)) == 7


def test_a_process_ends_though_something_hangs():
    script = """
import threading
from envs.calls import BoundedCalls, GivenUp
with BoundedCalls(1, 0.1) as calls:
    try:
        calls.result(calls.submit(threading.Event().wait))
    except GivenUp:
        print("given up")
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "given up\n")


def test_a_verifier_that_hangs_costs_its_own_completion_and_its_environment_is_not_used_again(hang):
    tiny, made, slow = tiny_model(), [], [hang]

    class Hanging(Kinds):
        def __init__(self):
            super().__init__()
            made.append(self)

        def _judge(self, task, completion):
            if completion == "7" and slow:
                slow.pop().wait()
            return super()._judge(task, completion)

    class Answering:
        def generate(self, prompts_ids, sampling):
            texts = ["x", "7", "5"]
            return [
                Completion(
                    token_ids=tuple(tiny.tokenizer.encode(text, add_special_tokens=False)),
                    logprobs=(0.0,),
                    finish_reason=FinishReason.STOP,
                    policy_version=0,
                )
                for text in texts
            ]

    rollout = Rollout(Hanging, Answering(), tiny, judge_limit_s=SOON)
    [group] = rollout.groups(["digit-0"], group_size=3, sampling=Sampling(), episode_seed=0)
    assert [member.reward is None for member in group.trajectories] == [False, True, False]
    lost = group.trajectories[1]
    assert (lost.fault, "given up" in lost.error) == ("grader_error", True)
    assert len(made) == 3
    [group] = rollout.groups(["digit-0"], group_size=3, sampling=Sampling(), episode_seed=1)
    assert [member.passed for member in group.trajectories] == [False, True, True]
    assert len(made) == 4  # one in the place of the one that may still be at it
    rollout.close()


@pytest.mark.parametrize("command", ["grade", "audit"])
def test_a_verifier_that_hangs_leaves_one_line_without_a_reward(command, hang, monkeypatch):
    module = getattr(envs, command)
    monkeypatch.setattr(module, "BoundedCalls", lambda places: BoundedCalls(places, SOON))

    class Hanging(Kinds):
        def _judge(self, task, completion):
            if task.task_id == "digit-0" and completion == task.gold:
                hang.wait()
            return super()._judge(task, completion)

    if command == "grade":
        answers = [envs.grade.Answer(task_id=name, completion="0") for name in ("digit-0", "digit-1")]
        lost, judged = envs.grade.grade(Hanging(), answers)
        assert (lost["reward"], lost["status"], judged["reward"]) == (None, "error", 1.0)
        assert "given up" in lost["feedback"]
    else:
        findings = envs.audit.audit(Hanging(), repeats=1, workers=2)
        lost = [finding for finding in findings if finding.verdict == "error"]
        assert {(finding.probe.task.task_id, finding.probe.completion) for finding in lost} == {("digit-0", "0")}
        assert len(findings) > len(lost)


def test_giving_up_is_a_fault_of_ours():
    assert issubclass(GivenUp, VerifierError)
