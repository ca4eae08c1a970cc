import json

import pytest
import torch
from safetensors.torch import load_file
from test_train import PLUGIN, SMALL, train_here

from agents.config import LoraConfig
from agents.learner import OptimizerSettings, PolicyLearner
from agents.lora import WithoutAdapter, load_adapted
from agents.losses import clip
from agents.memory import blank_row
from agents.metrics import read_lines
from agents.models import check_model, load_model, sampler_weights, save_model, tiny_model
from envs import ConfigError

peft = pytest.importorskip("peft", reason="the extra `lora` is not installed")

pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated")  # peft asks transformers

LORA = [
    *SMALL,
    "hydra/job_logging=none",
    "env=kinds",
    "algo.steps=4",
    "checkpoint_every=2",
    "eval.every=0",
    "eval.samples=1",
]
LORA += ["algo.lora.rank=4", "algo.learning_rate=3e-2", "algo.kl_weight=0.01"]
IDS = torch.arange(3, 20)[None]


def learner_of(model, **options):
    settings = OptimizerSettings(
        learning_rate=1e-2, warmup_steps=0, weight_decay=0.0, betas=(0.9, 0.95), max_grad_norm=1.0
    )
    return PolicyLearner(model, surrogate=clip, temperature=1.0, settings=settings, **options)


def with_changed_adapter():
    """The tiny model with an adapter that changes something: a new one has B = 0."""
    adapted = load_adapted("tiny", LoraConfig(rank=4), device="cpu")
    torch.manual_seed(0)
    for name, parameter in adapted.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return adapted


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of four steps that trained an adapter."""
    folder = tmp_path_factory.mktemp("lora") / "run"
    train_here(*LORA, f"run_dir={folder}")
    return folder


def test_a_new_adapter_changes_nothing_and_is_in_all_linear_layers_of_the_blocks():
    adapted, plain = load_adapted("tiny", LoraConfig(rank=4), device="cpu").model, tiny_model().model
    with torch.no_grad():
        assert torch.equal(adapted(IDS).logits, plain(IDS).logits)
    trained = [name for name, parameter in adapted.named_parameters() if parameter.requires_grad]
    # q, k, v, o and the three of the perceptron, two matrices each, in two blocks
    assert len(trained) == 7 * 2 * 2
    assert all(".lora_A." in name or ".lora_B." in name for name in trained)


def test_merged_weights_say_the_same_as_the_adapter_beside_them():
    loaded, plain = with_changed_adapter(), tiny_model().model
    adapted, weights = loaded.model, sampler_weights(loaded)
    assert weights.keys() == plain.state_dict().keys()
    with torch.no_grad():
        before = plain(IDS).logits
        plain.load_state_dict(weights)
        assert not torch.allclose(adapted(IDS).logits, before, atol=1e-2)
        torch.testing.assert_close(adapted(IDS).logits, plain(IDS).logits, atol=1e-5, rtol=1e-5)


def test_the_reference_is_the_model_with_the_adapter_off_and_what_is_trained_stays_trained():
    adapted, plain = with_changed_adapter().model, tiny_model().model
    with torch.no_grad():
        with WithoutAdapter(adapted).off():
            without = adapted.base_model(input_ids=IDS).last_hidden_state
        assert torch.equal(without, plain.base_model(input_ids=IDS).last_hidden_state)
        assert not torch.equal(without, adapted.base_model(input_ids=IDS).last_hidden_state)
    assert any(parameter.requires_grad for parameter in adapted.parameters())


def test_a_model_in_the_wrapper_of_peft_is_scored_like_the_model_in_it(tmp_path):
    adapted = with_changed_adapter()
    save_model(adapted, tmp_path)
    wrapped = peft.PeftModel.from_pretrained(tiny_model().model, tmp_path, is_trainable=True)
    row = blank_row(12)
    logprobs_N, _ = learner_of(wrapped).logprobs(row)
    torch.testing.assert_close(logprobs_N, learner_of(adapted.model).logprobs(row)[0])
    logprobs_N.sum().backward()
    assert all(parameter.grad is not None for parameter in wrapped.parameters() if parameter.requires_grad)


def test_only_the_adapter_is_trained_and_has_an_optimizer_state(run):
    state = torch.load(run / "checkpoints" / "last" / "state.pt", weights_only=True)["learner"]
    assert len(state["model"]) == len(state["optimizer"]["state"]) == 28
    loaded = load_adapted(str(run), LoraConfig(rank=4), device="cpu").model
    plain = tiny_model().model.state_dict()
    for name, value in loaded.state_dict().items():
        if ".lora_" in name:
            assert torch.equal(value, state["model"][name])
            assert value.abs().sum() > 0
        else:
            assert torch.equal(value, plain[name.replace(".base_layer.", ".")]), name


def test_the_checkpoint_is_an_adapter_that_peft_loads_and_that_is_merged_for_whoever_loads_the_run(run):
    folder = run / "checkpoints" / "last" / "model"
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json"} <= {p.name for p in folder.iterdir()}
    assert not (folder / "model.safetensors").exists()
    config = json.loads((folder / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["r"], config["lora_alpha"]) == ("tiny", 4, 8)
    assert set(load_file(folder / "adapter_model.safetensors")) == {
        f"base_model.model.{name.replace('.default', '')}"
        for name, parameter in load_adapted(str(run), LoraConfig(rank=4), device="cpu").model.named_parameters()
        if parameter.requires_grad
    }
    with torch.no_grad():
        of_peft = peft.PeftModel.from_pretrained(tiny_model().model, folder)(IDS).logits
        torch.testing.assert_close(load_model(str(run)).model(IDS).logits, of_peft, atol=1e-5, rtol=1e-5)
        assert not torch.allclose(of_peft, tiny_model().model(IDS).logits, atol=1e-3)


def test_a_resumed_run_goes_on_to_the_same_numbers(run, tmp_path):
    folder = tmp_path / "run"
    train_here(*LORA, "algo.steps=2", f"run_dir={folder}")
    train_here(f"resume={folder}", "algo.steps=4", f"plugins=[{PLUGIN}]")
    assert (folder / "metrics.jsonl").read_bytes() == (run / "metrics.jsonl").read_bytes()
    assert any(line["kl_to_reference"] > 0 for line in read_lines(folder / "metrics.jsonl"))


def test_the_start_is_the_model_without_its_adapter(tmp_path):
    # the reference is the same model in a copy of its own
    train_here(*LORA, "algo.watch_kl=true", "algo.reference=tiny", f"run_dir={tmp_path / 'run'}")
    lines = [line for line in read_lines(tmp_path / "run" / "metrics.jsonl") if "kl_to_start" in line]
    assert max(line["kl_to_start"] for line in lines) > 1e-6
    for line in lines:
        assert line["kl_to_start"] == pytest.approx(line["kl_to_reference"], rel=1e-3, abs=1e-7)


def test_an_adapter_of_another_rank_is_refused(run):
    with pytest.raises(ConfigError, match=r"has rank 4: give algo\.lora\.rank=4, or 0 to train all weights"):
        load_adapted(str(run), LoraConfig(rank=8), device="cpu")


def test_layers_that_the_model_does_not_have_are_refused():
    with pytest.raises(ConfigError, match=r"algo\.lora\.targets=.*fits no layer of 'tiny'"):
        load_adapted("tiny", LoraConfig(rank=4, targets=["q_prj"]), device="cpu")


def test_an_adapter_whose_model_is_gone_is_refused_before_anything_is_loaded(tmp_path):
    save_model(with_changed_adapter(), tmp_path)
    path = tmp_path / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base_model_name_or_path": str(tmp_path / "gone")}))
    with pytest.raises(ConfigError, match="gone"):
        check_model(str(tmp_path))


@pytest.mark.filterwarnings("ignore:Model has .tie_word_embeddings")  # peft warns of the same
@pytest.mark.parametrize("target", ["embed_tokens", "lm_head"])
def test_an_adapter_that_would_not_be_trained_or_not_be_merged_is_refused(target):
    with pytest.raises(ConfigError, match="an adapter in the embeddings or the head cannot be trained here"):
        load_adapted("tiny", LoraConfig(rank=4, targets=["q_proj", target]), device="cpu")
