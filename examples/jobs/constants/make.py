"""Makes the data of this job from `chemicals` (MIT), a collection of measured constants of pure substances.

    pip install chemicals && python examples/jobs/constants/make.py

Boiling points are those of Wikidata (CC0) where a second source agrees within half a per cent; critical temperatures
and pressures those that IUPAC recommends. No substance stands in both files.
"""

import csv
import json
import random
from pathlib import Path

import chemicals

HERE = Path(__file__).parent
SEED, VALIDATION_SHARE, AGREEMENT = 3, 0.2, 0.005
LARGEST_MASS = 140.0
"""g/mol; the names of larger molecules are a test of chemical grammar."""

INSTRUCTIONS = (
    "Answer with JSON only: a number with its unit as text, within two per cent of the measured value, "
    'such as {"answer": "1738 K"}.'
)


def substances():
    """Return the CAS numbers and names of small substances that IUPAC gives critical constants of."""
    data = Path(chemicals.__file__).parent / "Critical Properties" / "IUPACOrganicCriticalProps.tsv"
    with data.open(newline="") as file:
        rows = [line for line in csv.DictReader(file, delimiter="\t") if float(line["MW"]) <= LARGEST_MASS]
    return {line["CAS"]: line["Chemical"] for line in rows}


def constants(cas):
    """Return the questions about a substance that have an answer: words and the value with its unit."""
    found = {}
    if "WIKIDATA" in chemicals.Tb_methods(cas):
        value, others = chemicals.Tb(cas, method="WIKIDATA"), {"HEOS", "WEBBOOK"} & set(chemicals.Tb_methods(cas))
        if any(abs(chemicals.Tb(cas, method=other) / value - 1) < AGREEMENT for other in others):
            found["normal boiling point"] = f"{value:.1f} K"
    if "IUPAC" in chemicals.Tc_methods(cas):
        found["critical temperature"] = f"{chemicals.Tc(cas, method='IUPAC'):.1f} K"
    if "IUPAC" in chemicals.Pc_methods(cas):
        found["critical pressure"] = f"{chemicals.Pc(cas, method='IUPAC') / 1e6:.3f} MPa"
    return found


def main():
    """Write `train.jsonl` and `validation.jsonl`."""
    named = substances()
    order = sorted(named)
    random.Random(SEED).shuffle(order)
    cut = int(len(order) * VALIDATION_SHARE)
    for file, part in (("validation", order[:cut]), ("train", order[cut:])):
        lines = []
        for cas in part:
            for quantity, value in constants(cas).items():
                question = f"What is the {quantity} of {named[cas]}? {INSTRUCTIONS}"
                row = {"messages": [{"role": "user", "content": question}], "substance": cas, "value": value}
                lines.append(json.dumps(row) + "\n")
        (HERE / f"{file}.jsonl").write_text("".join(lines))


if __name__ == "__main__":
    main()
