"""Rollouts judge what is finished while the rest is still being sampled."""

import threading

import pytest
from toys import Kinds

from agents.core import Completion, FinishReason, Sampling
from agents.models import tiny_model
from agents.rollout import Rollout
from envs import VerifierError


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def answer(tiny, text):
    ids = tuple(tiny.tokenizer.encode(text, add_special_tokens=False))
    return Completion(
        token_ids=(*ids, 1), logprobs=(0.0,) * (len(ids) + 1), finish_reason=FinishReason.STOP, policy_version=0
    )


class Waiting:
    """Hands out the last row first, and the others only when that one has been judged."""

    def __init__(self, tiny, judged):
        self.tiny, self.judged = tiny, judged

    def generate(self, prompts_ids, sampling):
        raise AssertionError("a backend that hands out completions is asked for them")

    def completions(self, prompts_ids, sampling):
        last = len(prompts_ids) - 1
        yield last, answer(self.tiny, "7")
        assert self.judged.wait(timeout=30)
        for row in range(last):
            yield row, answer(self.tiny, "x")


def test_a_completion_is_judged_while_its_siblings_are_sampled(tiny):
    judged = threading.Event()

    class Watched(Kinds):
        def _judge(self, task, completion):
            judged.set()
            return super()._judge(task, completion)

    rollout = Rollout(Watched, Waiting(tiny, judged), tiny)
    [group] = rollout.groups(["digit-0"], group_size=4, sampling=Sampling(), episode_seed=0)
    rollout.close()
    # each reward belongs to the row that it was sampled for, although the last row came first
    assert [member.turns[0].text for member in group.trajectories] == ["x", "x", "x", "7"]
    assert [member.passed for member in group.trajectories] == [False, False, False, True]


def test_a_policy_that_breaks_ends_the_rollout_though_answers_wait_to_be_judged(tiny):
    class Breaking(Waiting):
        def completions(self, prompts_ids, sampling):
            yield 0, answer(self.tiny, "7")
            raise RuntimeError("out of memory")

    rollout = Rollout(Kinds, Breaking(tiny, threading.Event()), tiny)
    with pytest.raises(RuntimeError, match="out of memory"):
        rollout.groups(["digit-0"], group_size=4, sampling=Sampling(), episode_seed=0)
    rollout.close()


def test_a_verifier_that_fails_leaves_only_its_own_answer_without_a_reward(tiny):
    class Failing(Kinds):
        def _judge(self, task, completion):
            if completion == "7":
                raise VerifierError("no sandbox")
            return super()._judge(task, completion)

    judged = threading.Event()
    judged.set()
    rollout = Rollout(Failing, Waiting(tiny, judged), tiny)
    [group] = rollout.groups(["lower-0"], group_size=3, sampling=Sampling(), episode_seed=0)
    rollout.close()
    assert [member.reward is None for member in group.trajectories] == [False, False, True]
    assert [member.passed for member in group.trajectories] == [True, True, False]
