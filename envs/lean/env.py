"""The Lean environment: statements to prove, judged by the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from envs.attacks import Attack, null_attacks
from envs.core import SPLITS, ConfigError, RewardBreakdown, Split, Task
from envs.lean.attacks import lean_attacks
from envs.lean.canaries import CANARIES
from envs.lean.canaries import NAME as CANARY
from envs.lean.generators import FAMILIES, TRUE_FAMILIES, draw_problem
from envs.lean.placement import Body, read_body
from envs.lean.policies import NAIVE
from envs.lean.prompt import MAX_SHOTS, retry_text
from envs.lean.proofs import ProofChecker, Verdict
from envs.lean.rewrites import harmful_rewrites, harmless_rewrites
from envs.lean.tasks import LEVELS, THEMES, LeanProblem, library_problems, load_problems, task_of
from envs.lean.toolchain import find_toolchain
from envs.lean.verifier import LeanVerifier
from envs.options import unknown_name
from envs.sandboxes import SandboxOption, sandbox_choice
from envs.text_env import TextEnv

DIFFICULTIES: Mapping[str, tuple[int, ...]] = {"easy": (1,), "medium": (2, 3), "hard": (4, 5), "all": LEVELS}


class LeanEnv(TextEnv):
    """Prove a theorem in Lean 4. The page of this environment is `envs/lean/README.md`."""

    metadata = {  # noqa: RUF012 (Gymnasium's own declaration)
        "render_modes": [],
        # cool enough that a small model, which has seen no Lean, keeps to the form and proves something at all
        "training": {"algo.temperature": 0.6, "algo.max_new_tokens": 32},
    }

    def __init__(
        self,
        *,
        difficulty: str | int | Sequence[int] = "easy",
        themes: str | Sequence[str] = "all",
        tasks: str | None = None,
        families: str | Sequence[str] = (),
        canaries: int = 2,
        canary_share: float = 0.05,
        partial: float = 0.0,
        split: Split = "train",
        shots: int = 4,
        max_turns: int = 1,
        sandbox: SandboxOption = "auto",
        toolchain: str | None = None,
        imports: str | Sequence[str] = ("Init",),
        second_checker: str | bool = "off",
        check_golds: bool = True,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            difficulty: Levels of the problems: `easy` (1), `medium` (2-3), `hard` (4-5), `all`, or levels.
            themes: Themes of the library's problems, or `all`.
            tasks: A JSONL file of problems, instead of the library.
            families: Families of made-up problems, drawn afresh in each episode, instead of the library; or `all`.
            canaries: False statements among the training problems: a proof of one is a hole, and the run stops.
            canary_share: Of the proofs that pass, how many are tried on `False` too.
            partial: In [0, 1): what the parts of a statement are worth in an answer that does not prove the whole.
            split: Where an episode's task is drawn from: train, validation or heldout.
            shots: Solved examples before the problem, which small models need.
            max_turns: Answers in one episode; after a failed one the model is told the error and the goals.
            sandbox: Name of a sandbox, its name with options in a mapping, or one that is open.
            toolchain: A Lean of one's own instead of the wheel's with our core: the folder of a toolchain, or of a
                project of lake, or the path of `lean`.
            imports: Modules of it that every problem imports, such as `Init` or `Mathlib`.
            second_checker: `on` has every proof checked by a kernel of our own too, and both must accept.
            check_golds: Whether a file's own gold proofs must be proofs (its statements must elaborate in any case).
            seed: Seed of the episodes.

        Raises:
            ConfigError: An option that cannot be, a malformed file, or splits that share statements.
        """
        if isinstance(sandbox, (str, Mapping)):
            sandbox_choice(sandbox)
        if isinstance(shots, bool) or not isinstance(shots, int) or not 0 <= shots <= MAX_SHOTS:
            raise ConfigError(f"shots must be an integer in [0, {MAX_SHOTS}], got {shots!r}")
        if isinstance(canaries, bool) or not isinstance(canaries, int) or not 0 <= canaries <= len(CANARIES):
            raise ConfigError(f"canaries must be an integer in [0, {len(CANARIES)}], got {canaries!r}")
        if isinstance(canary_share, bool) or not isinstance(canary_share, (int, float)) or not 0 <= canary_share <= 1:
            raise ConfigError(f"canary_share must be in [0, 1], got {canary_share!r}")
        if isinstance(partial, bool) or not isinstance(partial, (int, float)) or not 0 <= partial < 1:
            raise ConfigError(f"partial must be at least 0 and below 1, got {partial!r}")
        if tasks is not None and families:
            raise ConfigError("give tasks= or families=, not both")
        self.shots = shots
        naive, second = Body(NAIVE, "tactics") if partial else None, is_on(second_checker)
        self.checker = ProofChecker(sandbox, toolchain=find_toolchain(toolchain, imports), naive=naive, second=second)
        levels = chosen_levels(difficulty)
        if tasks is not None:
            problems = load_problems(tasks, lambda found: complaints(self.checker, found, check_golds))
        elif families:
            problems = family_problems(chosen(families, "family", TRUE_FAMILIES), levels)
        else:
            wanted = chosen(themes, "theme", THEMES)
            problems = [p for p in library_problems() if p.level in levels and p.theme in wanted]
        problems = [*problems, *false_problems()[:canaries]]
        verifier = LeanVerifier(checker=self.checker, canary_share=float(canary_share), partial=float(partial))
        super().__init__(
            [task_of(problem, shots) for problem in problems], verifier, split=split, max_turns=max_turns, seed=seed
        )

    def prepare(self) -> None:
        """Build the core library, open the sandbox's boxes for Lean, and start a kernel.

        Raises:
            ConfigError: The wheel or the toolchain is missing or another one, or Lean cannot run in this sandbox.
        """
        self.checker.prepare()

    def begin(self, task: Task, rng: np.random.Generator) -> Task:
        """Draw a made-up problem, where the task is a family of them."""
        problem: LeanProblem = task.reference
        if problem.family is None:
            return task
        drawn = draw_problem(rng, (problem.family,), (problem.level or 1,), problem.split)
        return replace(task_of(drawn, self.shots), task_id=task.task_id)

    def reply(self, task: Task, breakdown: RewardBreakdown) -> str:
        """Return the error, with the goals that it shows."""
        return retry_text(breakdown.feedback)

    def contents(self, task: Task) -> Mapping[str, str]:
        """Return the statement up to names, by which problems are told apart; families keep their draws apart."""
        problem: LeanProblem = task.reference
        return {"statement": task.task_id if problem.family else problem.canonical}

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return the hostile answers of `envs/lean/attacks.py`."""
        problem: LeanProblem = task.reference
        return [*null_attacks(task), *lean_attacks(problem.name, problem.statement)]

    def harmless_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the gold proof in other layouts, with comments, as a term, behind the statement."""
        return harmless_rewrites(task.reference) if task.gold is not None else {}

    def harmful_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the gold proof spoilt."""
        return harmful_rewrites(task.reference) if task.gold is not None else {}


def complaints(checker: ProofChecker, problems: Sequence[LeanProblem], check_golds: bool) -> list[str | None]:
    """Return what is wrong with each problem: a statement that does not elaborate, a gold proof that is none."""
    found = checker.complaints([problem.posed for problem in problems])
    return [
        complaint or (_gold_complaint(checker, problem) if check_golds and problem.gold is not None else None)
        for problem, complaint in zip(problems, found, strict=True)
    ]


def _gold_complaint(checker: ProofChecker, problem: LeanProblem) -> str | None:
    body = read_body(problem.gold or "")
    if not isinstance(body, Body):
        return f"the gold proof may not be compiled: {body}" if body else "the gold proof is empty"
    outcome = checker.check(problem.posed, body)
    return None if outcome.verdict is Verdict.PROVED else f"the gold proof is {outcome.verdict}: {outcome.feedback}"


def family_problems(families: Sequence[str], levels: Sequence[int]) -> list[LeanProblem]:
    """Return, for each split, a stand-in for every family and level; `LeanEnv.begin` draws the problem itself.

    Raises:
        ConfigError: None of the families has one of the levels.
    """
    found = [
        LeanProblem(
            task_id=f"{split}-{family}-{level}",
            name=family,
            signature=": True",
            level=level,
            theme=FAMILIES[family].theme,
            split=split,
            family=family,
        )
        for split in SPLITS
        for family in families
        for level in FAMILIES[family].levels
        if level in levels
    ]
    if not found:
        raise ConfigError(f"none of the families {', '.join(families)} has a problem of level {levels}")
    return found


def false_problems() -> list[LeanProblem]:
    """Return the false statements as training problems."""
    return [
        LeanProblem(
            task_id=f"{CANARY}-{number}",
            name=CANARY,
            signature=canary.statement.removeprefix(f"theorem {CANARY} "),
            is_false=True,
        )
        for number, canary in enumerate(CANARIES)
    ]


def is_on(second_checker: Any) -> bool:
    """Return whether the second checker is wanted.

    Raises:
        ConfigError: What is given is neither `on` nor `off`.
    """
    if isinstance(second_checker, bool) or second_checker in ("on", "off"):
        return second_checker in (True, "on")
    raise ConfigError(f"second_checker must be on or off, got {second_checker!r}")


def chosen_levels(difficulty: Any) -> tuple[int, ...]:
    """Return the levels that a difficulty stands for.

    Raises:
        ConfigError: There is no such difficulty or level.
    """
    if isinstance(difficulty, str) and difficulty in DIFFICULTIES:
        return DIFFICULTIES[difficulty]
    given = [difficulty] if isinstance(difficulty, (int, str)) else list(difficulty)
    levels = tuple(level for level in LEVELS if level in given or str(level) in given)
    if not levels or len(levels) != len(given) or any(isinstance(item, bool) for item in given):
        raise ConfigError(unknown_name("difficulty", difficulty, [*DIFFICULTIES, *map(str, LEVELS)]))
    return levels


def chosen(given: str | Sequence[str], what: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the names that are meant: one, several, or `all`.

    Raises:
        ConfigError: There is no such name.
    """
    if given == "all":
        return tuple(known)
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in known:
            raise ConfigError(unknown_name(what, name, known))
    return names
