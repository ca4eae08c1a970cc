import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.advantage import ADVANTAGES, group, group_std, has_signal, leave_one_out

ROOT3 = 3**0.5


def test_one_success_in_four_gets_sqrt_three():
    # mean 1/4, population std sqrt(3)/4: the success gets sqrt(3), a failure -1/sqrt(3)
    assert group_std([1, 0, 0, 0]) == pytest.approx([ROOT3, -1 / ROOT3, -1 / ROOT3, -1 / ROOT3])


def test_the_plain_advantage_is_the_distance_from_the_mean():
    # mean 1/2
    assert group([1, 0.5, 0, 0.5]) == pytest.approx([0.5, 0, -0.5, 0])


def test_leaving_oneself_out_compares_with_the_mean_of_the_others():
    # 1 against the others' (0 + 0 + 0) / 3 = 0; 0 against (1 + 0 + 0) / 3
    assert leave_one_out([1, 0, 0, 0]) == pytest.approx([1, -1 / 3, -1 / 3, -1 / 3])


def test_one_against_one_gets_plus_and_minus_one():
    # mean 1/2, deviation 1/2; the other's reward is the whole baseline when one leaves oneself out
    assert group_std([1, 0]) == pytest.approx([1, -1])
    assert leave_one_out([1, 0]) == pytest.approx([1, -1])
    assert group([1, 0]) == pytest.approx([0.5, -0.5])


@pytest.mark.parametrize("name", ADVANTAGES)
@pytest.mark.parametrize("rewards", [[0.1] * 3, [0.3] * 7, [1.0, 1.0], [0.0, 0.0], [1 / 3] * 6])
def test_equal_rewards_give_exactly_nothing_though_their_floating_mean_may_differ_from_them(name, rewards):
    # np.mean([0.1] * 3) is 0.10000000000000002: a deviation of rounding noise must not be divided by
    assert ADVANTAGES[name]([rewards])[0].tolist() == [0.0] * len(rewards)
    assert not has_signal(rewards)


@pytest.mark.parametrize("name", ADVANTAGES)
def test_a_member_alone_gets_nothing_and_no_nan(name):
    assert ADVANTAGES[name]([[1.0]])[0].tolist() == [0.0]
    assert not has_signal([1.0])


def test_no_member_has_no_signal():
    assert not has_signal([])


@pytest.mark.parametrize("name", ADVANTAGES)
@given(rewards=st.lists(st.floats(0, 1).map(lambda x: round(x, 3)), min_size=1, max_size=12))
def test_advantages_are_finite_centred_and_in_the_order_of_the_rewards(name, rewards):
    (advantages,) = ADVANTAGES[name]([rewards])
    assert np.isfinite(advantages).all()
    assert advantages.sum() == pytest.approx(0, abs=1e-9)
    order = np.argsort(rewards, kind="stable")
    assert (np.diff(advantages[order]) >= -1e-12).all()


@given(rewards=st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=2, max_size=12))
def test_standardised_advantages_have_a_mean_square_of_one(rewards):
    advantages = group_std(rewards)
    assert (advantages**2).mean() == pytest.approx(1.0 if has_signal(rewards) else 0.0)
