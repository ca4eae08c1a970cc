"""vLLM samples from the learner's weights, or the run ends: with vLLM's own build for processors, in this process."""

import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
import yaml
from toys import KINDS

import agents.eval
import agents.train
from agents.backends.probe import exact_logprobs
from agents.backends.transformers import TransformersBackend
from agents.config import VllmConfig
from agents.core import FinishReason, SamplerError, Sampling
from agents.metrics import read_lines
from agents.models import load_model, sampler_weights, tiny_model
from envs.core import ConfigError, Message

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed in this environment"),
    # of vLLM and what it imports
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]

PROMPTS = [[2, 10, 11, 12], [2, 30], [2, 10, 11, 12], list(range(4, 60))]
SMALL = VllmConfig(cache_gib=0.25)
PLUGIN = Path(__file__).parent / "toys_plugin.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tied model of random weights whose heads are as wide as vLLM's kernels for processors take them."""
    from transformers import LlamaConfig, LlamaForCausalLM

    tiny = tiny_model()
    config = LlamaConfig(**{**tiny.model.config.to_dict(), "head_dim": 32})
    path = tmp_path_factory.mktemp("model")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        LlamaForCausalLM(config).save_pretrained(path)
    tiny.tokenizer.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def engine(folder):
    """The one engine of these tests, with the learner's model."""
    from agents.backends.vllm import VllmBackend

    return VllmBackend(SMALL, load_model(str(folder)), max_batch=16)


@pytest.fixture(scope="module")
def first_weights(engine):
    return {name: tensor.clone() for name, tensor in sampler_weights(engine.model).items()}


@pytest.fixture
def policy(engine, first_weights):
    """The engine and the model as they were at first, in step with each other."""
    engine.load_weights(first_weights, 0)
    return engine


def change(model, *names, by=0.02):
    """Move the weights, or those of the tensors named, about as far as a step with a high learning rate."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.model.named_parameters():
            if not names or name in names:
                parameter.add_(by * torch.randn(parameter.shape, generator=generator))


def worst(policy, prompts, completions, temperature):
    return max(
        abs(reported - exact)
        for prompt, completion in zip(prompts, completions, strict=True)
        for reported, exact in zip(
            completion.logprobs, exact_logprobs(policy.model, prompt, completion.token_ids, temperature), strict=True
        )
    )


# ---- the same tokens, the same probabilities


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_log_probabilities_are_the_learners_at_the_sampling_temperature(policy, temperature):
    completions = policy.generate(PROMPTS, Sampling(temperature=temperature, max_new_tokens=12, seed=3))
    assert worst(policy, PROMPTS, completions, temperature) < 1e-4
    # and they are not those of another temperature
    assert worst(policy, PROMPTS, completions, temperature + 0.3) > 1e-2


def test_at_the_lowest_temperature_both_backends_say_the_same(policy):
    with torch.no_grad():
        policy.model.model.model.norm.weight.mul_(50)  # so that no two tokens are nearly as likely
    policy.load_weights({}, 0)
    sampling = Sampling(temperature=0.01, max_new_tokens=12, seed=3)
    own = TransformersBackend(policy.model.model, policy.model.eos_ids).generate(PROMPTS, sampling)
    assert [each.token_ids for each in policy.generate(PROMPTS, sampling)] == [each.token_ids for each in own]


def test_a_lower_temperature_than_vllm_takes_is_refused(policy):
    with pytest.raises(ConfigError, match=r"vLLM takes no temperature below 0.01, got 0.001"):
        policy.generate(PROMPTS, Sampling(temperature=0.001))


def test_each_row_draws_from_its_own_stream_whatever_stands_beside_it(policy):
    sampling = Sampling(max_new_tokens=12, seed=5)
    together = policy.generate(PROMPTS, sampling)
    # rows 0 and 2 have the same prompt
    assert together[0].token_ids != together[2].token_ids
    assert policy.generate(PROMPTS[:1], sampling)[0].token_ids == together[0].token_ids
    assert policy.generate(PROMPTS[:1], Sampling(max_new_tokens=12, seed=6))[0].token_ids != together[0].token_ids


def test_the_token_that_ends_a_completion_is_in_it_with_its_probability(policy):
    # 1 in 98 tokens ends a completion of random weights: of 32 x 24 tokens, some do and some do not
    completions = policy.generate([[2, 10]] * 32, Sampling(max_new_tokens=24, seed=1))
    stopped = [each for each in completions if each.finish_reason is FinishReason.STOP]
    assert 0 < len(stopped) < 32
    for each in completions:
        ends = [token in policy.model.eos_ids for token in each.token_ids]
        assert len(each.logprobs) == len(each.token_ids)
        assert ends[-1] is (each.finish_reason is FinishReason.STOP)
        assert not any(ends[:-1])
        assert len(each.token_ids) == 24 or ends[-1]
    assert worst(policy, [[2, 10]] * len(stopped), stopped, 1.0) < 1e-4


def test_every_id_of_several_ends_a_completion(engine, policy, monkeypatch):
    from dataclasses import replace

    everything_even = tuple(range(0, 98, 2))
    monkeypatch.setattr(engine, "model", replace(engine.model, eos_ids=everything_even))
    completions = policy.generate([[2, 10]] * 16, Sampling(max_new_tokens=40, seed=1))
    # half of all tokens end it: that none of 16 rows ends within 40 has a chance of 16 in 2^40
    assert all(each.finish_reason is FinishReason.STOP for each in completions)
    assert len({each.token_ids[-1] for each in completions}) > 1
    assert all(token % 2 == 1 for each in completions for token in each.token_ids[:-1])


def test_a_completion_that_runs_out_of_tokens_is_truncated_even_where_it_ends_the_sequence(policy):
    [completion] = policy.generate([[2, 10]], Sampling(max_new_tokens=1, seed=3))
    assert (len(completion.token_ids), completion.finish_reason) == (1, FinishReason.LENGTH)


def test_a_prompt_that_leaves_no_room_is_refused(policy):
    with pytest.raises(ConfigError, match="a prompt of 2048 tokens leaves no room in the 2048"):
        policy.generate([[5] * 2048], Sampling(max_new_tokens=1))
    [last] = policy.generate([[5] * 2047], Sampling(max_new_tokens=9))
    assert len(last.token_ids) == 1


class Told:
    """A completion as the engine tells it, with log-probabilities of our choice."""

    finish_reason = "length"

    def __init__(self, *logprobs):
        self.token_ids = list(range(5, 5 + len(logprobs)))
        self.logprobs = [
            {} if value is Ellipsis else {token: type("Logprob", (), {"logprob": value})}
            for token, value in zip(self.token_ids, logprobs, strict=True)
        ]


def test_log_probabilities_that_the_engine_does_not_tell_are_nan(policy):
    completion = policy._completion(Told(-0.5, None, math.nan, -math.inf, ...))
    assert completion.logprobs[0] == -0.5
    assert all(map(math.isnan, completion.logprobs[1:]))


# ---- weights are handed over, all of them, or nothing goes on


def test_after_a_step_it_samples_from_the_new_weights_the_tied_head_among_them(policy):
    assert policy.model.model.config.tie_word_embeddings
    before = policy.generate(PROMPTS, Sampling(max_new_tokens=12, seed=3))
    change(policy.model)
    # the engine has weights of its own: until they are handed over it is off the learner's
    assert policy.probe() > 0.1
    policy.load_weights({}, 7)
    after = policy.generate(PROMPTS, Sampling(max_new_tokens=12, seed=3))
    assert worst(policy, PROMPTS, after, 1.0) < 1e-4
    assert [each.token_ids for each in after] != [each.token_ids for each in before]
    assert {each.policy_version for each in after} == {7}
    assert policy.readings()["sampler/probe_difference"] < 1e-4


def test_weights_that_are_given_become_those_of_engine_and_learner(policy, folder):
    other = load_model(str(folder))
    change(other, by=0.1)
    policy.load_weights(other.model.state_dict(), 3)
    assert torch.equal(policy.model.model.lm_head.weight, other.model.lm_head.weight)
    completions = policy.generate(PROMPTS, Sampling(max_new_tokens=12, seed=3))
    assert worst(policy, PROMPTS, completions, 1.0) < 1e-4


class Partial:
    """Hands over all weights but those of which the name holds a word."""

    def __init__(self, policy, word):
        self.whole, self.word = policy._hand_over, word

    def __call__(self, weights: Mapping[str, torch.Tensor]) -> None:
        self.whole({name: tensor for name, tensor in weights.items() if self.word not in name})


@pytest.mark.parametrize("word", ["lm_head", "embed_tokens", "layers.1.mlp.down_proj", "layers.0.self_attn.o_proj"])
def test_a_tensor_that_is_left_behind_is_found_by_the_probe(engine, policy, monkeypatch, word):
    change(policy.model)
    with monkeypatch.context() as partly:
        partly.setattr(engine, "_hand_over", Partial(engine, word))
        with pytest.raises(SamplerError, match=r"does not sample from the weights of version 4: .* backend.tolerance"):
            policy.load_weights({}, 4)
    policy.load_weights({}, 4)


@pytest.mark.parametrize("word", ["lm_head", "embed_tokens", "layers.1.input_layernorm"])
def test_a_tensor_that_is_left_behind_is_found_where_rounding_hides_it_from_the_probe(
    engine, policy, monkeypatch, word
):
    change(policy.model, by=1e-4)
    with monkeypatch.context() as partly:
        partly.setattr(engine, "_hand_over", Partial(engine, word))
        partly.setattr(engine, "tolerance", 0.5)
        with pytest.raises(SamplerError, match=rf"the weights of version 4: old ones are left in \S*{word}\S*$"):
            policy.load_weights({}, 4)
    policy.load_weights({}, 4)


def test_keys_of_the_old_weights_in_the_prefix_cache_are_found_by_the_probe(engine, policy, monkeypatch):
    change(policy.model)
    with monkeypatch.context() as kept:
        kept.setattr(engine._engine, "reset_prefix_cache", lambda: True)
        with pytest.raises(SamplerError, match="does not sample from the weights"):
            policy.load_weights({}, 5)
    policy.load_weights({}, 5)


def test_another_temperature_is_found_by_the_probe(engine, policy, monkeypatch):
    whole = engine._sampling_params

    def warmer(sampling, row):
        drawn = whole(sampling, row)
        drawn.temperature *= 1.05
        return drawn

    with monkeypatch.context() as wrong:
        wrong.setattr(engine, "_sampling_params", warmer)
        with pytest.raises(SamplerError, match="does not sample from the weights"):
            policy.load_weights({}, 6)


def test_weights_that_are_no_numbers_are_found_by_the_probe(policy):
    with torch.no_grad():
        policy.model.model.model.norm.weight[0] = math.nan
    with pytest.raises(SamplerError):
        policy.load_weights({}, 6)


# ---- commands


def options(folder, *more):
    small = ["backend=vllm", "backend.cache_gib=0.25", f"model={folder}", f"plugins=[{PLUGIN}]", "env=kinds"]
    return [*small, *more]


def test_a_run_of_two_steps_samples_with_vllm_and_learns(folder, tmp_path, command):
    settings = ["algo.steps=2", "algo.groups_per_step=6", "algo.group_size=8", "algo.max_new_tokens=4"]
    settings += ["algo.learning_rate=1e-2", "eval.samples=1", "eval.every=0", f"run_dir={tmp_path / 'run'}"]
    assert command(agents.train.main, *options(folder, *settings)) == 0
    steps = read_lines(tmp_path / "run" / "metrics.jsonl")
    # of 48 answers whose first of 98 tokens is drawn evenly, some begin with the kind that was asked for
    assert [line["step"] for line in steps] == [1, 2]
    assert max(line["grad_norm"] for line in steps) > 0
    timing = read_lines(tmp_path / "run" / "timing.jsonl")
    assert all(line["sampler/probe_difference"] < 1e-3 for line in timing if "sampler/sync_s" in line)
    assert any("sampler/sync_s" in line for line in timing)
    config = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert (config["backend"]["name"], config["backend"]["cache_gib"]) == ("vllm", 0.25)
    answers = read_lines(tmp_path / "run" / "transcripts.jsonl")
    assert all(len(entry["completions"][0]) <= 4 for entry in answers)
    assert set(KINDS) >= {entry["task_id"].partition("-")[0] for entry in answers}


def test_a_run_whose_engine_is_off_ends_with_one_line(folder, tmp_path, command, capsys):
    settings = ["algo.steps=1", "backend.tolerance=1e-12", f"run_dir={tmp_path / 'run'}"]
    assert command(agents.train.main, *options(folder, *settings)) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: the engine does not sample from the weights of version 0")


def test_a_model_that_vllm_cannot_run_here_ends_with_one_line(command, capsys):
    # heads of 16 numbers are narrower than its kernels take
    assert command(agents.eval.main, *options("tiny", "samples=1")) == 2
    assert "head_dim=16" in capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.model
@pytest.mark.slow
def test_the_default_model_is_handed_over_after_a_step_of_its_optimizer():
    from agents.backends.vllm import VllmBackend

    model = load_model("smollm2-135m")
    policy = VllmBackend(VllmConfig(cache_gib=0.5, context=256), model, max_batch=8)
    prompt = model.encode_prompt([Message(role="user", content="Name a colour.")])
    sampling = Sampling(temperature=0.7, max_new_tokens=8, seed=1)
    before = policy.generate([prompt] * 4, sampling)
    assert worst(policy, [prompt] * 4, before, 0.7) < 5e-4
    optimizer = torch.optim.AdamW(model.model.parameters(), lr=1e-3)
    ids = torch.tensor([[*prompt, *before[0].token_ids]])
    model.model(input_ids=ids, labels=ids).loss.backward()
    optimizer.step()
    assert policy.probe() > 0.01
    policy.load_weights({}, 1)
    after = policy.generate([prompt] * 4, sampling)
    assert worst(policy, [prompt] * 4, after, 0.7) < 5e-4
    assert {each.policy_version for each in after} == {1}
