"""Evaluation through a vLLM server, played by a server that samples with a model of ours and tells what vLLM tells."""

import itertools
import math
from pathlib import Path

import pytest
import torch
from servers import serving

import agents.eval
from agents.backends import endpoint
from agents.backends.endpoint import EndpointError
from agents.backends.probe import exact_logprobs
from agents.backends.transformers import TransformersBackend
from agents.backends.vllm_server import VllmServer
from agents.config import VllmConfig
from agents.core import FinishReason, SamplerError, Sampling
from agents.models import tiny_model

PLUGIN = Path(__file__).parent / "toys_plugin.py"
PROMPTS = [[2, 10, 11, 12], [2, 30]]
SAMPLING = Sampling(temperature=0.7, max_new_tokens=9, seed=3)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(endpoint, "_PAUSE_S", 0.001)


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def play(model, *, told_at=None, **changes):
    """Return what answers as vLLM does; `told_at`: the temperature at which it wrongly tells log-probabilities."""

    def answer(asked):
        drawn = Sampling(temperature=asked["temperature"], max_new_tokens=asked["max_tokens"], seed=asked["seed"] % 999)
        [completion] = TransformersBackend(model.model, model.eos_ids).generate([asked["prompt"]], drawn)
        told = exact_logprobs(model, asked["prompt"], completion.token_ids, told_at or asked["temperature"])
        choice = {
            "index": 0,
            "text": "",
            "finish_reason": str(completion.finish_reason),
            "token_ids": list(completion.token_ids),
            "logprobs": {"token_logprobs": told},
        }
        return {"choices": [{**choice, **changes}]}

    return answer


def server(answers, model, **options):
    return VllmServer(VllmConfig(url=answers.url, dtype="float32", **options), model, max_batch=1)


def test_tokens_go_in_and_tokens_with_the_learners_log_probabilities_come_out(tiny):
    with serving(play(tiny)) as answers:
        completions = server(answers, tiny).generate(PROMPTS, SAMPLING)
    for prompt, completion in zip(PROMPTS, completions, strict=True):
        assert completion.logprobs == pytest.approx(exact_logprobs(tiny, prompt, completion.token_ids, 0.7), abs=1e-4)
        assert (completion.token_ids[-1] == 1) is (completion.finish_reason is FinishReason.STOP)
    asked = answers.asked[-1]
    assert set(answers.paths) == {"/v1/completions"}
    assert (asked["model"], asked["prompt"]) == ("the-model", [2, 30])
    # whatever changes probabilities is pinned, and the ids that end a completion are ours
    pinned = {"temperature": 0.7, "top_p": 1.0, "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
    pinned |= {"presence_penalty": 0.0, "frequency_penalty": 0.0, "min_tokens": 0}
    assert {name: asked[name] for name in pinned} == pinned
    assert (asked["stop_token_ids"], asked["ignore_eos"]) == ([1], True)


def test_other_weights_on_the_server_are_found_before_the_first_completion(tiny):
    other = tiny_model()
    with torch.no_grad():
        other.model.lm_head.weight += 0.05 * torch.randn_like(other.model.lm_head.weight)
    with serving(play(other)) as answers, pytest.raises(SamplerError, match="a log-probability differs"):
        server(answers, tiny).generate(PROMPTS, SAMPLING)


def test_log_probabilities_before_the_temperature_are_found(tiny):
    with serving(play(tiny, told_at=1.0)) as answers, pytest.raises(SamplerError, match="a log-probability differs"):
        server(answers, tiny).generate(PROMPTS, SAMPLING)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token_ids": None}, "must be vLLM 0.10.2 or newer"),
        ({"logprobs": None}, "must be vLLM 0.10.2 or newer"),
        ({"token_ids": [5]}, "must be vLLM 0.10.2 or newer"),
        ({"token_ids": [10**30], "logprobs": {"token_logprobs": [-1.0]}}, "are not of a model with"),
        ({"token_ids": [-1], "logprobs": {"token_logprobs": [-1.0]}}, "are not of a model with"),
        ({"token_ids": ["5"], "logprobs": {"token_logprobs": [-1.0]}}, "token ids are no numbers"),
        ({"token_ids": [5], "logprobs": {"token_logprobs": ["-1"]}}, "log-probabilities are no numbers"),
        ({"token_ids": [5], "logprobs": {"token_logprobs": [None]}}, "differs from the learner's by nan"),
    ],
)
def test_a_server_that_does_not_tell_what_it_drew_is_refused(tiny, changes, said):
    with serving(play(tiny, **changes)) as answers, pytest.raises(SamplerError, match=said):
        server(answers, tiny).generate(PROMPTS, SAMPLING)


def test_a_log_probability_that_is_not_told_is_nan(tiny):
    # the probe has three prompts
    gap = play(tiny, token_ids=[5], logprobs={"token_logprobs": [None]})
    with serving(*[play(tiny)] * 3, gap) as answers:
        [completion] = server(answers, tiny).generate(PROMPTS[:1], SAMPLING)
    assert completion.token_ids == (5,) and math.isnan(completion.logprobs[0])


def test_a_server_that_fails_gives_no_completion(tiny):
    with serving(500) as answers, pytest.raises(EndpointError, match="answers 500"):
        server(answers, tiny).generate(PROMPTS, SAMPLING)


def failing(model, *failures):
    """Return what answers, but to the calls of these numbers, from 0, with another status."""
    numbers = itertools.count()
    answer = play(model)

    def sometimes(asked):
        return 400 if next(numbers) in failures else answer(asked)

    return sometimes


def test_a_request_without_an_answer_has_the_reason_in_its_row(tiny):
    # the probe is calls 0 to 2
    with serving(failing(tiny, 3)) as answers:
        (row, error), (other, completion) = server(answers, tiny).completions(PROMPTS, SAMPLING)
    assert (row, other) == (0, 1)
    assert isinstance(error, EndpointError) and "answers 400" in str(error)
    assert completion.logprobs == pytest.approx(exact_logprobs(tiny, PROMPTS[1], completion.token_ids, 0.7), abs=1e-4)


def test_a_probe_that_got_no_answer_is_made_again(tiny):
    with serving(failing(tiny, 1)) as answers:
        asked = server(answers, tiny)
        with pytest.raises(EndpointError, match="answers 400"):
            asked.generate(PROMPTS, SAMPLING)
        assert len(asked.generate(PROMPTS, SAMPLING)) == 2
    assert len(answers.asked) == 3 + 3 + 2


def test_a_failed_request_costs_its_episode_and_not_the_evaluation(tiny, command, capsys):
    options = [f"plugins=[{PLUGIN}]", "env=kinds", "model=tiny", "samples=1", "max_new_tokens=2", "backend=vllm"]
    with serving(failing(tiny, 5)) as answers:
        assert command(agents.eval.main, *options, f"backend.url={answers.url}", "backend.tolerance=1e-3") == 0
    assert "1 completions could not be judged and are left out" in capsys.readouterr().err


def test_a_server_that_hangs_after_the_probe_is_given_up(tiny, command, capsys):
    hanging = itertools.chain([play(tiny)] * 3, itertools.repeat(lambda _: ("wait", 0.6)))
    options = [f"plugins=[{PLUGIN}]", "env=kinds", "model=tiny", "samples=5", "max_new_tokens=2", "backend=vllm"]
    options += ["sampler_batch=2", "backend.tolerance=1e-3", "backend.timeout_s=0.5"]
    with serving(lambda asked: next(hanging)(asked)) as answers:
        assert command(agents.eval.main, *options, f"backend.url={answers.url}") == 2
    # of 30 requests, four with three tries each are lost, and as many as two had begun
    assert 3 + 4 * 3 <= len(answers.asked) <= 3 + 4 * 3 + 2
    said = capsys.readouterr().err
    assert "not one of 30 episodes could be judged" in said and "did not answer within 0.5 s" in said


def test_a_server_is_evaluated_from_the_command_line(tiny, command, capsys):
    options = [f"plugins=[{PLUGIN}]", "env=kinds", "model=tiny", "samples=1", "max_new_tokens=2", "backend=vllm"]
    with serving(play(tiny)) as answers:
        assert command(agents.eval.main, *options, f"backend.url={answers.url}", "backend.tolerance=1e-3") == 0
    # six held-out tasks after the three prompts of the probe
    assert len(answers.asked) == 9
    assert "tiny on kinds, heldout" in capsys.readouterr().out
