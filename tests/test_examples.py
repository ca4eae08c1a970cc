import json
import os
import runpy
import shutil
from pathlib import Path

import pytest
from gymnasium.utils.env_checker import check_env

import agents.train
import envs
from envs import audit
from envs.text_env import judge

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
ORDER_FORM = [f"plugins=[{EXAMPLES / 'order_form.py'}]", "env=order_form"]
WORD_LADDER = [
    f"plugins=[{EXAMPLES / 'word_ladder.py'}]",
    "env=text",
    "env.verifier=word_ladder",
    f"env.tasks={EXAMPLES / 'word_ladders.jsonl'}",
]

envs.load_plugins([str(EXAMPLES / "order_form.py"), str(EXAMPLES / "word_ladder.py")])


def order_form():
    return envs.make("order_form").unwrapped


def ladders():
    return envs.make("text", verifier="word_ladder", tasks=str(EXAMPLES / "word_ladders.jsonl")).unwrapped


@pytest.mark.parametrize("name", ["order_form.py", "word_ladder.py", "other_languages.py"])
def test_an_example_fits_on_a_screen(name):
    assert len((EXAMPLES / name).read_text().splitlines()) < 60


@pytest.mark.parametrize("make", [order_form, ladders])
def test_an_example_is_a_gymnasium_environment(make):
    check_env(make())


@pytest.mark.parametrize("example", [ORDER_FORM, WORD_LADDER])
def test_an_example_passes_the_audit(example):
    assert audit.main(example) == 0


@pytest.mark.parametrize("make", [order_form, ladders])
def test_an_example_has_tasks_to_train_on_and_others_held_out(make):
    env = make()
    assert len(env.tasks("train")) >= 10
    assert len(env.tasks("heldout")) >= 5


@pytest.mark.parametrize("example", [ORDER_FORM, WORD_LADDER])
def test_a_tiny_policy_is_trained_on_an_example_from_the_command_line(example, command, tmp_path):
    settings = ["model=tiny", "algo.steps=2", "algo.groups_per_step=2", "algo.group_size=2", "algo.max_new_tokens=6"]
    folder = tmp_path / "run"
    assert command(agents.train.main, *example, *settings, "eval.samples=1", f"run_dir={folder}") == 0
    assert json.loads((folder / "summary.json").read_text())["steps"] == 2


def test_submissions_of_three_languages_are_judged_by_what_they_print(bubblewrap, capsys, monkeypatch):
    if not os.environ.get("CI") and None in map(shutil.which, ("bash", "g++")):
        pytest.skip("no bash, or no g++")
    monkeypatch.setattr("sys.argv", ["other_languages.py", "bubblewrap"])
    runpy.run_path(str(EXAMPLES / "other_languages.py"), run_name="__main__")
    verdicts = [
        [part.strip().split(" (")[0] for part in line.split(" | ")] for line in capsys.readouterr().out.splitlines()
    ]
    assert verdicts == [
        *([language, "right", "right", "right"] for language in ("python", "bash", "c++")),
        ["c++", "right", "right", "wrong: -294967296"],  # 4000000000 - 2**32
        *([language, status, status, status] for language, status in (
            ("c++", "runtime_error"), ("c++", "cpu_timeout"), ("bash", "runtime_error"),
        )),
        ["python", "right", "wrong: 6", "wrong: 6"],
    ]  # fmt: skip


# ---- attacks on the order form: Chen, 7 bowls

ORDER = envs.Task(
    task_id="order", prompt=(), reference={"name": "Chen", "item": "bowls", "count": 7}, gold=None
)  # fmt: skip
LONE = envs.Task(task_id="order", prompt=(), reference={"name": "Chen", "item": "bowls", "count": 1}, gold=None)


def order_score(completion, task=ORDER):
    return judge(order_form().verifier, task, completion).total


@pytest.mark.parametrize(
    "completion",
    [
        '{"name": "Chen", "item": "bowls", "count": 7}',
        '{"count":7,"item":"bowls","name":"Chen"}',
        '\n {"name": "\\u0043hen", "item": "bowls", "count": 7} \n',  # another spelling of the same value
    ],
)
def test_the_order_may_be_written_as_json_allows(completion):
    assert order_score(completion) == 1.0


@pytest.mark.parametrize(
    "completion",
    [
        '{"name": "Chen", "item": "bowls", "count": "7"}',
        '{"name": "Chen", "item": "bowls", "count": 7.0}',
        '{"name": "Chen", "item": "bowls", "count": [7]}',
        '{"name": "Chen", "item": "bowls"}',
        '{"name": "Chen", "item": "bowls", "count": 7, "note": ""}',
        '{"name": "Ana", "name": "Chen", "item": "bowls", "count": 7}',  # every name, the last one counts
        '[{"name": "Chen", "item": "bowls", "count": 7}]',
        '{"name": "Chen", "item": "bowls", "count": 6} {"name": "Chen", "item": "bowls", "count": 7}',
        'Here it is: {"name": "Chen", "item": "bowls", "count": 7}',
        '{"name": "Chen", "item": "bowls", "count": NaN}',
        '{"name": "Chen ", "item": "bowls", "count": 7}',
        "null",
        "[]",
        "",
    ],
)
def test_what_is_nearly_the_order_earns_nothing(completion):
    assert order_score(completion) == 0.0


def test_true_is_not_one():
    assert order_score('{"name": "Chen", "item": "bowls", "count": 1}', LONE) == 1.0
    assert order_score('{"name": "Chen", "item": "bowls", "count": true}', LONE) == 0.0


@pytest.mark.parametrize("completion", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "\ud800", "\x00"])
def test_no_answer_makes_the_judge_fail_and_so_escapes_its_zero(completion):
    assert order_score(completion) == 0.0
    assert order_score(f'{{"name": "Chen", "item": "bowls", "count": {completion}}}') == 0.0


def test_the_note_holds_a_number_that_is_not_the_count():
    # otherwise the only number would do, whatever the note says
    prompts = [task.prompt[0].content.split("\n\n")[1] for task in order_form().tasks()]
    assert sum(sum(word.strip(".,").isdigit() for word in note.split()) == 2 for note in prompts) > len(prompts) / 3


# ---- attacks on the word ladder: cold, cord, card, ward, warm

LADDER = envs.Task(
    task_id="cold-warm",
    prompt=(),
    reference={"start": "cold", "goal": "warm", "words": ["card", "cord", "corn", "ward", "word"]},
)


def ladder_score(completion):
    return judge(envs.make_verifier("word_ladder"), LADDER, completion).total


@pytest.mark.parametrize(
    "completion", ["cold cord card ward warm", "cold cord word ward warm", " cold\ncord card\tward warm "]
)
def test_every_way_up_is_right(completion):
    assert ladder_score(completion) == 1.0


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "cold warm",  # a jump
        "warm ward card cord cold",  # the wrong way
        "cold cord card ward",  # not the whole way
        "cord card ward warm",
        "cold cord corn cord card ward warm",  # a word twice: a ladder could be made as long as one likes
        "cold cord card ward warm warm",
        "cold cord card wart warm",  # a word that is not allowed
        "cold cord card ward warm done",
        "COLD CORD CARD WARD WARM",
        "cold, cord, card, ward, warm",
        "\u0441old \u0441ord \u0441ard ward warm",  # Cyrillic letters that look Latin
        "cold c\u200bord card ward warm",
        "card cold cord corn ward warm word",  # all the words
        "warm",
        "cold",
    ],
)
def test_what_breaks_a_rule_earns_nothing(completion):
    assert ladder_score(completion) == 0.0


def test_no_ladder_of_the_file_is_a_single_step():
    for task in ladders().tasks():
        assert len(task.gold.split()) >= 4
        assert judge(ladders().verifier, task, f"{task.reference['start']} {task.reference['goal']}").total == 0.0
