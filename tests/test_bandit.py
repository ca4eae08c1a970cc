"""Every algorithm on a bandit whose best policy has a closed form, through the learner that trains language models."""

import bandits
import numpy as np
import pytest

from agents.algorithms import ALGORITHMS
from agents.divergence import DIVERGENCES

REWARDS = np.array([1.0, 0.6, 0.3, 0.0])
START = np.array([0.3, -0.2, 0.4, 0.0])
REFERENCE = np.array([0.0, 0.5, -0.5, 1.0])
BETA = 0.5


def softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum()


BEST = softmax(REFERENCE + REWARDS / BETA)
"""0.443, 0.328, 0.066, 0.163: the reference's favourite, which pays nothing, is still third."""

by_name = pytest.mark.parametrize("name", ALGORITHMS)


@by_name
def test_without_a_divergence_it_puts_its_mass_on_the_best_arm(name):
    learner = bandits.make_learner(name, START, learning_rate=0.1)
    assert learner.model.policy.argmax() == 2
    assert bandits.train(learner, REWARDS, name, steps=90)[0] > 0.95


@by_name
def test_with_a_divergence_in_the_loss_it_finds_the_closed_form(name):
    # rewards less their mean: what divides them by their deviation divides them against the divergence
    changes = {"kl_in": "loss", "advantage": "group"}
    learner = bandits.make_learner(name, START, reference=REFERENCE, beta=BETA, learning_rate=0.05, **changes)
    assert bandits.train(learner, REWARDS, name, steps=120, **changes) == pytest.approx(BEST, abs=0.03)


def test_rewards_that_are_divided_by_their_deviation_win_over_a_divergence_in_the_loss():
    # the likelier the best arm, the smaller the deviation and the larger what it divides: no balance is reached
    learner = bandits.make_learner("grpo", START, reference=REFERENCE, beta=BETA, learning_rate=0.1)
    assert bandits.train(learner, REWARDS, "grpo", steps=90)[0] > 0.95


@by_name
def test_with_a_divergence_in_the_reward_it_finds_the_closed_form(name):
    # in the reward it is divided together with the rest: at the best policy all arms earn the same
    learner = bandits.make_learner(
        name, START, reference=REFERENCE, beta=BETA, learning_rate=0.05, kl_in="reward"
    )  # fmt: skip
    assert bandits.train(learner, REWARDS, name, steps=120, kl_in="reward") == pytest.approx(BEST, abs=0.03)


@pytest.mark.parametrize("correction", ["truncated", "none"])
@pytest.mark.parametrize("name", ["grpo", "cispo"])
def test_several_epochs_with_clipped_ratios_find_it_too(name, correction):
    changes = {"advantage": "group", "kl_estimator": "k3"}
    learner = bandits.make_learner(
        name, START, reference=REFERENCE, beta=BETA, learning_rate=0.03, epochs=3, correction=correction, **changes
    )  # fmt: skip
    assert bandits.train(learner, REWARDS, name, steps=80, advantage="group") == pytest.approx(BEST, abs=0.03)
    assert learner.policy_version == 3 * 80


@pytest.mark.parametrize(("estimator", "finds"), [("k2", True), ("k3", True), ("k3_plain", False)])
def test_an_old_sampler_is_made_up_for_once_and_only_by_estimators_that_say_so(estimator, finds):
    # every arm is pulled equally often, whatever the policy has become: importance alone leads to the policy's optimum
    sampler = np.full(4, 0.25)
    learner = bandits.make_learner(
        "reinforce", START, reference=REFERENCE, beta=BETA, learning_rate=0.05, kl_estimator=estimator, cap=100.0
    )
    pulls = bandits.pulls([0, 1, 2, 3], REWARDS, sampler)
    for _ in range(150):
        updates = learner.prepare(bandits.batches(learner, [pulls], "reinforce", advantage="group"))
        learner.finish(updates, learner.accumulate(updates[0]))
    assert (learner.model.policy == pytest.approx(BEST, abs=0.01)) is finds


ARMS = [0, 0, 1, 2, 2, 3]
PAID = REWARDS[ARMS]  # mean 0.5333
ADVANTAGE = {
    "group": PAID - PAID.mean(),
    "group_std": (PAID - PAID.mean()) / PAID.std(),
    "leave_one_out": (PAID - PAID.mean()) * 6 / 5,  # r - (6 mean - r) / 5
    "batch": (PAID - PAID.mean()) / PAID.std(),
}


def first_gradient(learner, name, **changes):
    caught = []
    learner.optimizer.register_step_pre_hook(lambda *_: caught.append(learner.model.head.weight.grad[:, 0].numpy()))
    group = bandits.pulls(ARMS, REWARDS, softmax(START))
    updates = learner.prepare(bandits.batches(learner, [group], name, **changes))
    learner.finish(updates, learner.accumulate(updates[0]))
    return caught[0]


@by_name
def test_the_first_gradient_is_the_analytic_one(name):
    # of -A log p(arm) in the logits: -A (onehot(arm) - p), in the mean over the six pulls
    advantages = ADVANTAGE[bandits.options_of(name)["advantage"]]
    expected = -(advantages[:, None] * (np.eye(4)[ARMS] - softmax(START))).mean(0)
    assert first_gradient(bandits.make_learner(name, START), name) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("estimator", DIVERGENCES)
@by_name
def test_the_first_gradient_of_a_divergence_is_the_analytic_one(name, estimator):
    # x = log(p / reference) of the arm: k2 and k3 slope by x, k3_plain by 1 - exp(-x), in log p(arm)
    x = (np.log(softmax(START)) - np.log(softmax(REFERENCE)))[ARMS]
    slopes = 1 - np.exp(-x) if estimator == "k3_plain" else x
    expected = BETA * (slopes[:, None] * (np.eye(4)[ARMS] - softmax(START))).mean(0)
    changes = {"kl_in": "loss", "kl_estimator": estimator}
    learner = bandits.make_learner(name, START, reference=REFERENCE, beta=BETA, **changes)
    plain = first_gradient(bandits.make_learner(name, START), name)
    assert first_gradient(learner, name, kl_in="loss") - plain == pytest.approx(expected, abs=1e-6)


@by_name
def test_members_without_an_advantage_change_nothing_where_they_are_not_run(name):
    # arms that pay 1, 1/2 and 0, each pulled once by an older policy: the middle one has the advantage 0
    group = bandits.pulls([0, 1, 2], np.array([1.0, 0.5, 0.0, 0.0]), softmax(REFERENCE))
    ends = []
    for run in (True, False):
        learner = bandits.make_learner(name, START, epochs=3, learning_rate=0.2)
        updates = learner.prepare(bandits.batches(learner, [group], name, keep_silent=run))
        learner.finish(updates, learner.accumulate(updates[0]))
        ends.append(learner.model.policy)
        assert (updates[0].scored_tokens, updates[0].run_tokens) == (3, 3 if run else 2)
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)
