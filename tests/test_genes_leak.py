"""Readings of a case, neutral lists, the ranker, and the audit that tells a leak from medicine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

import envs
from envs.genes.__main__ import main
from envs.genes.attacks import answer
from envs.genes.baselines import baselines, constant_policy, play, ranker_policy, seeing_only
from envs.genes.cases import Case, CaseMaker, Term
from envs.genes.hpo import load_hpo
from envs.genes.leak import Overtaking, audit_leak, counterfactual
from envs.genes.ranker import load_ranker
from envs.genes.readings import READINGS, cohort_share, neutralise, organ_systems, read_as, shuffled_partners

REAL = Path(
    os.environ.get("ASSAY_CASES") or Path(__file__).parents[2] / "shared" / "data" / "phenopacket_store_cases.jsonl.gz"
)
"""Real case reports, which are no part of the repository."""

needs_reports = pytest.mark.skipif(
    not REAL.is_file(), reason="no case reports: set ASSAY_CASES to the file that envs/genes/README.md tells how to get"
)


SEIZURE, TUBERS, DEAF = Term("HP:0001250", "Seizure"), Term("HP:0009717", "Tubers"), Term("HP:0000365", "Deafness")
CLEFT, SCOLIOSIS = Term("HP:0000175", "Cleft palate"), Term("HP:0002650", "Scoliosis")


def case(case_id, gene="TSC2", present=(), absent=()):
    return Case(gene=gene, present=tuple(present), absent=tuple(absent), case_id=case_id, cohort=gene)


# ---- readings


def test_each_reading_shows_what_its_name_says():
    own = case("a", present=[SEIZURE, TUBERS], absent=[DEAF])
    other = case("b", "NF1", absent=[TUBERS, CLEFT])
    shown = {reading: read_as(own, reading, other) for reading in READINGS}
    assert shown["full"] == own
    assert (shown["present"].present, shown["present"].absent) == ((SEIZURE, TUBERS), ())
    assert (shown["absent"].present, shown["absent"].absent) == ((), (DEAF,))
    assert (shown["shuffled"].present, shown["shuffled"].absent) == ((), (TUBERS, CLEFT))
    # nothing may be present and absent at once
    assert (shown["full_shuffled"].present, shown["full_shuffled"].absent) == ((SEIZURE, TUBERS), (CLEFT,))
    assert {shown[reading].gene for reading in READINGS} == {"TSC2"}


def test_a_shuffled_list_is_that_of_another_gene_and_always_the_same():
    cases = [case(f"{gene}{index}", gene, [SEIZURE], [DEAF]) for gene in ("A", "B", "C") for index in range(5)]
    partners = shuffled_partners(cases)
    assert all(partners[own.case_id].gene != own.gene for own in cases)
    assert partners == shuffled_partners(cases)
    lonely = shuffled_partners([case("x", absent=[DEAF])])
    assert lonely["x"].absent == ()


def test_a_neutral_list_loses_what_the_cohort_has_and_gains_what_says_nothing_of_the_organs_told():
    hpo = load_hpo()
    own = case("a", present=[SEIZURE], absent=[TUBERS, DEAF])
    sibling = case("b", present=[TUBERS, SEIZURE])
    others = [case("c", "NF1", [DEAF], [CLEFT]), case("d", "FBN1", [SEIZURE], [SCOLIOSIS])]
    neutral = neutralise([own, *others], [own, sibling, *others], hpo)[0]
    # the sibling has tubers, so they go; scoliosis or a cleft palate come in their place
    assert DEAF in neutral.absent
    assert TUBERS not in neutral.absent
    assert len(neutral.absent) == 2
    [added] = set(neutral.absent) - {DEAF}
    told = organ_systems(hpo, SEIZURE.id) | organ_systems(hpo, TUBERS.id) | organ_systems(hpo, DEAF.id)
    assert not organ_systems(hpo, added.id) & told
    assert cohort_share([own], [own, sibling]) == 1 / 2
    assert neutralise([own, *others], [own, sibling, *others], hpo)[0] == neutral


# ---- ranker


def test_the_ranker_finds_a_gene_by_what_is_special_to_it():
    ranker = load_ranker(load_hpo())
    tubers = [TUBERS.id, SEIZURE.id, load_hpo().find("Subependymal nodules")]
    # the gene table links IFNG to the disease of TSC2, as a modifier, so these two tie
    assert set(ranker.rank(tubers)[:2]) == {"IFNG", "TSC2"}
    assert "TSC1" in ranker.rank(tubers)[:5]
    assert ranker.rank(tubers, among=["NF1", "TSC2", "FBN1"])[0] == "TSC2"
    assert ranker.rank(tubers, limit=3) == ranker.rank(tubers)[:3]


def test_an_absent_feature_counts_against_for_or_not_at_all():
    ranker = load_ranker(load_hpo())
    place = ranker.genes.index("TSC2")
    scores = {
        means: ranker.scores([SEIZURE.id], [TUBERS.id], absent_means=means)[place]
        for means in ("negative", "nothing", "positive")
    }
    assert scores["negative"] < scores["nothing"] < scores["positive"]
    assert scores["nothing"] == pytest.approx(ranker.scores([SEIZURE.id])[place])


def test_leaving_a_paper_out_lowers_the_disease_that_it_described_and_no_other():
    hpo = load_hpo()
    ranker = load_ranker(hpo)
    disease = hpo.disease("OMIM:259440")  # osteogenesis imperfecta type IX, of PPIB
    alone = [row for row in disease.rows if row.papers == ("PMID:19781681",)]
    terms = [row.term for row in alone]
    assert terms
    with_paper, without = ranker.scores(terms), ranker.scores(terms, without=("OMIM:259440", "PMID:19781681"))
    assert without[ranker.genes.index("PPIB")] < with_paper[ranker.genes.index("PPIB")]
    assert (np.delete(without, ranker.genes.index("PPIB")) == np.delete(with_paper, ranker.genes.index("PPIB"))).all()


def test_the_ranker_sees_the_prompt_only_and_beats_the_floor_on_made_up_patients():
    env = envs.make("genes", difficulty="hard", eval_tasks=60).unwrapped
    tasks = env.tasks("heldout")
    results = baselines(env, tasks)
    assert results["constant"].mean("top@1") < 0.1
    assert results["ranker"].interval("top@1")[0] > 0.3
    # the clinical meaning helps: what is absent was answered by the disease's own frequencies
    assert results["ranker"].mean("reward") >= results["ranker, absent unread"].mean("reward") - 0.02


def test_a_constant_list_is_the_commonest_genes_of_the_tasks():
    env = envs.make("genes", difficulty="hard", per_gene=None, eval_tasks=0).unwrapped
    tasks = env.tasks("train")[:300]
    policy = seeing_only(constant_policy(env, tasks))
    listed = json.loads(policy(env.begin(tasks[0], np.random.default_rng(0))))["genes"]
    counts = [sum(task.reference.gene == gene for task in tasks) for gene in listed]
    assert len(listed) == 10
    assert counts == sorted(counts, reverse=True)
    # the share of its first gene, by hand
    assert play(env, tasks, policy).mean("top@1") == pytest.approx(counts[0] / 300)


# ---- the audit


@pytest.fixture(scope="module")
def leaky_and_honest(tmp_path_factory):
    """Cases of 40 genes whose absent lists are their disease's features, and the same with honest lists."""
    hpo = load_hpo()
    env = envs.make("genes", eval_tasks=0).unwrapped
    tasks = env.tasks("train")[:40]
    maker = CaseMaker(hpo, noise=0.0, absent=6.0, features=5)
    folder = tmp_path_factory.mktemp("cases")
    paths = {}
    for kind in ("leaky", "honest"):
        lines = []
        for number, task in enumerate(tasks):
            for patient in range(3):
                made = maker.make(task.reference.disease, task.reference.gene, np.random.default_rng([number, patient]))
                has = {found.id for found in made.present}
                rest = [row.term for row in hpo.disease(task.reference.disease).rows if row.term not in has]
                absent = [list(found) for found in made.absent]
                if kind == "leaky":
                    absent = [[term_id, hpo.labels[term_id]] for term_id in dict.fromkeys(rest) if hpo.term(term_id)][
                        :5
                    ]
                if absent:
                    lines.append({
                        "id": f"{number}-{patient}", "gene": made.gene, "disease": made.disease,
                        "present": [list(found) for found in made.present], "absent": absent,
                    })  # fmt: skip
        paths[kind] = folder / f"{kind}.jsonl"
        paths[kind].write_text("".join(json.dumps(line) + "\n" for line in lines))
    return paths


def test_the_leak_index_is_high_for_lists_that_are_signatures_and_near_zero_for_honest_ones(leaky_and_honest):
    reports = {}
    for kind, path in leaky_and_honest.items():
        options = {"cases": str(path), "per_gene": None, "gene_set": "known"}
        reports[kind] = audit_leak(options, lambda env, means: seeing_only(ranker_policy(env, means)), set)
    assert reports["leaky"].leak_index[1] > 0.5
    assert reports["honest"].leak_index[0] < 0.1
    assert reports["leaky"].gain[0] >= reports["honest"].gain[0]
    # a policy that takes absent for present cannot be moved by turning the one into the other
    assert reports["honest"].counterfactual["positive"].overtook == 0
    moved = reports["honest"].counterfactual["negative"]
    assert moved.asked > 10
    assert moved.overtook > 0.1 * moved.asked


def test_the_counterfactual_test_reads_short_answers_too_when_candidates_are_offered(leaky_and_honest):
    env = envs.make(
        "genes", cases=str(leaky_and_honest["honest"]), per_gene=None, gene_set="known", candidates=4,
        distractors="far", max_items=4,
    ).unwrapped  # fmt: skip
    begun = [env.begin(task, np.random.default_rng(0)) for task in env.tasks()]
    stubborn = counterfactual(env, begun, lambda tasks: [task.gold for task in tasks])
    rounds = iter(("gold", "others", "gold", "nobody"))

    def ask(tasks):
        said = next(rounds)
        if said == "gold":
            return [task.gold for task in tasks]
        genes = [[found.gene for found in task.reference.candidates] for task in tasks]
        others = [
            [gene for gene in found if gene != task.reference.gene] for found, task in zip(genes, tasks, strict=True)
        ]
        return [answer(found if said == "others" else ["NOSUCHGENE"]) for found in others]

    assert stubborn.asked > 5
    assert stubborn.overtook == 0
    assert counterfactual(env, begun, ask) == Overtaking(asked=stubborn.asked, overtook=stubborn.asked)
    # to drop the right gene is not enough: the one for which the feature speaks must be named
    assert counterfactual(env, begun, ask) == stubborn


def test_the_commands_print_tables_write_results_and_refuse_what_cannot_be(leaky_and_honest, tmp_path, capsys):
    cases = f"env.cases={leaky_and_honest['leaky']}"
    assert main(["baselines", cases, "split=all", "sample=20", f"out={tmp_path / 'baselines.json'}"]) == 0
    assert set(json.loads((tmp_path / "baselines.json").read_text())) >= {"constant", "random", "ranker"}
    assert main(["leak", cases, "env.gene_set=known", "sample=10", f"out={tmp_path / 'leak.json'}"]) == 0
    assert json.loads((tmp_path / "leak.json").read_text())["cases"] == 10
    assert "leak index" in capsys.readouterr().out
    for arguments, message in (
        (["leek"], "no command 'leek'; did you mean 'leak'"),
        (["leak"], "give env.cases=PATH"),
        (["leak", "polcy=x"], "no option of leak 'polcy'; did you mean 'policy'"),
        (["leak", "policy=oracle", cases], "no policy 'oracle'"),
        (["baselines", "split=test"], "no split 'test'"),
        (["baselines", "env.dificulty=easy"], "did you mean 'difficulty'"),
    ):
        assert main(arguments) == 2
        assert message in capsys.readouterr().err


# ---- real case reports


@needs_reports
def test_real_reports_are_divided_without_a_shared_gene_paper_or_disease():
    env = envs.make("genes", cases=str(REAL), shots=False).unwrapped
    sizes = {split: len(env.tasks(split)) for split in envs.SPLITS}
    # 718 genes, at most two cases each, 145 of them new to the ontology and held out
    assert 1_200 < sum(sizes.values()) < 1_436
    for kind in ("gene", "disease", "paper"):
        found = [{getattr(task.reference, kind) for task in env.tasks(split)} - {None, ""} for split in envs.SPLITS]
        assert not (found[0] & found[1] or found[0] & found[2] or found[1] & found[2])
    new = [task for task in env.tasks() if task.tags["level"] == "new"]
    assert {task.split for task in new} == {"heldout"}
    assert len({task.reference.gene for task in new}) == 145
    shown = env.begin(env.tasks("heldout")[0], np.random.default_rng(0)).prompt[-1].content
    assert "PMID" not in shown
    assert "HP:" not in shown


@needs_reports
def test_real_absent_lists_leak_and_neutral_ones_do_not():
    options = {"cases": str(REAL), "per_gene": 1, "gene_set": "known", "shots": False}
    report = audit_leak(options, lambda env, means: seeing_only(ranker_policy(env, means)), lambda ids: set(ids[:150]))
    assert report.cohort_share > 0.5
    assert report.neutralised_share < 0.1
    assert report.leak_index[1] > 0.05
    assert report.neutralised_index[0] < report.leak_index[1]
