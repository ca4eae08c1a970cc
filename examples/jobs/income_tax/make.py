"""Makes the data of this job with `taxcalc` (CC0), a model of the tax law of the United States.

    pip install taxcalc && python examples/jobs/income_tax/make.py

A household's facts are drawn, and its federal income tax of 2025 is worked out by the model. No two have the same
wages, which are whole thousands: the law takes the child tax credit away in such steps, the model continuously.
"""

import json
import random
from pathlib import Path

import pandas
import taxcalc

HERE = Path(__file__).parent
SEED, TRAIN, VALIDATION, YEAR = 11, 300, 60, 2025

STATUS = {"single": 1, "married filing jointly": 2, "head of household": 4}
INSTRUCTIONS = (
    f"Work out the federal income tax of the United States for {YEAR}: the standard deduction, the ordinary brackets, "
    "and the child tax credit where there are children; no other income or deduction. Round to whole dollars. "
    'Answer with JSON only, such as {"tax": 1234}.'
)


def households(count):
    """Return that many households, each of other wages: filing status, children under 17, wages."""
    rng, drawn = random.Random(SEED), []
    for wages in rng.sample(range(75_000, 495_000, 1000), count):
        status = rng.choice(list(STATUS))
        children = 0 if status == "single" else rng.randint(status == "head of household", 2)
        drawn.append((status, children, wages))
    return drawn


def taxes(facts):
    """Return the income tax of each household, in dollars."""
    rows = []
    for number, (status, children, wages) in enumerate(facts, start=1):
        adults = 2 if status == "married filing jointly" else 1
        ages = {"age_head": 40, "age_spouse": 40 if adults == 2 else 0}
        people = {"n24": children, "nu18": children, "EIC": children, "XTOT": adults + children}
        income = {"e00200": wages, "e00200p": wages, "e00200s": 0.0}
        rows.append({"RECID": number, "MARS": STATUS[status], "FLPDYR": YEAR, **ages, **people, **income})
    records = taxcalc.Records(
        data=pandas.DataFrame(rows), start_year=YEAR, gfactors=None, weights=None, adjust_ratios=None
    )
    calculator = taxcalc.Calculator(policy=taxcalc.Policy(), records=records, verbose=False)
    calculator.advance_to_year(YEAR)
    calculator.calc_all()
    return [float(tax) for tax in calculator.array("iitax")]


def described(status, children, wages):
    """Return the question about one household."""
    family = {0: "no children", 1: "one child under 17"}.get(children, f"{children} children under 17")
    return f"{INSTRUCTIONS}\n\nHousehold: {status}, {family}, wages of ${wages:,}."


def main():
    """Write `train.jsonl` and `validation.jsonl`."""
    facts = households(TRAIN + VALIDATION)
    rows = [
        {"messages": [{"role": "user", "content": described(*household)}], "tax": round(tax)}
        for household, tax in zip(facts, taxes(facts), strict=True)
    ]
    for file, part in (("train", rows[:TRAIN]), ("validation", rows[TRAIN:])):
        (HERE / f"{file}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in part))


if __name__ == "__main__":
    main()
