"""Users' own Python as a grader: `python`, in the sandbox, a fresh process for each sample.

The source is trusted to say what a good answer is, and nothing else: it reads what a model wrote, so it runs where
models' programs run. A grader of the standard library runs in a warm box; one that imports other packages in a box
that shows them (see `sandbox.packages`).
"""

from __future__ import annotations

import ast
import functools
import json
import sys
from collections.abc import Mapping
from typing import Any

from envs.core import ConfigError
from envs.sandboxes import SandboxOption, shared_sandbox
from envs.verifiers.grader_types import (
    PASS_THRESHOLD,
    RANGE,
    BaseGrader,
    Config,
    Field,
    GraderContext,
    GraderType,
    Place,
    text,
)
from envs.verifiers.grading import Grade, GraderFault, Sample
from envs.verifiers.templates import as_data
from sandbox import packages
from sandbox.core import Call, ExecutionResult, ExecutionStatus, Limits, Program, SandboxError

MAX_SOURCE_BYTES = 256_000
LIMITS = Limits(
    cpu_time_s=120.0, wall_time_s=120.0, memory_bytes=2 * 2**30, processes=64, scratch_bytes=2**30, output_bytes=2**20
)
"""Two minutes, 2 GB, 1 GB of files, no network: what the hosted services allow."""
FILE_NAME = "grader.py"
"""What tracebacks call the source."""
_DETAILS_LENGTH = 4000

_WRAPPER = """
import json, linecache, numbers, sys, types

def main(job):
    source, sample, item = json.loads(job)
    name = "grader.py"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    module = sys.modules["grader"] = types.ModuleType("grader")
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    score = module.grade(sample, item)
    if isinstance(score, bool) or not isinstance(score, numbers.Real):
        return json.dumps({"kind": type(score).__name__})
    return json.dumps({"score": float(score)})
"""

_SCRIPT = """
import os, sys
sys.path += {folders!r}
answers = os.dup(1)
os.dup2(2, 1)  # what the grader prints is no answer
{wrapper}
answer = main(sys.stdin.read())
sys.stdout.flush()
os.write(answers, answer.encode())
os._exit(0)
"""


class PythonGrader(BaseGrader):
    """The number that a function `grade(sample, item)` returns."""

    def __init__(self, config: Config, sandbox: SandboxOption) -> None:
        low, high = config["range"]
        super().__init__(config, low=float(low), high=float(high))
        self._source: str = config["source"]
        self._sandbox = sandbox
        self._with_packages = bool(imported_packages(self._source))

    def judge(self, sample: Sample, item: Mapping[str, Any]) -> Grade:
        """Run the function."""
        data = as_data(sample)
        job = json.dumps([self._source, data, dict(item)])
        program, call = _WARM, Call(args=(job,))
        if self._with_packages:
            program, call = _program_with_packages(), Call(stdin=job)
        try:
            (result,) = shared_sandbox(self._sandbox).run(program, [call], LIMITS)
        except SandboxError as error:
            flag = "python_grader_server_error"
            raise GraderFault(flag, f"{self.name}: {error}", details=str(error), error_type="sandbox") from error
        return Grade(score=self._score(result))

    def _score(self, result: ExecutionResult) -> float:
        if result.status is not ExecutionStatus.OK:
            words = _STATUS_WORDS.get(result.status, result.error)
            details = (result.stderr or result.error)[-_DETAILS_LENGTH:]
            raise self._fault(f"{words}: {result.error}" if words != result.error else words, details)
        text = result.stdout if self._with_packages else result.value
        try:
            answer = json.loads(text)
        except (ValueError, TypeError):
            raise self._fault("it ended without a score", result.stderr[-_DETAILS_LENGTH:]) from None
        if "kind" in answer:
            raise self._fault(f"it returned a value of type {answer['kind']}, not a number", None)
        score = float(answer["score"])
        if not self.low <= score <= self.high:
            bounds = f"[{self.low:g}, {self.high:g}]"
            raise self._fault(f'it returned {score}, which is not in {bounds}; a grader may have its own "range"', None)
        return score

    def _fault(self, words: str, details: str | None) -> GraderFault:
        message = f"{self.name}: {words}"
        return GraderFault("python_grader_runtime_error", message, details=details or words)


_STATUS_WORDS = {
    ExecutionStatus.CPU_TIMEOUT: "it used too much CPU time",
    ExecutionStatus.WALL_TIMEOUT: "it ran too long",
    ExecutionStatus.MEMORY_LIMIT: "it used too much memory",
    ExecutionStatus.OUTPUT_LIMIT: "it printed too much",
}

_WARM = Program(source=_WRAPPER, entry_point="main")


@functools.cache
def _program_with_packages() -> Program:
    """Return the program that reads a grader and its job, once the language that it is written in is known."""
    folders = list(packages.register())
    return Program(source=_SCRIPT.format(folders=folders, wrapper=_WRAPPER), language=packages.NAME)


def imported_packages(source: str) -> list[str]:
    """Return the top-level modules that a source imports and that are not of the standard library."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return sorted(names - set(sys.stdlib_module_names))


def _missing(source: str) -> list[str]:
    """Return what is wrong with what a source imports."""
    names = [name for name in imported_packages(source) if name not in packages.importable()]
    known = ", ".join(packages.PACKAGES)
    return [f"imports {name}, which is not here; pip install it if it is one of {known}" for name in names]


def _source(value: Any, place: Place) -> Any:
    text()(value, place)
    if not isinstance(value, str) or not value:
        return value
    if len(value.encode("utf-8", "surrogatepass")) >= MAX_SOURCE_BYTES:
        place.fail(f"must be smaller than {MAX_SOURCE_BYTES} bytes")
        return value
    try:
        tree = ast.parse(value)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place.fail(f"is not Python: {error}")
        return value
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "grade"]
    if not functions:
        place.fail("defines no function grade(sample, item)")
    elif not _takes_two(functions[-1].args):
        place.fail(f"grade must take exactly two arguments, sample and item, got ({ast.unparse(functions[-1].args)})")
    for problem in _missing(value):
        place.warn(problem)
    return value


def _takes_two(arguments: ast.arguments) -> bool:
    required = len(arguments.posonlyargs) + len(arguments.args) == 2
    return required and not (arguments.vararg or arguments.kwonlyargs or arguments.kwarg)


def _build(config: Config, context: GraderContext) -> PythonGrader:
    for problem in _missing(config["source"]):
        raise ConfigError(f"the grader {config['name']!r} {problem}")
    return PythonGrader(config, context.sandbox)


PYTHON = GraderType(
    fields={
        "source": Field(_source),
        "image_tag": Field(text(), required=False),
        "range": RANGE,
        "pass_threshold": PASS_THRESHOLD,
    },
    build=_build,
)
