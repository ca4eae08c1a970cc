"""The reward of a ranked list: its numbers by hand, and what must hold for every list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs import ConfigError
from envs.genes.symbols import GeneSymbols
from envs.verifiers.graders import build_grader
from envs.verifiers.grading import GraderFault, Sample
from envs.verifiers.ranked_list import credits_of, resolver, rules_of, score_ranked_list

SYMBOLS = GeneSymbols(
    ["TSC1", "TSC2", "KMT2B", "KMT2D", "NF1", "FBN1", "C10orf71", "HLA-A", *(f"G{index}" for index in range(40))],
    [("TSC4", "TSC2"), ("tuberin", "TSC2"), ("LAM", "TSC1"), ("LAM", "TSC2"), ("MLL2", "KMT2B"), ("MLL2", "KMT2D")],
)
RULES = rules_of({})


def score(items, right="TSC2", rules=RULES):
    return score_ranked_list(items, right, rules, SYMBOLS.resolve)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["TSC2"], 1.0),
        (["TSC1", "TSC2"], 0.7),
        (["TSC1", "NF1", "TSC2"], 0.49),
        ([*(f"G{index}" for index in range(9)), "TSC2"], 0.7**9),  # 0.0404
        ([f"G{index}" for index in range(10)], 0.0),
        (["TSC1", "TSC1", "TSC2"], 0.49 - 0.02),  # a repeat keeps its slot and costs a little
        (["TSC2", "TSC2", "TSC2"], 1.0 - 0.04),
        (["TSC4"], 1.0),  # a previous symbol
        (["Tuberin"], 1.0),  # a name
        (["TSC1", "tuberin", "TSC2"], 0.7 - 0.02),  # the first spelling counts
        (["NOPE", "TSC2"], 0.7 - 0.02),  # an invented symbol costs its slot and a little
        (["TSC2", "NOPE", "NADA"], 1.0 - 0.04),
        (["LAM"], 0.0),  # stands for TSC1 and for TSC2, so for neither
        (["TSC1/TSC2"], 0.0),
        ([" tsc2 "], 1.0),
        (["\uff34\uff33\uff23\uff12"], 1.0),  # the same letters in full width
        (["\u0422SC2"], 0.0),  # a Cyrillic letter
        (["TSC\u200b2"], 0.0),
    ],
)
def test_a_list_is_paid_by_the_place_of_the_right_gene(items, expected):
    assert score(items).score == pytest.approx(expected)


@pytest.mark.parametrize("items", [[], "TSC2", None, {"TSC2": 1}, ["TSC2", 1], [["TSC2"]], ["TSC2", None], 7])
def test_what_is_no_list_of_texts_is_no_answer(items):
    assert score(items).score == 0.0
    assert score(items).fault


def test_a_list_over_the_limit_is_no_answer_and_not_a_list_that_is_cut():
    assert score(["TSC2", *(f"G{index}" for index in range(9))]).score == 1.0
    over = score(["TSC2", *(f"G{index}" for index in range(10))])
    assert (over.score, over.rank, over.length) == (0.0, None, 11)
    assert "at most 10" in over.fault


def test_penalties_never_make_a_score_negative():
    # rank 10 pays 0.040, nine invented symbols cost 0.18
    assert score([*["NOPE"] * 9, "TSC2"]).score == 0.0


def test_an_honest_five_beats_a_single_guess_at_the_usual_hit_rates():
    # top-1 25 %, and 4 % more at each of ranks 2 to 5: a list of one gets 0.25, of five more by 0.04 (.7+.49+.343+.24)
    credits = RULES.credits
    five = 0.25 * credits[0] + 0.04 * sum(credits[1:5])
    assert five > 0.25 + 0.05


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        ({"kind": "geometric", "ratio": 0.5}, (1, 0.5, 0.25, 0.125)),
        ({"kind": "reciprocal"}, (1, 1 / 2, 1 / 3, 1 / 4)),
        ({"kind": "dcg"}, (1, 0.6309, 0.5, 0.4307)),  # 1 / log2(1 + r)
        ({"kind": "sqrt"}, (1, 0.7071, 0.5774, 0.5)),
        ({"kind": "table", "values": [1, 0.3]}, (1, 0.3, 0, 0)),
    ],
)
def test_decays_of_each_kind(decay, expected):
    assert credits_of(decay, 4) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"max_items": 0}, "max_items must be an integer from 1 to 1000, got 0"),
        ({"max_items": True}, "max_items"),
        ({"on_overflow": "truncate"}, "on_overflow can only be 'invalid'"),
        ({"duplicates": "drop"}, "duplicates can only be 'first_rank_keep_slot'"),
        ({"unknown_penalty": -0.1}, r"must be in \[0, 1\]"),
        ({"unknown_penalty": "much"}, "unknown_penalty must be a finite number"),
        ({"unknown_penalty": 10**400}, "unknown_penalty must be a finite number, got 1000"),
        ({"min_score": -(10**400)}, "min_score must be a finite number"),
        ({"decay": {"kind": "table", "values": [10**400]}}, "values must be a finite number"),
        ({"decay": {"kind": ["table"]}}, "no kind of decay \\['table'\\]"),
        ({"decay": {"kind": {"kind": "dcg"}}}, "no kind of decay {'kind': 'dcg'}"),
        ({"min_score": 1.0}, "min_score"),
        ({"decay": {"kind": "geometrical"}}, "no kind of decay 'geometrical'; did you mean 'geometric'"),
        ({"decay": {"kind": "geometric", "ratio": 1.0}}, "between 0 and 1"),
        ({"decay": {"kind": "sqrt", "ratio": 0.5}}, "no option of the decay 'sqrt' 'ratio'"),
        ({"decay": {"kind": "table", "values": [0.5, 0.7]}}, "never rise"),
        ({"decay": {"kind": "table", "values": [1, 1, 1]}, "max_items": 2}, "1 to 2 numbers"),
        ({"decay": "linear"}, "no kind of decay 'linear'"),
    ],
)
def test_rules_that_cannot_be_or_that_pay_for_long_lists_are_refused(config, message):
    with pytest.raises(ConfigError, match=message):
        rules_of(config)


GENES = st.sampled_from(["TSC1", "TSC2", "TSC4", "tuberin", "LAM", "NF1", "FBN1", "NOPE", "G1", "G2", "G3", "a b"])
LISTS = st.lists(GENES, max_size=12)
KNOWN = st.lists(st.sampled_from(["TSC1", "NF1", "FBN1", "G1", "G2", "G3", "G4", "G5"]), max_size=9, unique=True)
DECAYS = st.sampled_from(
    [{"kind": "geometric", "ratio": 0.7}, {"kind": "reciprocal"}, {"kind": "dcg"}, {"kind": "sqrt"}]
)


@given(LISTS)
def test_a_score_is_between_zero_and_one(items):
    assert 0.0 <= score(items).score <= 1.0


@given(LISTS, GENES, DECAYS)
def test_a_longer_list_never_pays_more_unless_it_is_longer_by_the_right_gene(items, added, decay):
    rules = rules_of({"decay": decay})
    longer = score([*items, added], rules=rules)
    right_is_new = SYMBOLS.resolve(added) == "TSC2" and score(items, rules=rules).rank is None
    assert right_is_new or longer.score <= score(items, rules=rules).score


@given(KNOWN, st.randoms())
def test_the_order_of_what_stands_behind_the_right_gene_does_not_matter(others, random):
    cut = len(others) // 2
    later = others[cut:]
    random.shuffle(later)
    assert score([*others[:cut], "TSC2", *later]).score == score([*others[:cut], "TSC2", *others[cut:]]).score


@given(KNOWN.filter(bool), st.data(), DECAYS)
def test_the_right_gene_further_up_always_pays_more(others, data, decay):
    rules = rules_of({"decay": decay})
    place = data.draw(st.integers(1, len(others)))
    lower = [*others[:place], "TSC2", *others[place:]]
    higher = [*lower[: place - 1], lower[place], lower[place - 1], *lower[place + 1 :]]
    assert score(higher, rules=rules).score > score(lower, rules=rules).score


@given(LISTS)
def test_another_spelling_of_a_gene_is_worth_the_same(items):
    spelt = [{"TSC2": "tsc4", "TSC1": " tsc1"}.get(item, item) for item in items]
    assert score(spelt) == score(items)


@given(KNOWN)
def test_no_list_of_wrong_genes_earns_anything(others):
    assert score(others).score == 0.0


def test_one_list_for_all_tasks_earns_what_the_case_mix_gives_and_all_genes_no_more_than_a_hundredth_beyond():
    # 40 genes, a task each: the best list of ten earns (1 + 0.7 + ... + 0.7^9) / 40 = 3.239 / 40 = 0.0810; were a list
    # of all forty allowed, the other thirty would add 0.7^10 (1 - 0.7^30) / 0.3 / 40 = 0.0024
    genes = [f"G{index}" for index in range(40)]
    ten = sum(score(genes[:10], gene).score for gene in genes) / 40
    uncapped = rules_of({"max_items": 40})
    everything = sum(score(genes, gene, uncapped).score for gene in genes) / 40
    assert ten == pytest.approx(0.0810, abs=1e-4)
    assert everything == pytest.approx(0.0810 + 0.0024, abs=1e-4)
    assert sum(score(genes, gene).score for gene in genes) == 0.0


CONFIG = {
    "type": "ranked_list",
    "name": "rank",
    "input": "{{sample.output_json.genes}}",
    "reference": "{{item.gene}}",
    "vocabulary": ["TSC1", "TSC2", "NF1"],
    "max_items": 10,
    "decay": {"kind": "geometric", "ratio": 0.7},
    "on_overflow": "invalid",
    "duplicates": "first_rank_keep_slot",
    "unknown_penalty": 0.02,
    "min_score": 0,
}


def graded(genes, gene="TSC2", **changes):
    sample = Sample(output_text="", output_json={"genes": genes}, has_json=True)
    return build_grader({**CONFIG, **changes}).grade(sample, {"gene": gene})


def test_as_a_grader_it_reads_the_list_and_the_right_item_by_template():
    assert graded(["TSC1", "TSC2"]).score == 0.7
    assert graded(["tsc2"]).measures["top@1"] == 1.0
    assert graded(["TSC1"]).feedback == "The first item is not the right one."
    assert graded("TSC2").score == 0.0
    assert graded(["OTHER", "TSC2"]).score == pytest.approx(0.68)
    assert graded(["anything"], "Anything", vocabulary=None).score == 1.0


def test_as_a_grader_its_faults_are_told_from_the_models():
    no_json = build_grader(CONFIG).grade(Sample(output_text="TSC2"), {"gene": "TSC2"})
    assert (no_json.score, "sample_parse_error" in no_json.flags) == (0.0, True)
    with pytest.raises(GraderFault, match="the reference 'XYZ' is not in the vocabulary"):
        graded(["TSC2"], "XYZ")
    with pytest.raises(GraderFault, match=r"the item has no item\.gene"):
        build_grader(CONFIG).grade(Sample(output_text="", output_json={"genes": ["TSC2"]}, has_json=True), {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vocabulary": "hugo"}, "/vocabulary: no vocabulary 'hugo'"),
        ({"vocabulary": 3}, "/vocabulary: must be 'hgnc' or a list of texts"),
        ({"max_item": 5}, "/max_item: no field of ranked_list 'max_item'; did you mean 'max_items'"),
        ({"decay": {"kind": "linear"}}, "no kind of decay 'linear'"),
    ],
)
def test_as_a_grader_a_wrong_configuration_is_told_by_pointer(change, message):
    with pytest.raises(ConfigError, match=message):
        build_grader({**CONFIG, **change})


def test_gene_symbols_are_a_vocabulary_by_name():
    resolve = resolver("hgnc")
    assert [resolve(text) for text in ("TSC4", "tuberin", "MLL2", "c10orf71", "TSC9")] == [
        "TSC2",
        "TSC2",
        None,
        "C10orf71",
        None,
    ]
