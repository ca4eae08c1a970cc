"""The ready-made fine-tuning jobs: their data against the packages and rules that they were made from."""

import importlib.util
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from agents import train
from envs import audit

JOBS = Path(__file__).parent.parent / "examples" / "jobs"
NAMES = ("citations", "constants", "income_tax")

# the ordinary brackets (where each begins, in dollars of taxable income), the standard deduction and the child tax
# credit of 2025: 26 USC 1, 24, 63; Rev. Proc. 2024-40; Pub. L. 119-21
RATES = (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)
BRACKETS = {
    "single": (0, 11_925, 48_475, 103_350, 197_300, 250_525, 626_350),
    "married filing jointly": (0, 23_850, 96_950, 206_700, 394_600, 501_050, 751_600),
    "head of household": (0, 17_000, 64_850, 103_350, 197_300, 250_500, 626_350),
}
DEDUCTION = {"single": 15_750, "married filing jointly": 31_500, "head of household": 23_625}
CREDIT_A_CHILD = 2_200
CREDIT_SHRINKS_FROM = {"single": 200_000, "married filing jointly": 400_000, "head of household": 200_000}


def rows(job, file):
    return [json.loads(line) for line in (JOBS / job / f"{file}.jsonl").read_text().splitlines()]


def made(job, monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location(f"make_{job}", JOBS / job / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    module.main()


@pytest.mark.parametrize("job", ["citations", "constants"])
def test_the_data_of_a_job_are_what_its_script_makes(job, monkeypatch, tmp_path):
    made(job, monkeypatch, tmp_path)
    for file in ("train.jsonl", "validation.jsonl"):
        assert (tmp_path / file).read_bytes() == (JOBS / job / file).read_bytes()


def income_tax(status, children, wages):
    income = max(0, wages - DEDUCTION[status])
    tax, edges = 0.0, pairwise((*BRACKETS[status], float("inf")))
    for rate, (start, end) in zip(RATES, edges, strict=True):
        tax += rate * max(0, min(income, end) - start)
    begun_thousands = max(0, -(-(wages - CREDIT_SHRINKS_FROM[status]) // 1000))
    return tax - min(tax, max(0, CREDIT_A_CHILD * children - 50 * begun_thousands))


def test_the_example_of_the_tax_rule_is_worked_out_by_hand():
    # 189,000 - 31,500 = 157,500 taxable: 2,385 + 12 % of 73,100 + 22 % of 60,550 = 24,478, less two credits of 2,200
    assert income_tax("married filing jointly", 2, 189_000) == pytest.approx(20_078)


@pytest.mark.parametrize("file", ["train", "validation"])
def test_every_income_tax_agrees_with_the_brackets_of_the_law(file):
    for row in rows("income_tax", file):
        household = re.search(
            r"Household: ([a-z ]+), (no|one|\d) child.*, wages of \$([\d,]+)\.", row["messages"][0]["content"]
        )
        status, children, wages = household.groups()
        number = {"no": 0, "one": 1, "2": 2}[children]
        assert row["tax"] == pytest.approx(income_tax(status, number, int(wages.replace(",", ""))), abs=0.5)


def test_no_reporter_of_a_citation_stands_in_both_files():
    reporters = {
        file: {re.sub(r"^\d+ | \d+$", "", citation) for row in rows("citations", file) for citation in row["citations"]}
        for file in ("train", "validation")
    }
    assert len(reporters["train"]) > 300
    assert len(reporters["validation"]) > 60
    assert not reporters["train"] & reporters["validation"]


def test_no_substance_stands_in_both_files():
    train, validation = ({row["substance"] for row in rows("constants", file)} for file in ("train", "validation"))
    assert train and validation and not train & validation


@pytest.mark.parametrize(("job", "floor"), [("citations", 0.0), ("constants", 0.05), ("income_tax", 0.0)])
def test_the_audit_of_a_job_is_clean(job, floor, tmp_path):
    options = ["env=rft", f"env.job={JOBS / job / 'job.json'}", f"env.floor={floor}", "limit=40", f"out={tmp_path}"]
    assert audit.main(options) == 0


def test_a_tiny_policy_is_trained_on_a_job_as_it_stands(command, tmp_path):
    settings = ["model=tiny", "algo.steps=2", "algo.groups_per_step=2", "algo.group_size=2", "algo.max_new_tokens=6"]
    job = JOBS / "income_tax" / "job.json"
    options = ["env=rft", f"job={job}", f"run_dir={tmp_path / 'run'}", "eval.every=0", *settings]
    assert command(train.main, *options) == 0
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["steps"] == 2
