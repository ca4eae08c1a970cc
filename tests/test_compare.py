"""`python -m agents.compare`: what it shows, and the one line in which it says what it cannot read."""

import json
from pathlib import Path

import pytest

from agents import compare


def a_run(folder, passes, rewards):
    """A run's folder as far as it is compared: two tasks with four completions each."""
    folder.mkdir()
    evaluation = {
        "samples": 4, "passes": dict(zip("ab", passes, strict=True)), "scored": {"a": 4, "b": 4},
        "levels": {"a": "1", "b": "1"}, "mean_length": 3.0, "truncated": 0.0,
    }  # fmt: skip
    (folder / "eval_000002.json").write_text(json.dumps(evaluation))
    lines = [{"step": step, "reward": reward, "entropy": 2.0} for step, reward in enumerate(rewards, start=1)]
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    timing = {"step": 1, "sample_s": 60.0, "sample_cpu_s": 120.0, "tokens_per_s": 9.0, "sampled_tokens": 500,
              "sampler/sync_s": 60.0, "peak_memory_bytes": 2**31}  # fmt: skip
    (folder / "timing.jsonl").write_text(json.dumps(timing) + "\n")
    return str(folder)


def test_several_runs_are_compared_with_the_first_by_task_and_drawn_into_one_picture(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    # tasks a and b: 0/4 and 2/4 before, 2/4 and 4/4 after: both differ by a half
    first = a_run(tmp_path / "first", (0, 2), (0.1, 0.2))
    others = [a_run(tmp_path / "second", (2, 4), (0.3, 0.5)), a_run(tmp_path / "third", (0, 2), (0.1, 0.1))]
    picture = tmp_path / "compare.png"
    assert compare.main([first, *others, f"out={picture}"]) == 0
    said = capsys.readouterr().out
    assert "+0.500" in said
    assert "+0.500 to +0.500" in said
    assert "+0.000 to +0.000" in said
    # a minute, two of processor time, 500 tokens, 2 GiB
    cells = next(line for line in said.splitlines() if "second" in line and "500" in line)
    assert all(cell in cells for cell in ("1.0", "2.0", "500", "2.0"))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_runs_without_a_common_task_or_an_evaluation_are_told_in_one_line(tmp_path, capsys):
    one = a_run(tmp_path / "one", (0, 2), (0.1,))
    (tmp_path / "empty").mkdir()
    assert compare.main([one, str(tmp_path / "empty")]) == 2
    assert compare.main([one]) == 2
    assert [line[:6] for line in capsys.readouterr().err.splitlines()] == ["error:", "error:"]


@pytest.fixture
def pair(tmp_path):
    """The folders of two runs that can be compared."""
    return [a_run(tmp_path / name, passes, (0.1,)) for name, passes in (("one", (0, 2)), ("two", (2, 4)))]


@pytest.fixture
def refused(pair, capsys):
    """Compare the two, and return the one line that is said instead: (*arguments)."""

    def call(*arguments):
        assert compare.main([*pair, *arguments]) == 2
        said = capsys.readouterr().err
        assert said.startswith("error: ") and said.count("\n") == 1
        return said

    return call


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.jsonl", b'{"step": 1, "reward": 0.1}\nnot JSON\n'),
        ("metrics.jsonl", b"5\n"),
        ("metrics.jsonl", b'{"step": 1, "reward": [1]}\n'),
        ("timing.jsonl", b'{"sample_s": 60.0}\n'),
        ("timing.jsonl", b'{"step": 1, "sample_s": "long"}\n'),
        ("timing.jsonl", b'{"step": 1, "note": "caf\xe9"}\n'),
        ("eval_000000.json", b""),
        ("eval_000000.json", b"{}"),
        (
            "eval_000000.json",
            b'{"samples": 1, "passes": 5, "scored": 5, "levels": {}, "mean_length": 1, "truncated": 0}',
        ),
    ],
)
def test_a_damaged_file_is_told_by_name_in_one_line(name, content, pair, refused, tmp_path):
    (Path(pair[1]) / name).write_bytes(content)
    assert str(Path(pair[1]) / name) in refused(f"out={tmp_path / 'curves.png'}")


@pytest.mark.parametrize("out", ["x.foo", "x.pgf", "", "one"])
def test_a_picture_that_cannot_be_is_refused_before_anything_is_shown(
    out, pair, refused, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.png").mkdir()
    assert f"out={out}" in refused(f"out={out}")
    assert capsys.readouterr().out == ""


def test_the_path_that_is_told_is_that_of_the_picture(pair, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert compare.main([*pair, "out=new/curves"]) == 0
    assert capsys.readouterr().out.endswith("the curves are in new/curves.png\n")
    assert Path("new/curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["br[/b]", "br[red]", "a$b_$", ":smile:"])
def test_the_name_of_a_folder_is_shown_as_it_is(name, pair, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    a_run(Path(name), (0, 2), (0.1,))
    assert compare.main(["one", name]) == 0
    said = capsys.readouterr().out
    assert f"one -> {name}: 2 tasks" in said
    assert f"│ {name} " in said


def test_long_paths_that_differ_at_their_end_are_told_apart_where_the_table_is_narrow(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    names = [f"{'long' * 12}-{end}" for end in ("seed0", "seed1")]
    for name in names:
        a_run(Path(name), (0, 2), (0.1,))
    assert compare.main(names) == 0
    table = capsys.readouterr().out.partition("what it took")[2]
    first = "".join(line.split("│")[1].strip() for line in table.splitlines() if line.startswith("│"))
    assert first == "".join(names)


def test_a_run_without_a_common_task_is_left_out_and_the_others_are_compared(pair, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    strange = Path(a_run(tmp_path / "strange", (1, 1), (0.1,))) / "eval_000002.json"
    strange.write_text(strange.read_text().replace('"a"', '"c"').replace('"b"', '"d"'))
    assert compare.main(["one", "strange", "two"]) == 0
    said = capsys.readouterr()
    assert said.err == "one -> strange: not compared, they have no task in common\n"
    assert "one -> two: 2 tasks" in said.out and "+0.500" in said.out
    assert compare.main(["one", "strange"]) == 2  # nothing was compared
