"""Evaluation against an OpenAI-compatible endpoint: ours, and servers that hang, fail and talk nonsense."""

import json
import threading
from pathlib import Path

import pytest
from served import TOKEN, served
from servers import completion, serving
from toys import Kinds, Repair

import agents.eval
import agents.train
from agents.backends import check_backend, endpoint
from agents.backends.endpoint import EndpointError
from agents.backends.openai import OpenAIBackend
from agents.config import OpenAIConfig
from agents.core import FinishReason, Sampling, TrajectoryStatus
from agents.rollout import Rollout
from agents.totals import totals
from envs.core import ConfigError, Message, VerifierError

PLUGIN = Path(__file__).parent / "toys_plugin.py"
ASKED = [(Message(role="user", content="digit 0"),)]
SAMPLING = Sampling(temperature=0.5, max_new_tokens=7, seed=3)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(endpoint, "_PAUSE_S", 0.001)


def backend(answers, **options):
    return OpenAIBackend(OpenAIConfig(url=answers.url, **{"retries": 1, **options}), "some-model")


def ended(reason, text="7"):
    reply = completion(text)
    reply["choices"][0]["finish_reason"] = reason
    return reply


def rollout(answers, env=Kinds, **options):
    return Rollout(env, backend(answers, **options), None)


# ---- what is sent, and what comes back


def test_a_list_of_models_that_drips_in_is_not_waited_for():
    with serving(completion("7")) as answers:
        answers.listing = 0.1
        asked = endpoint.Endpoint(answers.url, key_env=None, concurrency=1, timeout_s=0.4, retries=0)
        with pytest.raises(EndpointError, match=r"lists no model within 0\.4 s"):
            asked.first_model()


def test_a_conversation_is_sent_as_messages_and_text_and_counts_come_back():
    with serving(ended("length", "7 is a digit")) as answers:
        [turn] = backend(answers).answer(ASKED, SAMPLING)
    asked = answers.asked[0]
    assert asked.pop("seed") in range(2**31)
    assert asked == {
        "model": "some-model",
        "messages": [{"role": "user", "content": "digit 0"}],
        "temperature": 0.5,
        "max_completion_tokens": 7,
    }
    assert answers.paths == ["/chat/completions"]
    assert turn.text == "7 is a digit"
    assert turn.completion.finish_reason is FinishReason.LENGTH
    # as the endpoint counts; which tokens they were it does not say
    assert (turn.unseen_context, turn.completion.unseen_tokens) == (30, 4)
    assert (turn.context_ids, turn.completion.token_ids, turn.completion.logprobs) == ((), (), ())


def test_what_an_endpoint_does_not_take_is_not_sent(command):
    with serving(completion("7")) as answers:
        backend(answers, omit=["seed", "temperature"]).answer(ASKED, SAMPLING)
        options = [f"plugins=[{PLUGIN}]", "env=kinds", "backend=openai", f"backend.url={answers.url}", "model=m"]
        assert command(agents.eval.main, *options, "samples=1", "backend.omit=[seed]") == 0
    assert {"seed", "temperature"}.isdisjoint(answers.asked[0])
    assert "seed" not in answers.asked[-1] and answers.asked[-1]["temperature"] == 1.0


def test_the_key_is_taken_from_the_variable_that_is_named(monkeypatch):
    monkeypatch.setenv("MY_KEY", "secret")
    with serving(completion("7")) as answers:
        backend(answers, key_env="MY_KEY").answer(ASKED, SAMPLING)
        backend(answers, limit_name="max_tokens").answer(ASKED, SAMPLING)
    assert [headers["authorization"] for headers in answers.headers] == ["Bearer secret", "Bearer none"]
    assert answers.asked[1]["max_tokens"] == 7


def test_each_row_has_a_seed_of_its_own_and_the_same_one_again():
    with serving(completion("7")) as answers:
        backend(answers, concurrency=1).answer(ASKED * 3, SAMPLING)
        backend(answers, concurrency=1).answer(ASKED * 3, SAMPLING)
    seeds = [asked["seed"] for asked in answers.asked]
    assert len(set(seeds[:3])) == 3
    assert seeds[:3] == seeds[3:]


def test_requests_are_under_way_side_by_side_and_answers_keep_their_order():
    # each answer waits until three requests are there: one after the other they would break the barrier
    together = threading.Barrier(3, timeout=20)

    def say(asked):
        together.wait()
        return completion(asked["messages"][0]["content"].upper())

    conversations = [(Message(role="user", content=text),) for text in ("a", "b", "c")]
    with serving(say) as answers:
        turns = backend(answers, concurrency=3).answer(conversations, SAMPLING)
    assert [turn.text for turn in turns] == ["A", "B", "C"]


def test_a_second_turn_is_asked_with_all_that_was_said():
    with serving(completion("?"), completion("7")) as answers:
        playing = rollout(answers, Repair)
        [group] = playing.groups(["guess-0"], group_size=1, sampling=SAMPLING, episode_seed=0)
        playing.close()
    assert [message["role"] for message in answers.asked[1]["messages"]] == ["user", "assistant", "user"]
    assert answers.asked[1]["messages"][1]["content"] == "?"
    assert [turn.text for turn in group.trajectories[0].turns] == ["?", "7"]
    assert group.trajectories[0].completion_length == 8


def test_answers_are_judged_and_counted():
    with serving(completion("7"), ended("length", "x")) as answers:
        playing = rollout(answers, concurrency=1)
        groups = playing.groups(["digit-0"], group_size=2, sampling=SAMPLING, episode_seed=0)
        playing.close()
    members = groups[0].trajectories
    assert [member.passed for member in members] == [True, False]
    assert [member.status for member in members] == [TrajectoryStatus.OK, TrajectoryStatus.TRUNCATED]
    numbers = totals(groups)
    assert (numbers["prompt_tokens"], numbers["completion_tokens"], numbers["mean_reward"]) == (60, 8, 0.5)


@pytest.mark.parametrize(
    ("reply", "text"), [(completion(None, refusal="I will not."), "I will not."), (ended("length", None), "")]
)
def test_a_model_that_refuses_or_thinks_until_its_limit_is_judged_and_not_left_out(reply, text):
    with serving(reply) as answers:
        playing = rollout(answers)
        [group] = playing.groups(["digit-0"], group_size=1, sampling=SAMPLING, episode_seed=0)
        playing.close()
    [member] = group.trajectories
    assert [turn.text for turn in member.turns] == [text]
    assert (member.passed, member.reward is None) == (False, False)


# ---- what fails is never a reward


NO_ANSWER = [
    (500, "answers 500", 2),
    (429, "answers 429", 2),
    (400, "answers 400", 1),
    (("wait", 0.6), "did not answer within 0.3 s", 2),
    (("drip", 0.1), "did not answer within 0.3 s", 2),
    (b"garbage", "something else than JSON", 2),
    (b"[" * 100_000, "something else than JSON", 2),
    (b"[1]", "something else than an object", 2),
    (b"x" * 5000, "more than 4000 bytes", 2),
    ({}, "no single choice", 1),
    ({"choices": "x"}, "no single choice", 1),
    ({"choices": [{}, {}]}, "no single choice", 1),
    (ended("content_filter"), "for the reason 'content_filter'", 1),
    (ended("tool_calls"), "for the reason 'tool_calls'", 1),
    (ended(None), "for the reason None", 1),
    (ended([]), "for the reason []", 1),
    (completion(None, refusal=7), "no text", 1),
    (completion(None), "no text", 1),
    ({"choices": [{"finish_reason": "length", "message": {"role": "assistant"}}]}, "no text", 1),
    (ended("stop", 7), "no text", 1),
    ({"choices": [{"finish_reason": "stop", "message": "7"}]}, "no text", 1),
]


@pytest.mark.parametrize(("reply", "said", "tries"), NO_ANSWER)
def test_whatever_is_no_answer_is_an_error_without_a_reward(monkeypatch, reply, said, tries):
    monkeypatch.setattr(endpoint, "MOST_BYTES", 4000 if reply == b"x" * 5000 else endpoint.MOST_BYTES)
    with serving(reply) as answers:
        [error] = backend(answers, timeout_s=0.3 if isinstance(reply, tuple) else 20).answer(ASKED, SAMPLING)
    assert isinstance(error, EndpointError)
    assert said in str(error)
    assert len(answers.asked) == tries


def test_a_failure_that_passes_costs_a_try_and_no_reward():
    with serving(503, b"garbage", completion("7")) as answers:
        [turn] = backend(answers, retries=2).answer(ASKED, SAMPLING)
    assert turn.text == "7"
    assert len(answers.asked) == 3


def test_an_endpoint_that_is_not_there_is_an_error():
    with serving(completion("7")) as answers:
        pass
    [error] = backend(answers).answer(ASKED, SAMPLING)
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize(
    ("status", "said"), [(401, "refuses the key"), (403, "refuses the key"), (404, "knows no such")]
)
def test_a_refusal_that_every_request_would_meet_ends_the_evaluation(status, said):
    with serving(status) as answers, pytest.raises(ConfigError, match=said):
        backend(answers, concurrency=1).answer(ASKED * 50, SAMPLING)
    assert len(answers.asked) < 50


def test_counts_that_are_no_numbers_are_unknown():
    reply = completion("7")
    reply["usage"] = {"prompt_tokens": "many", "completion_tokens": -3}
    with serving(reply) as answers:
        [turn] = backend(answers).answer(ASKED, SAMPLING)
    assert (turn.unseen_context, turn.completion.unseen_tokens) == (None, None)


def test_tokens_that_an_endpoint_does_not_count_are_unknown_and_not_none(command, tmp_path):
    untold = completion("7")
    del untold["usage"]
    with serving(untold) as answers:
        options = [f"plugins=[{PLUGIN}]", "env=kinds", "backend=openai", f"backend.url={answers.url}", "model=m"]
        assert command(agents.eval.main, *options, "samples=1", f"out={tmp_path / 'out.json'}") == 0
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["mean_length"] is None
    assert told["totals"]["completion_tokens"] is None and told["totals"]["prompt_tokens"] is None
    assert told["totals"]["completions"] > 0


def test_text_that_no_file_can_hold_is_still_judged():
    with serving(json.dumps(ended("stop", "7\ud800")).encode()) as answers:
        [turn] = backend(answers).answer(ASKED, SAMPLING)
    assert turn.text == "7?"


def test_episodes_without_an_answer_are_left_out_and_counted_by_the_budget():
    with serving(completion("7"), 400, completion("x"), completion("7")) as answers:
        playing = rollout(answers, concurrency=1)
        [group] = playing.groups(["digit-0"], group_size=4, sampling=SAMPLING, episode_seed=0)
        playing.close()
    assert [member.reward and member.reward.total for member in group.trajectories] == [1.0, None, 0.0, 1.0]
    assert totals([group])["fault/endpoint_error"] == 1
    assert group.trajectories[1].turns == ()
    with serving(*[400, completion("7")] * 8) as answers:
        playing = Rollout(Kinds, backend(answers, concurrency=1), None, error_budget=0.4)
        with pytest.raises(VerifierError, match=r"8 of the last 16 completions have no reward"):
            playing.groups(["digit-0"], group_size=16, sampling=SAMPLING, episode_seed=0)
        playing.close()


# ---- commands


def evaluation(url, *more):
    return [f"plugins=[{PLUGIN}]", "env=kinds", "backend=openai", f"backend.url={url}", "samples=2", *more]


def test_our_own_server_is_evaluated_like_any_other(tmp_path, command, monkeypatch, capsys):
    monkeypatch.setenv("SERVER_KEY", TOKEN)
    out = tmp_path / "result.json"
    with served(tmp_path) as server:
        url = str(server.client.base_url)
        options = evaluation(url, "backend.key_env=SERVER_KEY", "max_new_tokens=4", f"out={out}")
        assert command(agents.eval.main, "model=tiny", *options) == 0
        assert command(agents.eval.main, "model=tinny", *options) == 2
    result = json.loads(out.read_text())
    # six held-out tasks, two answers each
    assert result["scored"] == {f"{kind}-{n}": 2 for kind in ("digit", "lower", "upper") for n in (2, 5)}
    assert result["totals"]["completions"] == 12
    assert result["totals"]["completion_tokens"] > 0
    assert result["config"]["backend"]["key_env"] == "SERVER_KEY"
    assert TOKEN not in out.read_text()
    # nothing but the table is printed: no line for each request
    assert "HTTP" not in capsys.readouterr().out


def test_an_endpoint_that_never_answers_ends_with_one_line(command, capsys):
    with serving(500) as answers:
        assert command(agents.eval.main, *evaluation(answers.url, "model=m", "backend.retries=0")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: not one of 12 episodes could be judged") and said.count("\n") == 1
    assert "answers 500" in said and "endpoint_error 12" in said


def test_an_evaluation_may_lose_no_more_answers_than_its_budget(command, capsys):
    with serving(*[500, completion("7")] * 16) as answers:
        options = ("model=m", "samples=4", "error_budget=0.25", "backend.retries=0", "backend.concurrency=1")
        assert command(agents.eval.main, *evaluation(answers.url)[:-1], *options) == 2
    assert "12 of the last 24 completions have no reward" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["backend=openai", "backend.url=http://x"], "backend=openai answers with text"),
        (["backend=opneai"], "no backend 'opneai'; did you mean 'openai'?"),
        (["backend=openai", "backend.ulr=x"], "no option of the backend 'openai' 'ulr'; did you mean 'url'?"),
        (["backend.url=http://x"], "no option of the backend 'transformers' 'url'"),
        (["backend=vllm", "backend.url=http://x"], "backend.url evaluates: a server does not take the weights"),
        (["backend=vllm", "backend.tolerance=0"], "backend.tolerance must be positive, got 0.0"),
        (["backend=vllm", "backend.dtype=floot32"], "no backend.dtype 'floot32'; did you mean 'float32'?"),
        (["backend=vllm", "backend.cache_gib=much"], "Value 'much' of type 'str' could not be converted to Float"),
    ],
)
def test_a_backend_that_cannot_train_is_refused_in_one_line(tmp_path, command, capsys, monkeypatch, options, message):
    monkeypatch.setattr("agents.train.load_policy", None)
    given = [f"plugins=[{PLUGIN}]", "env=kinds", "model=tiny", f"run_dir={tmp_path / 'run'}", *options]
    assert command(agents.train.main, *given) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("error: ") and said.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "openai"}, "needs backend.url, such as backend.url=http://localhost:8000/v1"),
        ({"name": "openai", "url": "localhost:8000"}, "must begin with http:// or https://, got 'localhost:8000'"),
        ({"name": "openai", "url": "http://x", "key_env": "NO_SUCH_VARIABLE"}, "there is no such environment variable"),
        ({"name": "openai", "url": "http://x", "retries": -1}, "backend.retries must be at least 0, got -1"),
        ({"name": "openai", "url": "http://x", "timeout": 3}, "no option of the backend 'openai' 'timeout'"),
        ({"name": "openai", "url": "http://x", "omit": "seed"}, "backend.omit is a list, such as .*, got 'seed'"),
        ({"name": "openai", "url": "http://x", "omit": ["sed"]}, "backend.omit may name 'sed'; did you mean 'seed'?"),
        ({"name": "openai", "url": "http://x", "concurrency": 0}, "backend.concurrency must be positive, got 0"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_before_anything_is_asked(given, message):
    with pytest.raises(ConfigError, match=message):
        check_backend(given, training=False)
