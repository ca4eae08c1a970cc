"""Makes the data of this job from `reporters-db` (BSD-2): American law reports, and other ways to write their names.

    pip install reporters-db && python examples/jobs/citations/make.py

A passage cites one to three cases, each under a variant of its reporter's name that means one reporter only; asked for
are the citations in their standard form. No reporter stands in both files.
"""

import json
import random
from pathlib import Path

import reporters_db

HERE = Path(__file__).parent
SEED, TRAIN, VALIDATION = 7, 300, 60

TEXTS = (
    "The court relied on {0}, filed under No. {n}.",
    "See {0} and {1}, both decided before {year}; the appeal, No. {n}, was denied.",
    "Counsel cited {0}, {1} and {2} in a brief of {n} pages.",
    "As held in {0}, the rule of {year} does not apply (contra {1}).",
)
INSTRUCTIONS = (
    "List the citations of the passage in the order in which they stand, each as volume, standard abbreviation of the "
    'reporter, and page. Answer with JSON only, such as {"citations": ["410 U.S. 113"]}.'
)


def variants():
    """Return, for each standard abbreviation, the other spellings that mean it and nothing else."""
    found = {}
    for spelling, standards in sorted(reporters_db.VARIATIONS_ONLY.items()):
        readable = spelling.isascii() and not any(character.isdigit() for character in spelling[:1])
        if len(standards) == 1 and spelling not in reporters_db.EDITIONS and readable:
            found.setdefault(standards[0], []).append(spelling)
    return found


def row(rng, reporters, spellings):
    """Return one line: the passage, and what is to be found in it."""
    text = rng.choice(TEXTS)
    cited = [(rng.randint(1, 400), reporter, rng.randint(1, 999)) for reporter in rng.sample(reporters, 3)]
    written = [f"{volume} {rng.choice(spellings[name])} {page}" for volume, name, page in cited]
    passage = text.format(*written, n=rng.randint(10, 9999), year=rng.randint(1850, 2010))
    answer = [f"{volume} {name} {page}" for i, (volume, name, page) in enumerate(cited) if f"{{{i}}}" in text]
    prompt = f"{INSTRUCTIONS}\n\nPassage: {passage}"
    return {"messages": [{"role": "user", "content": prompt}], "citations": answer}


def main():
    """Write `train.jsonl` and `validation.jsonl`."""
    rng = random.Random(SEED)
    spellings = variants()
    names = sorted(spellings)
    rng.shuffle(names)
    cut = len(names) * 4 // 5
    for file, count, reporters in (("train", TRAIN, names[:cut]), ("validation", VALIDATION, names[cut:])):
        lines = [json.dumps(row(rng, reporters, spellings)) for _ in range(count)]
        (HERE / f"{file}.jsonl").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
