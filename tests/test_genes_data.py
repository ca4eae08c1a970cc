"""The ontology, gene symbols and case reports: what is read, what is refused, and what is kept."""

from __future__ import annotations

import gzip
import json

import pytest

from envs import ConfigError
from envs.cache import cached
from envs.genes.cases import Case, Term, age_band
from envs.genes.hpo import Hpo, load_hpo, parse
from envs.genes.reports import connected, read_reports
from envs.genes.symbols import GeneSymbols, load_symbols

OBO = """format-version: 1.2
data-version: hp/releases/2025-01-16

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Term]
id: HP:0000707
name: Abnormality of the nervous system
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0001250
name: Seizure
alt_id: HP:0001275
synonym: "Epilepsy" EXACT layperson []
synonym: "Fit" RELATED []
is_a: HP:0000707 ! Abnormality of the nervous system

[Term]
id: HP:0000002
name: obsolete Old
is_obsolete: true

[Term]
id: HP:0000007
name: Autosomal recessive inheritance

[Typedef]
id: x
name: not a term
"""
COLUMNS = "database_id\tdisease_name\tqualifier\thpo_id\treference\te\to\tfrequency\tsex\tm\taspect\tb\n"
HEAD = "#version: 2025-02-01\n" + COLUMNS
GENES = "ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id\n1\tABC1\tHP:0001250\tSeizure\t-\tOMIM:1\n"


def annotation(term, frequency="", *, disease="OMIM:1", reference="PMID:1", qualifier="", sex="", aspect="P"):
    return f"{disease}\tA disease\t{qualifier}\t{term}\t{reference}\tPCS\t\t{frequency}\t{sex}\t\t{aspect}\tHPO:x\n"


@pytest.fixture
def small_hpo(tmp_path):
    def make(*rows, obo=OBO, genes=GENES):
        paths = [tmp_path / name for name in ("hp.obo", "phenotype.hpoa", "genes_to_phenotype.txt")]
        for path, text in zip(paths, (obo, HEAD + "".join(rows), genes), strict=True):
            path.write_text(text)
        return Hpo(json.loads(json.dumps(parse(*paths))))

    return make


def test_terms_synonyms_and_old_numbers_are_read_and_obsolete_terms_are_not(small_hpo):
    hpo = small_hpo(annotation("HP:0001250"))
    assert (hpo.version, hpo.annotations_version) == ("2025-01-16", "2025-02-01")
    assert hpo.find("seizure") == hpo.find("EPILEPSY") == hpo.term("HP:0001275") == "HP:0001250"
    assert hpo.find("Fit") is hpo.find("obsolete Old") is hpo.term("HP:0000002") is None
    assert hpo.ancestors("HP:0001250") == {"HP:0001250", "HP:0000707", "HP:0000118"}
    assert hpo.is_abnormality("HP:0001250")
    assert not hpo.is_abnormality("HP:0000007")


def test_frequencies_are_counts_bands_and_percents_weighted_by_the_patients_that_were_counted(small_hpo):
    hpo = small_hpo(
        annotation("HP:0001250", "3/4"),
        annotation("HP:0001250", "1/16", reference="PMID:2"),
        annotation("HP:0000707", "HP:0040281"),
        annotation("HP:0000118", "25%"),
        annotation("HP:0000007", aspect="I"),
        annotation("HP:0000118", qualifier="NOT"),
        annotation("HP:0003577", aspect="C"),
    )
    disease = hpo.disease("OMIM:1")
    # (3 + 1) of (4 + 16) patients
    assert disease.frequencies() == {"HP:0001250": 4 / 20, "HP:0000707": 0.9, "HP:0000118": 0.25}
    assert disease.frequencies(without_paper="PMID:1") == {"HP:0001250": 1 / 16}
    assert (disease.excluded, disease.onsets, disease.inheritance) == (
        ("HP:0000118",),
        ("HP:0003577",),
        ("HP:0000007",),
    )
    assert hpo.closure({"HP:0001250": 0.2, "HP:0000707": 0.1}) == {
        "HP:0001250": 0.2,
        "HP:0000707": 0.2,
        "HP:0000118": 0.2,
    }


def test_an_annotation_of_one_sex_holds_for_that_sex_only(small_hpo):
    disease = small_hpo(annotation("HP:0001250", "1/1", sex="MALE"), annotation("HP:0000707", "1/2")).disease("OMIM:1")
    assert disease.frequencies(sex="FEMALE") == {"HP:0000707": 0.5}
    assert disease.frequencies(sex="MALE") == {"HP:0001250": 1.0, "HP:0000707": 0.5}


@pytest.mark.parametrize(
    "broken", [{"obo": "no terms"}, {"genes": "a\tb\tc\n"}, {"obo": OBO.replace("name: Seizure\n", "")}]
)
def test_files_that_are_not_the_ontologys_are_refused(small_hpo, broken):
    with pytest.raises(ValueError, match=r"hp\.obo|genes_to_phenotype|no name"):
        small_hpo(annotation("HP:0001250"), **broken)


def test_the_installed_ontology_holds_what_its_release_holds():
    hpo = load_hpo()
    assert (hpo.version, hpo.annotations_version) == ("2025-01-16", "2025-01-16")
    assert (len(hpo.genes), len(hpo.genes_of)) == (5126, 8868)
    assert "OMIM:613254" in hpo.genes["TSC2"]
    assert hpo.find("cortical tubers") == "HP:0009717"


def test_a_cached_entry_is_made_once_again_when_its_source_changes_and_when_it_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "source"
    source.write_text("one")
    made = []

    def make():
        made.append(source.read_text())
        return {"text": source.read_text()}

    def get():
        return cached("entry", [source], 1, make)

    assert get() == get() == {"text": "one"}
    source.write_text("two")
    assert get() == {"text": "two"}
    for path in (tmp_path / "cache" / "derived").iterdir():
        path.write_bytes(path.read_bytes()[:-3])
    assert get() == {"text": "two"}
    for path in (tmp_path / "cache" / "derived").iterdir():
        path.write_bytes(b"")
    assert get() == get() == {"text": "two"}
    assert made == ["one", "two", "two", "two"]


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "file"))
    assert cached("entry", [], 1, lambda: [1]) == cached("entry", [], 1, lambda: [1]) == [1]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("TSC2", "TSC2"),
        (" tsc2\n", "TSC2"),
        ("tsc4", "TSC2"),
        ("HLA-A", "HLA-A"),
        ("\uff34\uff33\uff23\uff12", "TSC2"),
        ("TSC1/TSC2", None),
        ("TSC1 TSC2", None),
        ("-TSC2", None),
        ("\u0422SC2", None),
        ("TSC\u200b2", None),
        ("TSC2\x00", None),
        ("A" * 21, None),
        ("A" * 200, None),
        ("", None),
    ],
)
def test_a_slot_names_one_gene_whole_and_in_ascii(text, symbol):
    # the last two aliases are of shapes that no alias may have: a list, and 21 letters
    aliases = [("TSC4", "TSC2"), ("TSC1/TSC2", "TSC2"), ("A" * 21, "TSC2")]
    assert GeneSymbols(["TSC1", "TSC2", "HLA-A"], aliases).resolve(text) == symbol


def test_a_primary_symbol_wins_over_an_alias_and_an_alias_of_two_genes_names_none():
    symbols = GeneSymbols(["AAA", "BBB"], [("AAA", "BBB"), ("old", "BBB"), ("both", "AAA"), ("BOTH", "BBB")])
    assert [symbols.resolve(text) for text in ("aaa", "OLD", "both")] == ["AAA", "BBB", None]
    assert symbols.ambiguous == {"BOTH": {"AAA", "BBB"}}


def test_a_symbol_of_an_odd_shape_names_its_gene_and_an_alias_of_one_names_none():
    symbols = GeneSymbols(["C4B_2", "PAX6", "TSC1", "TSC2"], [("PAX6_HS2", "PAX6"), ("c4b_2", "TSC1")])
    assert [symbols.resolve(text) for text in ("C4B_2", " c4b_2", "PAX6_HS2")] == ["C4B_2", "C4B_2", None]
    assert [symbols.resolve(text) for text in ("TSC1_TSC2", "TSC1/TSC2", "C4B_2 TSC1")] == [None, None, None]


def test_symbols_that_differ_in_case_alone_each_name_their_own_gene():
    symbols = GeneSymbols(["Abc", "ABC"], [("Abc", "ABC")])
    assert [symbols.resolve(text) for text in ("Abc", "ABC")] == ["Abc", "ABC"]
    assert symbols.primary == ("Abc", "ABC")


def test_the_installed_table_knows_every_gene_of_the_ontology_and_every_symbol_names_itself():
    symbols = load_symbols()
    assert len(symbols.primary) == 44_786
    assert [symbol for symbol in symbols.primary if symbols.resolve(symbol) != symbol] == []
    assert [symbol for symbol in symbols.primary if symbols.resolve(symbol.lower()) != symbol] == []
    assert [gene for gene in load_hpo().genes if symbols.resolve(gene) != gene] == []


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("P20D", "newborn"),
        ("P3W", "newborn"),
        ("P11M", "infant"),
        ("P1Y", "child"),
        ("P11Y11M", "child"),
        ("P12Y", "adolescent"),
        ("P18Y", "adult"),
        ("P64Y", "adult"),
        ("P65Y", "elderly adult"),
        ("P", None),
        ("4 years", None),
    ],
)
def test_an_age_is_told_in_bands_only(age, band):
    assert age_band(age) == band


def line(case_id, gene="TSC2", present=("HP:0001250",), absent=(), **fields):
    pairs = {
        name: [[term, f"Label {term}"] for term in terms] for name, terms in (("present", present), ("absent", absent))
    }
    return json.dumps({"id": case_id, "gene": gene, **pairs, **fields})


@pytest.fixture
def reports(tmp_path):
    def read(*lines, per_gene=None, name="cases.jsonl"):
        path = tmp_path / name
        text = "".join(f"{text}\n" for text in lines).encode()
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return read_reports(path, load_hpo(), load_symbols(), per_gene)

    return read


def test_reports_are_read_plain_and_gzipped_and_old_symbols_are_made_current(reports):
    for name in ("cases.jsonl", "cases.jsonl.gz"):
        [case] = reports(line("a", gene="TSC4", sex="MALE", age="P4Y", pmid="PMID:1"), name=name).cases
        assert case == Case(
            gene="TSC2",
            present=(Term("HP:0001250", "Label HP:0001250"),),
            absent=(),
            age="child",
            sex="male",
            case_id="a",
            cohort="TSC2",
            paper="PMID:1",
        )


def test_features_stand_in_an_order_of_the_cases_own_and_not_in_that_of_the_file(reports):
    terms = [f"HP:00000{index}" for index in range(10, 22)]
    first, second = reports(line("a", present=terms), line("b", gene="NF1", present=terms)).cases
    assert {term.id for term in first.present} == {term.id for term in second.present} == set(terms)
    assert len({tuple(term.id for term in case.present) for case in (first, second)} | {tuple(terms)}) == 3


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ('{"id": "b", ', "line 2: not a JSON object"),
        ("[]", "line 2: expected a JSON object"),
        (line("a"), r"line 2, field 'id': 'a' is the id of line 1 too"),
        (line("b", gene="MLL2"), "line 2, field 'gene': 'MLL2' is not the symbol of one gene"),
        (line("b", sex="male"), "line 2, field 'sex': no sex 'male'"),
        (line("b", age="old"), "line 2, field 'age': must be a duration"),
        (line("b", present=["0001250"]), "line 2, field 'present': '0001250' is not an id"),
        (line("b", absent=["HP:0001250"]), "line 2, field 'absent': HP:0001250 is said to be present too"),
        ('{"id": "b", "gene": "TSC2"}', "line 2, field 'present': must be a list"),
        ('{"id": "b", "gene": "TSC2", "present": [["HP:0001250"]]}', r"must hold pairs \[id, label\]"),
    ],
)
def test_a_malformed_report_is_refused_with_its_line(reports, bad, message):
    with pytest.raises(ConfigError, match=message):
        reports(line("a"), bad)


def test_a_gzip_that_was_cut_short_is_refused(tmp_path):
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress(line("a").encode() * 50)[:-20])
    with pytest.raises(ConfigError, match=r"cannot read|not a JSON object"):
        read_reports(path, load_hpo(), load_symbols(), None)


def test_equal_cases_and_those_over_the_cap_are_left_out_and_counted(reports):
    many = [line(f"m{index}", absent=[f"HP:000000{index}"]) for index in range(5)]
    found = reports(line("a"), line("b"), line("c", present=()), *many, per_gene=2)
    assert len(found.cases) == 2
    assert found.dropped == {
        "same gene and features as another": 1,
        "no present feature": 1,
        "more than 2 of one gene": 4,
    }


def test_what_shares_a_gene_a_paper_or_a_disease_is_one_component():
    def case(case_id, gene, paper=None, disease=""):
        return Case(gene=gene, present=(), absent=(), case_id=case_id, paper=paper, disease=disease)

    cases = [
        case("1", "A", "p"),
        case("2", "B", "p"),
        case("3", "B", "q"),
        case("4", "C", "r", "d"),
        case("5", "D", "s", "d"),
    ]
    cases.append(case("6", "E"))
    # A and B share the paper p, C and D the disease d; E stands alone
    assert connected(cases) == {"1": "A", "2": "A", "3": "A", "4": "C", "5": "C", "6": "E"}


def test_splits_share_no_gene_paper_or_disease_and_new_genes_are_held_out(reports):
    genes = ["TSC1", "TSC2", "NF1", "FBN1", "STXBP1", "ANKRD11", "RPGRIP1", "UMOD", "CHD8", "LMNA"]
    lines = [line(f"{gene}-{paper}", gene, pmid=f"PMID:{index // 2 + paper}", absent=[f"HP:000{index:02d}0{paper}"])
             for index, gene in enumerate(genes) for paper in (0, 7)]  # fmt: skip
    found = reports(*lines, line("new", gene="CACHD1"))
    assert found.new_genes == {"CACHD1"}
    assert found.splits["new"] == "heldout"
    for attribute in ("gene", "paper"):
        places = {}
        for case in found.cases:
            places.setdefault(getattr(case, attribute), set()).add(found.splits[case.case_id])
        assert all(len(splits) == 1 for splits in places.values())
    # ten genes in five pairs that share a paper: two or three pairs are train, two held out
    assert {found.splits[case.case_id] for case in found.cases if case.gene != "CACHD1"} >= {"train", "heldout"}
