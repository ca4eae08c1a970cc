"""The environment of a fine-tuning job, and training on one."""

import json
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from rft_jobs import HAS_LETTER, body, python_grader, rows, write_job, write_rows
from servers import completion, serving

import agents.eval
import agents.train
import envs
from agents.checkpoint import best_checkpoints
from agents.core import Trajectory, TrajectoryStatus
from agents.faults import ErrorBudget
from agents.job import is_hosted
from agents.metrics import read_lines
from envs.audit import audit
from envs.core import ConfigError, RewardBreakdown, VerifierError
from envs.rft.__main__ import main as look_at
from envs.rft.load import SAMPLE
from envs.verifiers.chat import ChatReply
from envs.verifiers.grading import TokenUsage

SMALL = ["env=rft", "algo.max_new_tokens=4", "run_dir=run"]


@pytest.fixture(autouse=True)
def one_thread():
    """A model this small is slower on several processors than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def env_of(tmp_path, request=None, **options):
    return envs.make("rft", job=str(write_job(tmp_path, request or body())), **options).unwrapped


# ---- the environment


def test_rows_become_tasks_and_the_validation_file_is_what_is_not_trained_on(tmp_path):
    env = env_of(tmp_path)
    assert [len(env.tasks(split)) for split in ("train", "validation", "heldout")] == [16, 8, 8]
    assert env.tasks("validation") == env.tasks("heldout")
    assert len(env.tasks()) == 24
    task = env.task("train-1")
    assert task.prompt[0].content == "Say something of the apple and dune"
    assert task.reference == {"letter": "a"}
    env.reset(options={"task_id": "train-1"})
    assert env.step("BANANA")[1] == 1.0
    env.reset(options={"split": "heldout"})
    assert env.step("\n")[1] == 0.0


def test_a_job_whose_response_format_is_text_is_one_without_a_format(tmp_path):
    request = body()
    request["method"]["reinforcement"]["response_format"] = {"type": "text"}
    env = env_of(tmp_path, request)
    env.reset(options={"task_id": "train-1"})
    assert env.step("BANANA")[1] == 1.0


def test_many_environments_of_a_job_share_what_was_read(tmp_path):
    job = write_job(tmp_path, body())
    first, second = (envs.make("rft", job=str(job)).unwrapped for _ in range(2))
    assert first.tasks("train") is second.tasks("train")
    assert first.verifier is second.verifier
    write_rows(tmp_path / "train.jsonl", rows(0, 9))
    changed = envs.make("rft", job=str(tmp_path / "job.json")).unwrapped
    assert len(changed.tasks("train")) == 9


def test_ids_of_uploaded_files_are_looked_up_in_a_mapping_or_in_a_file_of_one(tmp_path):
    request = {**body(), "training_file": "file-abc", "validation_file": "file-def"}
    job = write_job(tmp_path, request)
    files = {"file-abc": str(tmp_path / "train.jsonl"), "file-def": str(tmp_path / "validation.jsonl")}
    assert len(envs.make("rft", job=str(job), files=files).unwrapped.tasks("train")) == 16
    (tmp_path / "files.json").write_text(json.dumps(files))
    assert len(envs.make("rft", job=str(job), files=str(tmp_path / "files.json")).unwrapped.tasks("train")) == 16
    with pytest.raises(ConfigError, match="/training_file: there is no file 'file-abc'"):
        envs.make("rft", job=str(job))
    with pytest.raises(ConfigError, match="did you mean 'file-abd'"):
        envs.make("rft", job=str(job), files={"file-abd": files["file-abc"], **{"file-def": files["file-def"]}})


def test_a_key_that_the_grader_reads_must_be_in_every_row(tmp_path):
    job = write_job(tmp_path, body())
    write_rows(tmp_path / "train.jsonl", [*rows(0, 3), {**rows(3, 1)[0], "leter": "x", "letter": None}])
    [*good, bad] = [json.loads(text) for text in (tmp_path / "train.jsonl").read_text().splitlines()]
    del bad["letter"]
    write_rows(tmp_path / "train.jsonl", [*good, bad])
    with pytest.raises(ConfigError, match=r"line 4: the grader reads item.letter: .*did you mean 'leter'"):
        envs.make("rft", job=str(job))


def test_files_that_share_prompts_are_refused_unless_that_is_allowed(tmp_path):
    job = write_job(tmp_path, body())
    write_rows(tmp_path / "validation.jsonl", rows(15, 4))
    with pytest.raises(ConfigError, match="the files are not disjoint: line 1 of the validation file and line 16"):
        envs.make("rft", job=str(job))
    assert len(envs.make("rft", job=str(job), disjoint=[]).unwrapped.tasks("heldout")) == 4
    with pytest.raises(ConfigError, match="no kind of overlap 'prompts'; did you mean 'prompt'"):
        envs.make("rft", job=str(job), disjoint=["prompts"])


def test_answers_may_be_shared_unless_they_must_not(tmp_path):
    assert env_of(tmp_path).tasks("heldout")
    with pytest.raises(ConfigError, match=r"share their answer \('s'\)"):
        env_of(tmp_path, disjoint=["answer"])


def test_functions_of_a_row_are_described_to_the_model(tmp_path):
    job = write_job(tmp_path, body())
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    write_rows(tmp_path / "train.jsonl", [{**row, "tools": [tool]} for row in rows(0, 2)])
    task = envs.make("rft", job=str(job)).unwrapped.task("train-1")
    assert [message.role for message in task.prompt] == ["system", "user"]
    assert '"name": "look_up"' in task.prompt[0].content
    assert "tools" not in task.reference


def test_a_call_that_the_model_writes_is_what_graders_see_of_it(tmp_path):
    grader = {**HAS_LETTER, "operation": "eq", "input": "{{ sample.output_tools[0].function.name }}"}
    env = env_of(tmp_path, body({**grader, "reference": "look_up"}))
    for answer, reward in (
        ('Wait. <tool_call>{"name": "look_up", "arguments": {"x": 1}}</tool_call>', 1.0),
        ('<tool_call>nonsense</tool_call><tool_call>{"name": "look_up", "arguments": {}}</tool_call>', 1.0),
        ('<tool_call>{"name": "other", "arguments": {}}</tool_call>', 0.0),
        ('<tool_call>{"name": "look_up", "arguments": "x"}</tool_call>', 0.0),
        ('<tool_call>{"name": "look_up", "arguments": {}}', 0.0),
        ("look_up", 0.0),
    ):
        env.reset(options={"task_id": "train-1"})
        assert env.step(answer)[1] == reward, answer


def test_the_sample_job_withstands_every_attack_and_pays_its_gold_answers():
    env = envs.make("rft").unwrapped
    findings = audit(env, repeats=1)
    assert {finding.verdict for finding in findings} == {"ok"}
    assert sum(finding.probe.kind == "gold" for finding in findings) == 36
    assert json.loads(SAMPLE.read_text())["model"] == "o4-mini-2025-04-16"


def test_the_audit_shows_that_containment_pays_a_list_of_everything(tmp_path):
    findings = audit(env_of(tmp_path), repeats=1)
    breaches = {finding.probe.name for finding in findings if finding.verdict == "breach"}
    # `ilike` asks for one letter: any long text holds it
    assert {"the the the", "claims success"} <= breaches


def test_a_job_without_known_gold_answers_is_audited_all_the_same(tmp_path, bubblewrap):
    source = "def grade(sample, item):\n    return float(sample['output_text'] == item['letter'] * 3)"
    env = env_of(tmp_path, body(python_grader(source)), sandbox=bubblewrap)
    assert env.task("train-1").gold is None
    env.prepare()
    findings = audit(env, limit=2)
    assert {finding.verdict for finding in findings} == {"ok"}
    told = env_of(tmp_path, body(python_grader(source)), sandbox=bubblewrap, gold="{{ item.letter }}aa")
    assert told.task("train-1").gold == "aaa"


def test_a_floor_is_declared_and_must_be_a_reward(tmp_path):
    assert env_of(tmp_path, floor=0.25).floor == 0.25
    with pytest.raises(ConfigError, match="floor is a reward between 0 and 1, got 2"):
        env_of(tmp_path, floor=2)


def test_a_grader_that_fails_on_every_row_is_told_before_any_model_is_loaded(tmp_path, bubblewrap):
    env = env_of(tmp_path, body(python_grader("def grade(sample, item):\n    return 1 / 0")), sandbox=bubblewrap)
    with pytest.raises(ConfigError, match=r"(?s)python_grader_runtime_error.*ZeroDivisionError"):
        env.prepare()


class Flatterer:
    """A judge that finds everything perfect, and says how much it read."""

    def chat(self, model, messages, sampling, response_format):
        return ChatReply(text='{"result": 1.0, "steps": []}', usage=TokenUsage(prompt_tokens=7))


def test_a_judge_of_ones_own_answers_for_model_graders(tmp_path):
    grader = {
        "type": "score_model",
        "name": "kind",
        "model": "gpt-4o-mini",
        "input": [{"role": "user", "content": "How good is {{ sample.output_text }}?"}],
    }
    env = env_of(tmp_path, body(grader), judge=Flatterer())
    env.reset(options={"task_id": "train-1"})
    assert env.step("x")[1] == 1.0


def test_looking_at_a_job_shows_what_its_files_share(tmp_path, capsys):
    job = write_job(tmp_path, body())
    assert look_at([f"job={job}"]) == 0
    shown = capsys.readouterr().out
    assert "16 rows to train on, 8 to validate on" in shown
    assert "the commonest answer" in shown
    assert look_at([f"job={job}", "anwser=x"]) == 2
    assert "did you mean 'answer'" in capsys.readouterr().err


# ---- training


def test_a_run_counts_the_tokens_of_its_judge(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    grader = {
        "type": "score_model",
        "name": "kind",
        "model": "lab/judge",
        "input": [{"role": "user", "content": "How good is {{ sample.output_text }}?"}],
    }
    job = write_job(tmp_path, body(grader, n_epochs=1, eval_interval=2, compute_multiplier=0.5))
    with serving(completion('{"result": 0.5, "steps": []}')) as judge:
        assert command(agents.train.main, *SMALL, f"job={job}", f"env.judge={judge.url}") == 0
    lines = [json.loads(line) for line in Path("run/timing.jsonl").read_text().splitlines()]
    told = sum(line.get(f"{part}judge_tokens/prompt_tokens/lab/judge", 0) for line in lines for part in ("", "valid_"))
    # each answer of the judge is of 30 tokens, and each question is answered once
    assert told == 30 * len(judge.asked) > 0


def test_a_job_trains_with_its_hyperparameters_and_keeps_its_best_checkpoints(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, body(n_epochs=2, eval_interval=2, learning_rate_multiplier=50, compute_multiplier=0.5))
    assert command(agents.train.main, *SMALL, f"job={job}") == 0
    config = OmegaConf.load("run/config.yaml")
    # 16 rows twice, 4 a step: 8 steps; half of 8 completions each; 50 times 2e-5
    assert (config.algo.steps, config.algo.groups_per_step, config.algo.group_size) == (8, 4, 4)
    assert config.algo.learning_rate == pytest.approx(1e-3)
    assert (config.model, config.seed, config.eval.samples, config.env.job) == ("tiny", 3, 1, str(job))
    evaluated = sorted(path.name for path in Path("run").glob("eval_*"))
    assert evaluated == [f"eval_{step:06d}.json" for step in (0, 2, 4, 6, 8)]
    best = best_checkpoints(Path("run"))
    rewards = {
        step: json.loads(Path(f"run/eval_{step:06d}.json").read_text())["totals"]["mean_reward"]
        for step in (2, 4, 6, 8)
    }
    assert [entry["step"] for entry in best] == sorted(rewards, key=lambda step: (-rewards[step], step))[:3]
    kept = {path.name for path in Path("run/checkpoints").glob("step_*")}
    assert kept == {f"step_{step:06d}" for step in {*(entry["step"] for entry in best), 8}}
    assert [path.parent.name for path in Path("run/checkpoints").glob("step_*/state.pt")] == ["step_000008"]


def test_the_command_line_wins_over_the_job(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, body(n_epochs=2, eval_interval=2))
    given = ["algo.groups_per_step=8", "seed=11", "eval.every=0", "algo.group_size=2"]
    assert command(agents.train.main, *SMALL, f"job={job}", *given) == 0
    config = OmegaConf.load("run/config.yaml")
    # 16 rows twice, now 8 a step: 4 steps
    assert (config.algo.steps, config.algo.groups_per_step, config.algo.group_size) == (4, 8, 2)
    assert (config.seed, config.eval.every) == (11, 0)


def test_a_hosted_models_name_is_said_to_stand_for_a_local_one(tmp_path, monkeypatch, command, capfd):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, {**body(n_epochs=1), "model": "o4-mini-2025-04-16"})
    assert command(agents.train.main, *SMALL, f"job={job}", "model=tiny") == 0
    assert OmegaConf.load("run/config.yaml").model == "tiny"
    job.write_text(json.dumps({**body(), "model": "smolm2"}))
    assert command(agents.train.main, "env=rft", f"job={job}", "run_dir=other") == 2
    assert "/model: no model 'smolm2'" in capfd.readouterr().err
    for name in ("o4-mini-2025-04-16", "gpt-4.1-nano", "ft:gpt-4o:x::y", "us.amazon.nova-lite"):
        assert is_hosted(name)
    for name in ("tiny", "smollm2-135m", "hf:org/gpt-2", "runs/one", "ft:tiny:assay::1"):
        assert not is_hosted(name)


def test_a_job_is_refused_in_another_environment(tmp_path, command, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(agents.train.main, "env=text", "job=job.json", "model=tiny") == 2
    assert "job=job.json is for env=rft, got env=text" in capfd.readouterr().err


HALF_BROKEN = """
def grade(sample, item):
    if item["letter"] in "ace":
        raise KeyError("no rubric for this row")
    return 0.5
"""


def test_a_job_whose_grader_fails_half_the_samples_fails_and_shows_why(
    tmp_path, monkeypatch, command, capfd, bubblewrap
):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, body(python_grader(HALF_BROKEN), n_epochs=3))
    assert command(agents.train.main, *SMALL, f"job={job}", "sandbox=bubblewrap") == 2
    said = capfd.readouterr().err
    assert "completions have no reward, more than error_budget=0.25 allows: python_grader_runtime_error" in said
    assert "no rubric for this row" in said


def test_within_the_budget_faults_are_masked_and_counted_by_name(tmp_path, monkeypatch, command, bubblewrap):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, body(python_grader(HALF_BROKEN), n_epochs=1))
    settings = ["sandbox=bubblewrap", "algo.error_budget=1", "algo.group_size=2"]
    assert command(agents.train.main, *SMALL, f"job={job}", *settings) == 0
    lines = read_lines(Path("run/metrics.jsonl"))
    # letters a, e, i, o, s, t in turn: rows 1, 2, 7, 8, 13, 14 of 16 hold a or e; two completions of each
    assert sum(line.get("fault/python_grader_runtime_error", 0) for line in lines) == 12
    assert all(line["mean_reward"] == 0.5 for line in lines)


def lost(fault):
    return Trajectory(task_id="t", turns=(), status=TrajectoryStatus.ERROR, reward=None, error="it broke", fault=fault)


def test_the_error_budget_looks_at_the_last_steps_together(tmp_path):
    fine = Trajectory(task_id="t", turns=(), status=TrajectoryStatus.OK, reward=RewardBreakdown(terms={}))
    budget = ErrorBudget(0.25)
    budget.spend([fine] * 8 + [lost("other_error")] * 4)  # a third of 12: too few to say anything
    budget.spend([fine] * 12)  # 4 of 24
    with pytest.raises(VerifierError, match=r"12 of the last 36 .* it broke \(other_error 8, sandbox_error 4\)"):
        budget.spend([fine] * 4 + [lost("other_error")] * 4 + [lost("sandbox_error")] * 4)
    forgetful = ErrorBudget(0.25)
    forgetful.spend([fine] * 12 + [lost("other_error")] * 4)
    for _ in range(4):
        forgetful.spend([fine] * 16)
    forgetful.spend([fine] * 4 + [lost("other_error")] * 12)  # 12 of the last 64: the first call is forgotten


def test_one_task_that_cannot_be_judged_ends_a_run_only_before_anything_was():
    fine = Trajectory(task_id="t", turns=(), status=TrajectoryStatus.OK, reward=RewardBreakdown(terms={}))
    budget = ErrorBudget(1.0)
    budget.spend([fine] * 8)
    budget.spend([lost("grader_error")] * 8)  # one group, as a refill asks for
    with pytest.raises(VerifierError, match="not one of 16 episodes could be judged"):
        budget.spend([lost("grader_error")] * 16)
    with pytest.raises(VerifierError, match="not one of 8 episodes could be judged"):
        ErrorBudget(1.0).spend([lost("grader_error")] * 8)


def test_a_tuned_model_is_evaluated_on_the_validation_file(tmp_path, monkeypatch, command, capfd):
    monkeypatch.chdir(tmp_path)
    job = write_job(tmp_path, body())
    settings = ["model=tiny", f"env.job={job}", "samples=1", "max_new_tokens=4", "out=out.json"]
    assert command(agents.eval.main, "env=rft", *settings) == 0
    assert json.loads(Path("out.json").read_text())["tasks"] == 8
    assert HAS_LETTER["operation"] == "ilike"
