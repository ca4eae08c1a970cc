"""A policy of random weights learns to prove, with the Lean kernel as its only reward."""

import json

import pytest
from test_learning import learn

pytestmark = [pytest.mark.lean, pytest.mark.slow]


@pytest.fixture
def file(tmp_path):
    """Sixteen statements that differ in what stands around: any of seven hypotheses proves the goal."""
    path = tmp_path / "picking.jsonl"
    lines = []
    for number in range(16):
        others = " ".join(f"(x{index} : Prop)" for index in range(number))
        statement = f"theorem pick{number} {others} (goal : Prop) (a b c d e f g : goal) : goal"
        lines.append(
            {"task_id": str(number), "statement": statement, "split": "heldout" if number % 4 == 3 else "train"}
        )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_tiny_policy_learns_to_pick_a_hypothesis_that_proves_the_goal(tmp_path, file):
    # one random character of 97: seven of them are proofs, 0.07 on average
    env = {"tasks": str(file), "shots": 0, "canaries": 0, "sandbox": "bubblewrap"}
    before, after = learn(
        tmp_path, "lean", env_options=env, steps=14, groups_per_step=6, group_size=8, learning_rate=6e-3
    )
    assert before < 0.2
    assert after > 0.8
