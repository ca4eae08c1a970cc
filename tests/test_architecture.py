import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("sandbox", "envs", "agents")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# what a package must not import: sandbox <- envs <- agents, and never the other way
FORBIDDEN = {"sandbox": {"envs", "agents"}, "envs": {"agents"}, "agents": set()}

# modules that only some files may import
OWNERS = {
    "torch": ("agents/",),
    "transformers": ("agents/",),
    "docker": ("sandbox/docker.py", "sandbox/engine.py", "sandbox/build.py"),  # the sandbox, its engine, its image
    "fastapi": ("agents/serve/",),
    "sqlalchemy": ("agents/serve/",),
    "uvicorn": ("agents/serve/",),
    "peft": ("agents/lora.py",),
    "vllm": ("agents/backends/vllm.py",),
}

# the boundaries that catch everything, each with its reason
CATCH_ALL = {
    "agents/models.py": "of a damaged file, the package that reads tokenizers raises bare exceptions",
    "agents/trackers.py": "a tracker is a service of others: whatever it raises, the run goes on without it",
    "envs/calls.py": "whatever a call raises belongs to whoever waits for it, not to its thread",
    "envs/code/compare.py": "a special judge is a task's own code: what it raises becomes a VerifierError",
    "envs/registry.py": "a plug-in is user code: reported with its name; a half-loaded module is removed",
    "envs/verifiers/response_format.py": "a schema is user data, of which the package that reads it may raise anything",
    "agents/serve/worker.py": "a job that cannot be checked fails, whatever its check raises, and the next one goes on",
    "envs/text_env.py": "a verifier that crashes becomes a VerifierError",
    "sandbox/conformance.py": "a check of somebody's sandbox fails, whatever it raises, and the next one runs",
    "sandbox/zygote.py": "a child process reports whatever happened to it and exits",
    "sandbox/launcher.py": "what went wrong in an execution's first process is reported before it exits",
    "sandbox/pool.py": "a box is given back or closed, whatever interrupted its use, and the error goes on",
    "sandbox/runner.py": "the policy's program may raise anything: that is its result",
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for name, path in zip(NAMES, SOURCES, strict=True):
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """The top-level names of all modules that are imported anywhere in a file, within functions too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_imports_point_from_agents_to_envs_to_sandbox():
    wrong = [
        f"{name} imports {other}"
        for name, tree in trees()
        for other in sorted(imported(tree) & FORBIDDEN[name.partition("/")[0]])
    ]
    assert wrong == []


@pytest.mark.parametrize("module", OWNERS)
def test_a_heavy_dependency_is_imported_only_where_it_belongs(module):
    wrong = [name for name, tree in trees() if module in imported(tree) and not name.startswith(OWNERS[module])]
    assert wrong == []


def test_no_import_is_relative():
    relative = [
        name for name, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in zip(NAMES, SOURCES, strict=True)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def length_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name}:{node.name}": length_without_docstring(node)
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length_without_docstring(node) > LONGEST_FUNCTION
    }
    assert long == {}


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in caught)


def test_only_the_documented_boundaries_catch_everything():
    found = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert found == set(CATCH_ALL)


def test_nothing_catches_without_saying_what():
    bare = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_every_package_is_listed_for_the_distribution():
    import tomllib

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    present = {str(path.parent.relative_to(ROOT)).replace("/", ".") for path in SOURCES if path.name == "__init__.py"}
    assert present <= set(listed)


def test_all_names_every_extra_but_the_engine_that_needs_an_environment_of_its_own():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (everything,) = extras.pop("all")
    assert set(everything.removeprefix("assay[").removesuffix("]").split(",")) == set(extras) - {"vllm", "vllm-cpu"}


WITHOUT_TORCH = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "hydra", "omegaconf", "docker", "tensorboard"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
import envs, envs.audit, envs.grade, sandbox
env = envs.make("code")
env.reset(seed=0)
print("fine")
"""


def test_environments_work_where_nothing_for_training_is_installed():
    done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr
