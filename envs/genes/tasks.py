"""The tasks of the environment: one a disease for patients that are made up, one a case for reports from a file."""

from __future__ import annotations

import functools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from envs.core import SPLITS, ConfigError, Message, Split, Task
from envs.datasets import content_hash, split_by_hash
from envs.genes.cases import Case, features_of
from envs.genes.hpo import Hpo, load_hpo
from envs.genes.prompt import EXAMPLE_GENE
from envs.genes.readings import Reading, neutralise, read_as, shuffled_partners
from envs.genes.reports import Reports, read_reports
from envs.genes.symbols import load_symbols
from envs.genes.verifier import Reference

GeneSet = Literal["all", "known", "new"]
GENE_SETS: tuple[GeneSet, ...] = get_args(GeneSet)

MIN_TERMS = 5
"""Annotated features of a disease of which patients are made up."""

_PLACEHOLDER = (Message(role="user", content="The case is told when an episode begins."),)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOptions:
    """What decides the tasks."""

    cases: str | None
    reading: Reading
    neutralised: bool
    per_gene: int | None
    eval_tasks: int | None
    """Held-out and validation tasks at most; None: all."""
    gene_set: GeneSet
    annotated_only: bool
    """Whether only genes with annotated features are of use: those that can be offered as candidates."""
    without_example: bool
    """Whether the gene of the solved example is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneTasks:
    """The tasks, and what became of the rest."""

    tasks: tuple[Task, ...]
    dropped: Mapping[str, int]
    everyone: tuple[Case, ...] = ()
    """All reports of the file, those that are no tasks too."""
    pools: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """By split, the genes of its tasks and the diseases that they are told by, tasks over `eval_tasks` among them."""


@functools.lru_cache(maxsize=8)
def load_tasks(options: TaskOptions) -> GeneTasks:
    """Return the tasks of these options; all environments of a process share them.

    Raises:
        ConfigError: A package or file is missing, or no task is left.
    """
    loaded = _from_file(options, options.cases) if options.cases is not None else _from_ontology(options)
    tasks, dropped = list(loaded.tasks), Counter(loaded.dropped)
    if options.without_example:
        tasks = _without(tasks, lambda task: task.reference.gene == EXAMPLE_GENE, "gene of the solved example", dropped)
    pools: dict[str, dict[str, tuple[str, ...]]] = {
        split: _diseases_by_gene([task for task in tasks if task.split == split]) for split in SPLITS
    }
    if options.eval_tasks is not None:
        chosen = set()
        for split in ("validation", "heldout"):
            members = sorted((task.task_id for task in tasks if task.split == split), key=content_hash)
            chosen |= set(members[: options.eval_tasks])
        tasks = _without(
            tasks,
            lambda task: task.split != "train" and task.task_id not in chosen,
            f"more than eval_tasks={options.eval_tasks}",
            dropped,
        )
    if not tasks:
        raise ConfigError(f"no case is left ({dict(dropped)}); see the options gene_set, per_gene and reading")
    left_out = {reason: count for reason, count in dropped.items() if count}
    return GeneTasks(tasks=tuple(tasks), dropped=left_out, everyone=loaded.everyone, pools=pools)


def told_disease(hpo: Hpo, reference: Reference) -> str:
    """Return the annotated disease that stands for a task's gene: that of the task, or the gene's first."""
    linked = hpo.genes.get(reference.gene, [])
    return reference.disease if reference.disease in linked or not linked else linked[0]


def _diseases_by_gene(tasks: Sequence[Task]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for task in tasks:
        found[task.reference.gene][told_disease(load_hpo(), task.reference)] = None
    return {gene: tuple(sorted(found[gene])) for gene in sorted(found)}


def _without(tasks: Sequence[Task], unwanted: Callable[[Task], bool], reason: str, dropped: Counter[str]) -> list[Task]:
    kept = [task for task in tasks if not unwanted(task)]
    dropped[reason] += len(tasks) - len(kept)
    return kept


def _from_ontology(options: TaskOptions) -> GeneTasks:
    if options.neutralised or options.gene_set == "new" or options.reading in ("shuffled", "full_shuffled"):
        raise ConfigError(
            "neutralised, gene_set=new and shuffled readings are of case reports: give env.cases=PATH too"
        )
    hpo = load_hpo()
    by_gene: dict[str, list[str]] = defaultdict(list)
    dropped: Counter[str] = Counter()
    for disease_id, genes in hpo.genes_of.items():
        if not disease_id.startswith("OMIM:") or len(genes) != 1:
            dropped["not a disease of OMIM with exactly one gene"] += 1
        elif len(features_of(hpo, disease_id)) < MIN_TERMS:
            dropped[f"fewer than {MIN_TERMS} features"] += 1
        elif load_symbols().resolve(genes[0]) != genes[0]:
            dropped["gene without a symbol"] += 1
        else:
            by_gene[genes[0]].append(disease_id)
    splits = split_by_hash(dict.fromkeys(by_gene, "all"))
    tasks = []
    for gene, diseases in by_gene.items():
        kept = sorted(diseases, key=content_hash)[: options.per_gene]
        dropped["more than per_gene"] += len(diseases) - len(kept)
        for disease_id in kept:
            reference = Reference(gene=gene, disease=disease_id)
            tasks.append(_task(disease_id, reference, splits[gene], "made up"))
    return GeneTasks(tasks=tuple(tasks), dropped=dict(dropped))


def _from_file(options: TaskOptions, path: str) -> GeneTasks:
    reports = _reports(path, _state_of(path), options.per_gene)
    dropped = Counter(reports.dropped)
    cases, partners = _cases(path, _state_of(path), options.per_gene, options.neutralised)
    tasks = []
    for case in cases:
        new = case.gene in reports.new_genes
        if options.gene_set != "all" and new != (options.gene_set == "new"):
            dropped[f"not in gene_set={options.gene_set}"] += 1
        elif options.annotated_only and new:
            dropped["no annotated disease to tell of among candidates"] += 1
        elif options.reading not in ("full", "present") and not case.absent:
            dropped["no absent feature"] += 1
        else:
            shown = read_as(case, options.reading, partners.get(case.case_id))
            reference = Reference(gene=case.gene, case=shown, disease=case.disease, paper=case.paper)
            tasks.append(_task(case.case_id, reference, reports.splits[case.case_id], "new" if new else "known"))
    return GeneTasks(tasks=tuple(tasks), dropped=dict(dropped), everyone=reports.everyone)


@functools.lru_cache(maxsize=4)
def _reports(path: str, state: tuple[int, int], per_gene: int | None) -> Reports:
    """Return what a file in a certain state holds: every environment of a process reads it once."""
    return read_reports(path, load_hpo(), load_symbols(), per_gene)


@functools.lru_cache(maxsize=8)
def _cases(
    path: str, state: tuple[int, int], per_gene: int | None, neutralised: bool
) -> tuple[Sequence[Case], Mapping[str, Case]]:
    """Return the cases of a file, with neutral lists or their own, and whose list each gets in shuffled readings."""
    reports = _reports(path, state, per_gene)
    cases: Sequence[Case] = reports.cases
    if neutralised:
        cases = neutralise(cases, reports.everyone, load_hpo())
    return cases, shuffled_partners(cases)


def _state_of(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except OSError as error:
        raise ConfigError(f"cannot read {path!r}: {error.strerror or error}") from error
    return found.st_mtime_ns, found.st_size


def _task(task_id: str, reference: Reference, split: Split, level: str) -> Task:
    return Task(
        task_id=task_id,
        prompt=_PLACEHOLDER,
        reference=reference,
        gold=json.dumps({"genes": [reference.gene]}),
        split=split,
        tags=MappingProxyType({"level": level, "gene": reference.gene}),
    )
