"""Attention by member is the attention that the mask of a packed row describes, gradients included."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

from agents import attention
from agents.backends.transformers import TransformersBackend
from agents.batch import join, pack, visibility
from agents.core import Completion, FinishReason, Trajectory, TrajectoryStatus, Turn
from agents.learner import OptimizerSettings, PolicyLearner
from agents.losses import clip
from agents.precision import Computing
from agents.scorer import Scorer
from envs import ConfigError, RewardBreakdown, RewardTerm

SIZES = {
    "vocab_size": 90, "hidden_size": 48, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 6,
    "num_key_value_heads": 2, "head_dim": 8, "bos_token_id": None, "eos_token_id": 1, "pad_token_id": 1,
}  # fmt: skip


def completion(ids):
    return Completion(
        token_ids=tuple(ids), logprobs=(-1.0,) * len(ids), finish_reason=FinishReason.STOP, policy_version=0
    )


def member(prompt, *parts):
    """Make a trajectory of completions with what the environment said between them."""
    turns = [Turn(context_ids=prompt, completion=completion(parts[0]), text="")]
    for context, ids in zip(parts[1::2], parts[2::2], strict=True):
        turns.append(Turn(context_ids=tuple(context), completion=completion(ids), text=""))
    reward = RewardBreakdown(terms={"right": RewardTerm(score=1.0)})
    return Trajectory(task_id="t", turns=tuple(turns), status=TrajectoryStatus.OK, reward=reward)


def row_of(prompt_tokens, lengths, first=2):
    prompt = tuple(range(first, first + prompt_tokens))
    members = [member(prompt, range(5 + n, 5 + n + length)) for n, length in enumerate(lengths)]
    members.append(member(prompt, (7, 8, 9), (20, 21), (30, 31, 32)))
    return pack([(one, 1.0) for one in members])


@pytest.fixture(scope="module", params=[(LlamaForCausalLM, LlamaConfig), (Qwen3ForCausalLM, Qwen3Config)])
def model(request):
    torch.manual_seed(1)
    model_class, config_class = request.param
    return model_class(config_class(**SIZES, attn_implementation="sdpa"))


def learner_of(model):
    settings = OptimizerSettings(
        learning_rate=1e-3, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    return PolicyLearner(model, surrogate=clip, temperature=1.0, settings=settings)


def gradients(model, row):
    model.zero_grad()
    logprobs, entropies = learner_of(model).logprobs(row)
    (logprobs.sum() + 0.3 * entropies.square().sum()).backward()
    return logprobs.detach(), {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("in_groups", [("cpu",), ()])
@pytest.mark.parametrize(("prompt_tokens", "lengths"), [(1, [9, 1, 12, 12]), (6, [20, 3, 17, 1, 20]), (40, [8] * 9)])
def test_log_probabilities_and_gradients_are_those_of_the_mask(model, monkeypatch, prompt_tokens, lengths, in_groups):
    monkeypatch.setattr(attention, "_IN_GROUPS", in_groups)
    row = row_of(prompt_tokens, lengths)
    assert attention.members_of(row, torch.device("cpu")) is not None
    found, slopes = gradients(model, row)
    monkeypatch.setattr(attention, "members_of", lambda row, device: None)
    expected, expected_slopes = gradients(model, row)
    assert torch.allclose(found, expected, atol=1e-5)
    for name, slope in slopes.items():
        scale = float(expected_slopes[name].abs().max())
        assert torch.allclose(slope, expected_slopes[name], atol=1e-5 * max(1.0, scale)), name


@pytest.mark.parametrize("in_groups", [("cpu",), ()])
def test_groups_in_one_row_have_the_log_probabilities_and_gradients_that_they_have_alone(model, monkeypatch, in_groups):
    monkeypatch.setattr(attention, "_IN_GROUPS", in_groups)
    rows = [row_of(6, [20, 3, 17]), row_of(1, [9], first=40), row_of(12, [5, 5], first=30)]
    together = join(rows)
    assert [one.lengths for one in attention.members_of(together, torch.device("cpu"))] == [
        (20, 3, 17, 8), (9, 8), (5, 5, 8)
    ]  # fmt: skip
    found, slopes = gradients(model, together)
    apart = [gradients(model, row) for row in rows]
    assert torch.allclose(found, torch.cat([logprobs for logprobs, _ in apart]), atol=1e-5)
    for name, slope in slopes.items():
        expected = sum(one[name] for _, one in apart)
        assert torch.allclose(slope, expected, atol=1e-5 * max(1.0, float(expected.abs().max()))), name
    monkeypatch.setattr(attention, "members_of", lambda row, device: None)  # by the mask over the row
    by_mask, _ = gradients(model, together)
    assert torch.allclose(found, by_mask, atol=1e-5)


def test_a_row_of_members_whose_padding_would_cost_as_much_keeps_its_mask():
    assert attention.members_of(row_of(2, [30]), torch.device("cpu")) is None


def test_a_row_of_a_prompt_alone_is_no_group():
    row = row_of(6, [20, 13, 17])
    alone = replace(row, member_T=row.member_T[:6], group_T=row.group_T[:6])
    assert attention.members_of(alone, torch.device("cpu")) is None


def test_what_a_member_sees_is_what_the_mask_shows():
    row = row_of(6, [20, 13, 17])
    [members] = attention.members_of(row, torch.device("cpu"))
    mask = visibility(row)
    starts = [6, 26, 39, 56]  # the prompt has 6, the members 20, 13 and 17; the last has 3, 2 and 3
    assert members.lengths == (20, 13, 17, 8)
    for start, length in zip(starts, members.lengths, strict=True):
        seen = [*range(6), *range(start, start + length)]
        for token in range(length):
            shown = members.visible[0, 0, token].nonzero().flatten().tolist()
            assert [seen[index] for index in shown] == mask[start + token].nonzero().flatten().tolist()


def test_a_model_that_attends_by_member_still_generates_and_is_saved_without_it(model, tmp_path):
    ids = torch.tensor([[5, 6, 7], [8, 9, 10]])
    assert attention.use(model)
    by_member = model.eval()(input_ids=ids, use_cache=False).logits
    model.save_pretrained(tmp_path)
    assert attention.NAME not in (tmp_path / "config.json").read_text()
    loaded = type(model).from_pretrained(tmp_path, attn_implementation="sdpa").eval()
    assert torch.allclose(loaded(input_ids=ids, use_cache=False).logits, by_member, atol=1e-5)


SMALL = {
    "vocab_size": 50, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 2, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


def test_models_that_do_not_attend_to_all_before_a_token_are_refused():
    # |learner - model| would be several nats, and sampler and learner would agree on the same wrong number
    windowed = transformers.MistralForCausalLM(transformers.MistralConfig(**SMALL, sliding_window=4))
    mixed = transformers.Gemma3ForCausalLM(transformers.Gemma3TextConfig(**SMALL, sliding_window=4))
    for refused, reason in ((windowed, "the last 4 tokens only"), (mixed, "layers of the kind sliding_attention")):
        for use in (attention.check_attention, lambda model: TransformersBackend(model, (2,))):
            with pytest.raises(ConfigError, match=reason):
                use(refused)
    attention.check_attention(transformers.MistralForCausalLM(transformers.MistralConfig(**SMALL, sliding_window=None)))
    for kind in ("Llama", "Qwen2", "Qwen3", "GPT2"):
        config = getattr(transformers, f"{kind}Config")()
        attention.check_attention(SimpleNamespace(config=config))


@pytest.mark.parametrize("rope", ["dynamic", "longrope"])
def test_models_whose_rotation_depends_on_how_long_a_row_is_are_refused(rope):
    factors = {"short_factor": [1.0] * 4, "long_factor": [2.0] * 4} if rope == "longrope" else {"factor": 2.0}
    told = {"rope_type": rope, "rope_theta": 1e4, "original_max_position_embeddings": 24, **factors}
    config = transformers.LlamaConfig(**SMALL, max_position_embeddings=96, rope_parameters=told)
    model = transformers.LlamaForCausalLM(config)
    for use in (attention.check_attention, lambda model: TransformersBackend(model, (2,)), make_scorer):
        with pytest.raises(ConfigError, match=f"rope_type {rope}"):
            use(model)


def test_models_that_would_add_a_mask_of_true_and_false_to_their_scores_are_refused():
    eager = transformers.LlamaForCausalLM._from_config(transformers.LlamaConfig(**SMALL), attn_implementation="eager")
    for use in (attention.check_attention, lambda model: TransformersBackend(model, (2,)), make_scorer):
        with pytest.raises(ConfigError, match="attn_implementation='sdpa'"):
            use(eager)


def make_scorer(model):
    return Scorer(model, 1.0, Computing())
