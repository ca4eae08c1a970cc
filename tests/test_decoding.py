"""The ways to decode: each gives what the model's own forward pass gives, whatever rows stand beside a row."""

import subprocess
import sys

import pytest
import torch
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from agents.backends import llama, siblings
from agents.backends.modules import ModuleDecoder
from agents.backends.transformers import TransformersBackend
from agents.core import FinishReason, Sampling

SIZES = {
    "vocab_size": 300, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 2, "num_attention_heads": 6,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 512, "bos_token_id": None, "eos_token_id": 1,
    "pad_token_id": 1,
}  # fmt: skip

LONG = tuple(range(3, 103))
"""A hundred tokens: four siblings of it share its keys and values, two of a short prompt do not."""
OTHER = tuple(range(120, 200))
VERY_LONG = tuple(3 + 7 * index % 290 for index in range(270))
"""Too long to stand beside others."""
PROMPTS = [LONG, (5, 6), LONG, (*LONG[:60], 7, 7), LONG, (5, 6), (9,), LONG]


def make(model_class, config_class, **options):
    torch.manual_seed(4)
    return model_class(config_class(**{**SIZES, **options})).eval()


def randomise(model):
    """Give every parameter values that matter, biases and norms too."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.15 * torch.randn(parameter.shape) + (1.0 if parameter.ndim == 1 else 0.0))
    return model


@pytest.fixture(
    scope="module",
    params=[
        (LlamaForCausalLM, LlamaConfig, {"tie_word_embeddings": True}),
        (LlamaForCausalLM, LlamaConfig, {"attention_bias": True, "mlp_bias": True}),
        (Qwen2ForCausalLM, Qwen2Config, {}),
        (Qwen3ForCausalLM, Qwen3Config, {"num_key_value_heads": 6}),
    ],
    ids=["llama", "llama with biases", "qwen2", "qwen3"],
)
def llama_like(request):
    model_class, config_class, options = request.param
    return randomise(make(model_class, config_class, **options))


@pytest.fixture(scope="module")
def gpt2():
    torch.manual_seed(4)
    config = GPT2Config(vocab_size=300, n_positions=256, n_embd=48, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=1)
    return GPT2LMHeadModel(config).eval()


def sample(model, prompts=PROMPTS, *, max_batch=64, eos_ids=(1,), tokens=12, seed=3):
    sampling = Sampling(max_new_tokens=tokens, seed=seed)
    return TransformersBackend(model, eos_ids, max_batch=max_batch).generate(prompts, sampling)


def plain_logprobs(model, prompt, completion):
    """What one forward pass over the whole sequence says of the sampled tokens, in float64."""
    ids = torch.tensor([[*prompt, *completion.token_ids]])
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits[0, len(prompt) - 1 : -1].double()
    return torch.log_softmax(logits, 1).gather(1, ids[0, len(prompt) :, None]).squeeze(1).tolist()


@pytest.mark.parametrize("max_batch", [64, 3])
def test_models_of_llamas_shape_sample_with_the_plain_paths_log_probabilities(llama_like, max_batch):
    assert llama.suits(llama_like)
    for prompt, completion in zip(PROMPTS, sample(llama_like, max_batch=max_batch), strict=True):
        assert completion.logprobs == pytest.approx(plain_logprobs(llama_like, prompt, completion), abs=1e-5)


@pytest.mark.parametrize("max_batch", [64, 3])
def test_any_other_model_samples_with_the_plain_paths_log_probabilities(gpt2, max_batch):
    assert not llama.suits(gpt2)
    for prompt, completion in zip(PROMPTS, sample(gpt2, max_batch=max_batch), strict=True):
        assert completion.logprobs == pytest.approx(plain_logprobs(gpt2, prompt, completion), abs=1e-5)


def test_both_ways_of_decoding_draw_the_same_tokens(llama_like, monkeypatch):
    fast = sample(llama_like)
    monkeypatch.setattr(llama, "suits", lambda model: False)
    assert [one.token_ids for one in sample(llama_like)] == [one.token_ids for one in fast]


@pytest.mark.parametrize("fast", [True, False], ids=["packed", "modules"])
def test_rows_that_end_and_rows_that_enter_change_nothing_for_the_others(llama_like, monkeypatch, fast):
    if not fast:
        monkeypatch.setattr(llama, "suits", lambda model: False)
    ends = tuple(range(0, 300, 12))  # one token in twelve ends a completion, so places are freed all the time
    prompts = PROMPTS * 3
    whole = sample(llama_like, prompts, eos_ids=ends, tokens=16)
    assert len({len(completion.token_ids) for completion in whole}) > 5
    assert {completion.finish_reason for completion in whole} == set(FinishReason)
    for max_batch in (1, 5):
        parts = sample(llama_like, prompts, eos_ids=ends, tokens=16, max_batch=max_batch)
        assert [completion.token_ids for completion in parts] == [completion.token_ids for completion in whole]
        for one, other in zip(whole, parts, strict=True):
            assert one.logprobs == pytest.approx(other.logprobs, abs=1e-5)


@pytest.mark.parametrize("max_batch", [64, 6])
def test_prompts_of_different_lengths_are_attended_to_side_by_side(llama_like, max_batch):
    prompts = [LONG, OTHER, LONG, VERY_LONG, OTHER, LONG, OTHER, (5, 6), VERY_LONG, OTHER, *[(*LONG[:64], 8)] * 5, LONG]
    completions = sample(llama_like, prompts, eos_ids=tuple(range(0, 300, 12)), tokens=16, max_batch=max_batch)
    assert len({len(completion.token_ids) for completion in completions}) > 5
    for prompt, completion in zip(prompts, completions, strict=True):
        assert completion.logprobs == pytest.approx(plain_logprobs(llama_like, prompt, completion), abs=1e-5)


def test_short_prompts_are_one_call_and_held_once():
    shared = siblings.SharedPrompts()
    short, shorter, long = (
        siblings.Prompt(length, [torch.randn(2, 1, length, 4)], torch.zeros(9)) for length in (100, 80, 300)
    )
    before = [prompt.stored[0].clone() for prompt in (short, shorter, long)]
    assert len(shared.of([short, long, None, shorter, short])) == 2
    whole = short.stored[0].untyped_storage()
    assert shorter.stored[0].untyped_storage().data_ptr() == whole.data_ptr()
    assert whole.nbytes() == 2 * 2 * 100 * 4 * 4
    assert all(torch.equal(prompt.stored[0], was) for prompt, was in zip((short, shorter, long), before, strict=True))
    assert len(shared.of([short, short])) == 1
    assert short.stored[0].untyped_storage().nbytes() == 2 * 100 * 4 * 4  # half of them have left
    assert shared.of([None]) == []


class Counted:
    """Counts the rows that a decoder runs, over all steps."""

    def __init__(self, decoder):
        self.decoder, self.steps, self.rows = decoder, 0, 0
        self.keep, self.admit = decoder.keep, decoder.admit

    def step(self, tokens):
        self.steps, self.rows = self.steps + 1, self.rows + len(tokens)
        return self.decoder.step(tokens)


@pytest.mark.parametrize("fast", [True, False], ids=["packed", "modules"])
def test_no_row_is_run_after_its_end_and_places_do_not_stay_empty(llama_like, monkeypatch, fast):
    ends, prompts = tuple(range(0, 300, 12)), PROMPTS * 3
    backend = TransformersBackend(llama_like, ends, max_batch=4)
    made = llama.LlamaDecoder(llama_like, prompts, 4, 30) if fast else ModuleDecoder(llama_like, 30)
    counted = Counted(made)
    monkeypatch.setattr(backend, "_decoder", lambda prompts, max_new_tokens: counted)
    completions = backend.generate(prompts, Sampling(max_new_tokens=30, seed=3))
    # a token is run for every drawn one but the last of each completion
    assert counted.rows == sum(len(completion.token_ids) - 1 for completion in completions)
    # four places: with one at most empty while prompts wait, and three at the very end
    assert counted.steps <= counted.rows / 3 + 30


def test_a_completion_is_handed_out_as_soon_as_it_ends(llama_like):
    backend = TransformersBackend(llama_like, tuple(range(0, 300, 12)), max_batch=4)
    sampling = Sampling(max_new_tokens=30, seed=3)
    order = list(backend.completions(PROMPTS, sampling))
    assert [dict(order)[row] for row in range(len(PROMPTS))] == backend.generate(PROMPTS, sampling)
    first, last = order[0][1], order[-1][1]
    assert len(first.token_ids) < len(last.token_ids)
    assert [row for row, _ in order] != sorted(row for row, _ in order)


def test_prompts_are_run_once_however_many_rows_they_have(llama_like, monkeypatch):
    run = []
    read = llama.LlamaDecoder._run
    monkeypatch.setattr(
        llama.LlamaDecoder, "_run", lambda self, ids, before: run.append(ids) or read(self, ids, before)
    )
    sample(llama_like, [LONG, (*LONG, 5)] * 6, max_batch=4)
    # what both begin with, less a token that the shorter one needs for itself, then the rest of each
    assert sorted(run) == sorted([LONG[:99], LONG[99:], (*LONG[99:], 5)])


def test_whoever_reads_completions_may_compute_gradients_meanwhile(llama_like):
    backend = TransformersBackend(llama_like, (1,))
    for _ in backend.completions([(5, 6)], Sampling(max_new_tokens=9)):
        weight = torch.ones(2, requires_grad=True)
        weight.sum().backward()
        assert weight.grad is not None


def test_a_torch_without_onednn_samples_with_the_models_own_modules():
    script = """
import torch
class Absent:
    def __getattr__(self, name):
        raise AttributeError(name)
torch.ops.mkldnn = Absent()
torch.backends.mkldnn.is_available = lambda: False
from agents.backends.transformers import TransformersBackend
from agents.core import Sampling
from agents.models import tiny_model
tiny = tiny_model()
[done] = TransformersBackend(tiny.model, tiny.eos_ids).generate([(5, 6)], Sampling(max_new_tokens=12))
print(len(done.token_ids) == len(done.logprobs) > 0)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert ended.stdout == "True\n", ended.stderr
