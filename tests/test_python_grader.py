import os

import pytest
from fakes import BrokenSandbox

from envs.core import ConfigError
from envs.verifiers import python_grader
from envs.verifiers.graders import GraderConfigError, GraderContext, build_grader, check_grader, grader_warnings
from envs.verifiers.grading import GraderFault, Sample
from sandbox import packages
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.core import Call, ExecutionStatus, Limits, Program, SandboxError

ITEM = {"answer": "Paris", "n": 3}


def config(source, **more):
    return {"type": "python", "name": "mine", "source": source, **more}


def returning(expression, imports=""):
    return config(f"{imports}\ndef grade(sample, item):\n    return {expression}\n")


def grade(box, described, sample=Sample(output_text="Paris")):
    return build_grader(described, GraderContext(sandbox=box)).grade(sample, ITEM).score


def fault(box, described, sample=Sample(output_text="Paris")):
    with pytest.raises(GraderFault) as caught:
        grade(box, described, sample)
    return caught.value


def test_a_grader_is_called_with_the_sample_and_the_item(any_sandbox):
    source = """
from dataclasses import dataclass

@dataclass
class Part:
    score: float

def grade(sample: dict, item: dict) -> float:
    assert set(sample) == {"output_text", "output_json", "output_tools", "choices"}
    assert sample["output_json"] == {"a": [1, 2.5, None, True, "ü"]}
    assert sample["choices"][0]["message"]["content"] == sample["output_text"]
    print("whatever it prints is not a score: 1.0")
    return Part(0.5 if item["answer"] in sample["output_text"] else 0).score
"""
    sample = Sample(output_text="Paris!", output_json={"a": [1, 2.5, None, True, "ü"]}, has_json=True)
    assert grade(any_sandbox, config(source, image_tag="2025-05-08"), sample) == 0.5


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("True", "type bool"),
        ("'1.0'", "type str"),
        ("None", "type NoneType"),
        ("[1.0]", "type list"),
        ("1j", "type complex"),
        ("__import__('decimal').Decimal(1)", "type Decimal"),
        ("float('nan')", "returned nan"),
        ("float('inf')", "returned inf"),
        ("2", "not in [0, 1]"),
        ("-0.001", "not in [0, 1]"),
        ("1 / 0", "ZeroDivisionError"),
        ("sample['missing']", "KeyError"),
        ("__import__('os')._exit(0)", "without"),
        ("__import__('sys').exit(0)", "before it returned a value"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", ""),
        ("10 ** 400", "OverflowError"),
        ("(lambda f: f(f))(lambda f: f(f))", "RecursionError"),
    ],
)
def test_a_grader_that_gives_no_number_is_a_fault(bubblewrap, expression, words):
    failed = fault(bubblewrap, returning(expression))
    assert failed.flag == "python_grader_runtime_error"
    assert words in str(failed)


def test_a_fault_shows_the_users_own_traceback(bubblewrap):
    source = "def grade(sample, item):\n    wrong = item['n'] / 0\n    return wrong\n"
    details = fault(bubblewrap, config(source)).details
    assert 'File "grader.py", line 2, in grade\n    wrong = item' in details


def test_a_grader_may_have_a_range_of_its_own(bubblewrap):
    assert grade(bubblewrap, {**returning("-2.5"), "range": [-5, 5]}) == -2.5


def test_a_grader_that_loops_or_allocates_is_a_fault(any_sandbox, monkeypatch):
    assert python_grader.LIMITS.cpu_time_s == 120  # what the services allow
    assert python_grader.LIMITS.memory_bytes == 2 * 2**30
    limits = Limits(cpu_time_s=1, wall_time_s=10, memory_bytes=2**28)
    monkeypatch.setattr(python_grader, "LIMITS", limits)
    looping = config("def grade(sample, item):\n    while True: pass\n")
    assert "too much CPU time" in str(fault(any_sandbox, looping))
    assert "too much memory" in str(fault(any_sandbox, returning("len(bytearray(2 ** 31))")))


def test_two_gigabytes_are_allowed_and_three_are_not(bubblewrap):
    assert grade(bubblewrap, returning("len(bytearray(2 ** 30)) / 2 ** 30")) == 1
    assert "too much memory" in str(fault(bubblewrap, returning("len(bytearray(3 * 2 ** 30)) / 2 ** 32")))


def test_a_grader_has_no_network_and_leaves_nothing_behind(bubblewrap):
    assert "Error" in str(fault(bubblewrap, returning("__import__('socket').socket() and 1")))
    counting = """
import os
def grade(sample, item):
    seen = os.path.exists("/tmp/seen")
    open("/tmp/seen", "w").close()
    return float(seen)
"""
    assert [grade(bubblewrap, config(counting)) for _ in range(3)] == [0, 0, 0]


def test_a_sandbox_that_fails_is_a_fault_of_the_server():
    failed = fault(BrokenSandbox(), returning("1"))
    assert (failed.flag, failed.error_type) == ("python_grader_server_error", "sandbox")
    assert failed.verdict == "SANDBOX_ERROR"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "must not be empty"),
        ("def grade(sample, item:", "is not Python"),
        ("x = 1", "defines no function grade"),
        ("def grade(sample): return 1", "exactly two arguments"),
        ("def grade(sample, item, more=1): return 1", "exactly two arguments"),
        ("def grade(*args): return 1", "exactly two arguments"),
        ("def grade(sample, item, *, x): return 1", "exactly two arguments"),
        ("async def grade(sample, item): return 1", "defines no function grade"),
        ("# " + "x" * 256_000 + "\ndef grade(sample, item): return 1", "smaller than 256000 bytes"),
        ("(" * 5000, "is not Python"),
    ],
)
def test_a_source_that_cannot_grade_is_refused_before_the_run(source, message):
    with pytest.raises(GraderConfigError) as caught:
        check_grader(config(source))
    assert message in {one.pointer: one.message for one in caught.value.problems}["/source"]


# ---- packages


@pytest.fixture
def with_packages(any_sandbox):
    """A sandbox that shows packages; where its image is missing, the test is skipped (in CI it fails)."""
    packages.register()
    try:
        any_sandbox.run(Program(source="print(1)", language=packages.NAME), [Call()])
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return any_sandbox


def test_a_grader_may_import_the_packages_that_the_services_have(with_packages):
    imports = "import numpy as np\nfrom rapidfuzz import fuzz\nprint('{\"score\": 1}')"
    expression = "np.float32(fuzz.ratio(sample['output_text'], 'Pari') / 100 * 0.9)"  # 2 * 4 / 9, less a tenth
    assert grade(with_packages, returning(expression, imports)) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.bool_(True)", "type bool"),
        ("np.array([1.0])", "type ndarray"),
        ("np.nan", "returned nan"),
        ("1 / 0", "ZeroDivisionError"),
        ("float(np.ones(10 ** 11)[0])", "too much memory"),
        ("print('{\"score\": 1}') or __import__('os')._exit(0)", "without a score"),
        ("__import__('torch') and 1", "No module named 'torch'"),
    ],
)
def test_a_grader_with_packages_fails_as_one_without(with_packages, expression, words):
    failed = fault(with_packages, returning(expression, "import numpy as np"))
    assert failed.flag == "python_grader_runtime_error"
    assert words in str(failed)


def test_boxes_with_packages_show_them_read_only_and_no_others(with_packages):
    folders = packages.register()
    source = f"""
import os, sys
sys.path += {folders!r}
import numpy
print(sorted(name for folder in {folders!r} for name in os.listdir(folder) if name in ("numpy", "torch", "pip")))
try: open(os.path.join(os.path.dirname(numpy.__file__), "x"), "w")
except OSError: print("read-only")
try: __import__("socket").socket()
except OSError: print("no network")
"""
    (result,) = with_packages.run(Program(source=source, language=packages.NAME), [Call()], Limits(wall_time_s=30))
    assert result.status is ExecutionStatus.OK, result
    assert result.stdout == "['numpy']\nread-only\nno network\n"


def test_a_package_that_is_not_here_is_named_before_the_run():
    described = returning("1", "import torch")
    assert "imports torch, which is not here" in grader_warnings(described)[0].message
    with pytest.raises(ConfigError, match="imports torch"):
        build_grader(described)


def test_modules_of_the_standard_library_need_no_packages():
    assert python_grader.imported_packages("import json, os.path\nfrom collections.abc import Mapping") == []
    assert python_grader.imported_packages("def f():\n    from a.b import c\n    import d.e as x") == ["a", "d"]


def test_packages_come_with_what_they_require():
    assert {"numpy", "rouge_score", "absl", "six"} <= packages.importable()  # rouge-score requires absl-py and six
    assert "pytest" not in packages.importable()


@pytest.fixture
def mini(tmp_path, monkeypatch):
    """A package that is installed below the folder for temporary files, where a box has a folder of its own."""
    site = tmp_path / "site"
    (site / "mini-1.0.dist-info").mkdir(parents=True)
    (site / "mini.py").write_text("answer = 42\n")
    (site / "mini-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mini\nVersion: 1.0\n")
    (site / "mini-1.0.dist-info" / "RECORD").write_text("mini.py,,\nmini-1.0.dist-info/METADATA,,\n")
    monkeypatch.syspath_prepend(str(site))
    yield packages.register(("mini",))
    packages.register()


def test_packages_are_shown_wherever_they_lie_on_this_host(mini):
    assert [folder for folder in mini if not folder.startswith(packages.FOLDER)] == []
    program = Program(
        source=f"import sys; sys.path += {list(mini)}; import mini; print(mini.answer)", language=packages.NAME
    )
    with BubblewrapSandbox(boxes=1) as box:
        (result,) = box.run(program, [Call()], Limits(wall_time_s=30))
    assert result.stdout == "42\n", result
