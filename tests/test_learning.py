"""A policy of random weights learns two toy environments, and unlearns them when the sign of the advantage is flipped.

What is counted is the pass rate on held-out tasks, by the same command that trains a real model, for one fixed seed.
"""

import json

import pytest
import toys_plugin  # noqa: F401 (registers the environments)
from omegaconf import OmegaConf

from agents.advantage import ADVANTAGES, each, group_std
from agents.checks import check
from agents.config import TrainConfig
from agents.run import open_run
from agents.train import train


def learn(tmp_path, env, env_options=None, **algo):
    """Train and return the held-out pass rates before and after."""
    config = OmegaConf.structured(TrainConfig)
    OmegaConf.set_struct(config, False)
    changes = {
        "env": {"name": env, **(env_options or {})},
        "model": "tiny",
        "run_dir": str(tmp_path / "run"),
        "checkpoint_every": 1000,
        "transcripts": 0,
        "algo": {"warmup_steps": 0, "max_new_tokens": 1, "sampler_batch": 256, **algo},
        "eval": {"samples": 32, "every": 0},
    }
    resolved, run = open_run(OmegaConf.merge(config, changes))
    check(resolved)
    summary = train(resolved, run)
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["after"] == summary["after"]
    return summary["before"]["pass@1"], summary["after"]["pass@1"]


SINGLE_TURN = {"steps": 25, "groups_per_step": 12, "group_size": 16, "learning_rate": 6e-3}
MULTI_TURN = {"steps": 60, "groups_per_step": 12, "group_size": 8, "learning_rate": 6e-3}


def test_a_tiny_policy_learns_to_answer_what_was_asked(tmp_path):
    # random characters: 10/97, 26/97 or 26/97 by kind, 0.21 on average; the best constant answer passes a third
    before, after = learn(tmp_path, "kinds", **SINGLE_TURN)
    assert before < 0.3
    assert after > 0.9


def test_a_tiny_policy_learns_to_repair_its_answer_from_what_it_was_told(tmp_path):
    # two random characters: 0.37 on average; two constant answers of different kinds pass two thirds at most
    before, after = learn(tmp_path, "repair", **MULTI_TURN)
    assert before < 0.5
    assert after > 0.8


@pytest.mark.parametrize(("env", "settings"), [("kinds", SINGLE_TURN), ("repair", MULTI_TURN)])
def test_with_the_advantages_sign_flipped_it_learns_to_fail(tmp_path, monkeypatch, env, settings):
    monkeypatch.setitem(ADVANTAGES, "flipped", each(lambda rewards: -group_std(rewards)))
    before, after = learn(tmp_path, env, advantage="flipped", **{**settings, "steps": 20})
    assert after < before / 2
