"""A local model as the judge of model graders."""

import pytest
from rft_jobs import body, write_job

from agents.compose import env_options
from agents.judge import LocalChat, local_chat
from agents.rollout import text_env
from envs import make
from envs.core import ConfigError
from envs.verifiers.chat import ChatError

ASK = [{"role": "developer", "content": "Judge."}, {"role": "user", "content": "How good is it?"}]


def test_a_local_model_answers_whatever_model_is_named_and_counts_its_tokens():
    judge = LocalChat("tiny")
    first = judge.chat("gpt-4o", ASK, {"temperature": 1.0, "seed": 3, "max_completions_tokens": 5}, None)
    again = judge.chat("o3-mini", ASK, {"temperature": 1.0, "seed": 3, "max_completions_tokens": 5}, None)
    assert first == again
    # two messages between <|turn|> and <|end|>, 6 and 15 characters, and the answer's <|turn|>
    assert first.usage.prompt_tokens == 6 + 15 + 5
    assert 1 <= first.usage.completion_tokens <= 5


def test_the_coldest_judge_says_the_same_whatever_the_seed():
    judge = LocalChat("tiny")
    said = {judge.chat("m", ASK, {"seed": seed, "max_completions_tokens": 8}, None).text for seed in range(4)}
    assert len(said) == 1


def test_a_question_that_is_too_long_is_no_answer_and_a_model_that_is_not_there_is_told():
    with pytest.raises(ChatError, match="takes 2048 tokens"):
        LocalChat("tiny").chat("m", [{"role": "user", "content": "x" * 3000}], {}, None)
    with pytest.raises(ConfigError, match="no model 'tinny'"):
        LocalChat("tinny")


def test_a_runs_judge_by_name_is_one_model_for_all_environments_and_a_url_is_left_alone(tmp_path):
    grader = {
        "type": "score_model",
        "name": "kind",
        "model": "gpt-4o-mini",
        "input": [{"role": "user", "content": "How good is {{ sample.output_text }}?"}],
        "sampling_params": {"max_completions_tokens": 4},
    }
    job = str(write_job(tmp_path, body(grader)))
    name, options = env_options({"name": "rft", "job": job, "judge": "tiny", "sandbox": "bubblewrap"}, "auto")
    assert options["judge"] is local_chat("tiny")
    first, second = (text_env(make(name, **options)) for _ in range(2))
    assert first.verifier is second.verifier
    url = "http://localhost:1/v1"
    assert env_options({"name": "rft", "judge": url}, "auto")[1]["judge"] == url
