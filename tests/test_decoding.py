"""The ways to decode: each gives what the model's own forward pass gives, whatever rows stand beside a row."""

import subprocess
import sys

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only
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

from agents.backends import llama, siblings, transformers
from agents.backends.fixed import check_graphs
from agents.backends.modules import ModuleDecoder
from agents.backends.transformers import TransformersBackend
from agents.core import FinishReason, Sampling
from agents.models import tiny_model
from envs.core import ConfigError

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


def sample(model, prompts=PROMPTS, *, max_batch=64, eos_ids=(1,), tokens=12, seed=3, graphs=False):
    sampling = Sampling(max_new_tokens=tokens, seed=seed)
    return TransformersBackend(model, eos_ids, max_batch=max_batch, graphs=graphs).generate(prompts, sampling)


def plain_logprobs(model, prompt, completion):
    """What one forward pass over the whole sequence says of the sampled tokens, in float64."""
    ids = torch.tensor([[*prompt, *completion.token_ids]], device=model.device)
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


# ---- steps that are recorded and repeated


class Tape(TorchDispatchMode):
    """What ran, in order. It stands for a CUDA graph: it repeats the operations that it saw, on the tensors that it saw
    them on, and has no eye for what Python would decide anew."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        assert func is not torch.ops.aten._local_scalar_dense.default, "a number was looked at"
        out = func(*args, **(kwargs or {}))
        self.calls.append((func, args, kwargs or {}, out))
        return out

    def repeat(self, last):
        made = {}

        def now(tensor):
            return made.get(id(tensor), tensor)

        for func, args, kwargs, out in self.calls:
            fresh = func(*tree_map_only(torch.Tensor, now, args), **tree_map_only(torch.Tensor, now, kwargs))
            for then, new in zip(_tensors(out), _tensors(fresh), strict=True):
                made[id(then)] = new
        return made[id(last)]


def _tensors(out):
    return [part for part in (out if isinstance(out, (tuple, list)) else [out]) if isinstance(part, torch.Tensor)]


@pytest.fixture
def recorded(monkeypatch):
    """Let any model's steps be recorded on tapes; the value is the list of them."""
    tapes = []

    def tape_for(device):
        def record(run):
            tapes.append(tape := Tape())
            with tape:
                last = run()
            return lambda: tape.repeat(last)

        return record

    monkeypatch.setattr(transformers, "check_graphs", lambda model: None)
    monkeypatch.setattr(transformers, "CudaGraphs", tape_for)
    return tapes


@pytest.mark.parametrize("max_batch", [64, 3])
def test_repeated_steps_have_the_plain_paths_log_probabilities(llama_like, recorded, max_batch):
    completions = sample(llama_like, graphs=True, max_batch=max_batch)
    for prompt, completion in zip(PROMPTS, completions, strict=True):
        assert completion.logprobs == pytest.approx(plain_logprobs(llama_like, prompt, completion), abs=1e-5)


@pytest.mark.parametrize("max_batch", [64, 5, 1])
def test_rows_that_end_and_enter_draw_what_they_draw_without_graphs(llama_like, recorded, max_batch):
    prompts, ends = [*PROMPTS, VERY_LONG, VERY_LONG[:240]], tuple(range(0, 300, 9))
    plain = sample(llama_like, prompts, graphs=False, max_batch=max_batch, eos_ids=ends, tokens=40)
    fixed = sample(llama_like, prompts, graphs=True, max_batch=max_batch, eos_ids=ends, tokens=40)
    assert len({len(completion.token_ids) for completion in plain}) > 3
    assert [c.token_ids for c in fixed] == [c.token_ids for c in plain]
    assert [c.finish_reason for c in fixed] == [c.finish_reason for c in plain]


def test_a_step_is_recorded_once_for_each_size(llama_like, recorded):
    sample(llama_like, [LONG] * 7, graphs=True, eos_ids=(), tokens=60)
    assert len(recorded) == 1
    recorded.clear()
    sample(llama_like, [VERY_LONG[:240]] * 2, graphs=True, eos_ids=(), tokens=40)
    assert len(recorded) == 2  # 256 positions, then 512


def test_any_model_that_looks_at_no_numbers_could_be_recorded(gpt2, recorded):
    for prompt, completion in zip(PROMPTS, sample(gpt2, graphs=True), strict=True):
        assert completion.logprobs == pytest.approx(plain_logprobs(gpt2, prompt, completion), abs=1e-5)


def test_half_precision_writes_what_it_reads(llama_like, recorded):
    with torch.autocast("cpu", torch.bfloat16):
        plain = sample(llama_like, graphs=False)
        fixed = sample(llama_like, graphs=True)
    first = [(c.token_ids[0], round(c.logprobs[0], 5)) for c in plain]
    assert [(c.token_ids[0], round(c.logprobs[0], 5)) for c in fixed] == first
    for ours, theirs in zip(fixed, plain, strict=True):
        if ours.token_ids == theirs.token_ids:
            assert ours.logprobs == pytest.approx(theirs.logprobs, abs=0.05)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_repeats_its_graphs():
    model = randomise(make(LlamaForCausalLM, LlamaConfig)).cuda()
    prompts, ends = [*PROMPTS, VERY_LONG], tuple(range(0, 300, 9))
    for prompt, completion in zip(
        prompts, sample(model, prompts, graphs=True, max_batch=5, eos_ids=ends, tokens=40), strict=True
    ):
        assert completion.logprobs == pytest.approx(plain_logprobs(model, prompt, completion), abs=1e-3)


def test_what_cannot_be_recorded_is_refused(gpt2):
    for model, told in ((tiny_model().model, "on cpu"), (gpt2, "GPT2LMHeadModel")):
        with pytest.raises(ConfigError, match=told):
            check_graphs(model)
