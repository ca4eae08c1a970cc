"""Proof that the files of a job share nothing, and what can be had of a data set without solving its tasks."""

import random
import time

import pytest

from envs.core import ConfigError, Message
from envs.rft.data import Row
from envs.rft.leaks import probe_leaks
from envs.rft.splits import Fields, find_overlaps, prove_files_disjoint, reference_keys

WORDS = [f"{a}{b}" for a in ("ba", "ko", "mi", "ru", "te", "sa", "lo") for b in ("lan", "rik", "tus", "vem", "dor")]


def row(line, text, **item):
    return Row(line=line, messages=(Message(role="user", content=text),), item=item)


def sentence(rng, words=20):
    return " ".join(rng.choice(WORDS) for _ in range(words))


def kinds(train, validation, fields=Fields(), **options):
    return {
        (one.kind, one.train_line, one.validation_line) for one in find_overlaps(train, validation, fields, **options)
    }


def test_the_same_prompt_in_other_capitals_and_spaces_is_the_same():
    train = [row(1, "Name the capital of France."), row(2, "Name the capital of Spain.")]
    validation = [row(1, "name  the capital\nof SPAIN."), row(2, "Name the longest river of Asia.")]
    assert ("prompt", 2, 1) in kinds(train, validation)
    assert {validation_line for _, _, validation_line in kinds(train, validation)} == {1}


def test_a_prompt_with_one_word_changed_is_a_near_duplicate_and_another_one_is_not():
    rng = random.Random(0)
    text = sentence(rng, 60)
    changed = text.replace(text.split()[30], "something", 1)
    train = [row(n, sentence(rng, 60)) for n in range(1, 200)] + [row(200, text)]
    # 58 shingles of three words; at most 3 of them hold the changed word: at least 55 of 61 are shared, 0.90
    assert kinds(train, [row(1, changed), row(2, sentence(rng, 60))]) == {("near_duplicate", 200, 1)}


def test_a_long_instruction_that_all_rows_share_makes_no_two_of_them_near_duplicates():
    rng = random.Random(1)
    instruction = sentence(rng, 200)
    train = [row(n, f"{instruction} {sentence(rng, 8)}") for n in range(1, 101)]
    validation = [row(n, f"{instruction} {sentence(rng, 8)}") for n in range(1, 21)]
    assert kinds(train, validation) == set()
    validation.append(row(21, train[4].text.replace(instruction, instruction + " ", 1) + "!"))
    assert ("near_duplicate", 5, 21) in kinds(train, validation)


def test_rows_of_one_template_with_other_words_in_its_places_are_not_near_duplicates():
    statuses, numbers = ("single", "married", "widowed"), range(20_000, 20_100)

    def made(line, status, wages):
        return row(
            line, f"Work out the tax of somebody who is {status} and has earned {wages} dollars. Answer with it."
        )

    train = [made(n, statuses[n % 3], wages) for n, wages in enumerate(numbers, start=1)]
    # the same wages, another status: what they share besides the template is 3 shingles, what sets them apart 6
    assert kinds(train, [made(n, statuses[(n + 1) % 3], 19_999 + n) for n in range(1, 40)]) == set()
    assert ("near_duplicate", 7, 1) in kinds(train, [row(1, train[6].text + "!!")])


def test_answers_are_compared_under_every_name_they_have():
    train = [row(1, "a?", answer="Tuberin", names=["TSC2", "LAM"]), row(2, "b?", answer="FOXE3", names=[])]
    validation = [row(1, "c?", answer="tsc2", names=[]), row(2, "d?", answer="KMT2B", names="MLL2")]
    plain, named = Fields(answers=("answer",)), Fields(answers=("answer",), aliases="names")
    assert kinds(train, validation, plain, kinds=["answer"]) == set()
    assert kinds(train, validation, named, kinds=["answer"]) == {("answer", 1, 1)}


def test_rows_of_one_document_are_found():
    train, validation = [row(1, "a?", pmid=12)], [row(1, "b?", pmid="12"), row(2, "c?", pmid=13)]
    assert kinds(train, validation, Fields(source="pmid"), kinds=["source"]) == {("source", 1, 1)}


def test_the_answer_is_what_the_graders_reference_names():
    inner = {"type": "string_check", "reference": "{{ item.answer.text }} of {{item.year}}"}
    grader = {"type": "multi", "graders": {"a": inner, "b": {"type": "python", "source": "reference = '{{ item.x }}'"}}}
    assert reference_keys(grader) == ("answer", "year")
    assert reference_keys({"type": "python", "source": ""}) == ()
    swapped = {"type": "string_check", "input": "{{ item.label }}", "reference": "{{ sample.output_text }}"}
    assert reference_keys(swapped) == ("label",)


def test_files_that_share_something_are_refused_with_the_lines_that_do():
    train, validation = [row(3, "What is it?", answer="x")], [row(7, "What is it?", answer="x")]
    with pytest.raises(ConfigError, match=r"line 7 of the validation file and line 3 of the training file share their"):
        prove_files_disjoint(train, validation, Fields(), ["prompt"])
    with pytest.raises(ConfigError, match=r"their answer \('x'\)"):
        prove_files_disjoint(train, validation, Fields(answers=("answer",)), ["answer"])
    prove_files_disjoint(train, validation, Fields(answers=("answer",)), [])


def test_what_cannot_be_seen_is_not_proved():
    with pytest.raises(ConfigError, match="the grader has no reference template: name the key with answer=KEY"):
        prove_files_disjoint([row(1, "a")], [row(1, "b")], Fields(), ["answer"])
    with pytest.raises(ConfigError, match="no key of the source document is given"):
        prove_files_disjoint([row(1, "a")], [row(1, "b")], Fields(), ["source"])


def test_fifty_thousand_rows_are_compared_in_seconds():
    rng = random.Random(2)
    train = [row(n, sentence(rng, 20)) for n in range(1, 50_001)]
    validation = [row(n, sentence(rng, 20)) for n in range(1, 1_000)] + [row(1_000, train[31_415].text + " again")]
    began = time.process_time()
    found = kinds(train, validation, kinds=["prompt", "near_duplicate"])
    assert found == {("near_duplicate", 31_416, 1_000)}
    assert time.process_time() - began < 20


def probes(train, validation, **fields):
    return {probe.name: probe for probe in probe_leaks(train, validation, Fields(**fields))}


def test_an_answer_that_follows_from_the_last_words_alone_stands_out_against_chance():
    rng = random.Random(3)
    ends = {"red": "sunset glow", "green": "forest shade", "blue": "ocean deep", "grey": "winter fog"}

    def made(n):
        colour = rng.choice(list(ends))
        return row(n, f"{sentence(rng, 30)} {ends[colour]}", answer=colour)

    found = probes([made(n) for n in range(200)], [made(n) for n in range(80)], answers=("answer",))
    assert found["its last 12 words"].hit_rate > 0.9
    assert found["its last 12 words"].chance < 0.5
    assert found["its first 12 words"].hit_rate < 0.5


def test_an_item_without_any_tie_between_prompt_and_answer_shows_no_gap():
    rng = random.Random(4)
    made = [row(n, sentence(rng, 30), answer=rng.choice("abcd"), number=n % 7) for n in range(400)]
    found = probes(made[:300], made[300:], answers=("answer",))
    for name in ("the prompt's words", "item.number alone"):
        # four answers: chance is 1/4 of 100 rows, and 0.2 is more than four standard deviations of it
        assert abs(found[name].hit_rate - 0.25) < 0.2
        assert abs(found[name].hit_rate - found[name].chance) < 0.2


def test_an_answer_that_stands_in_the_prompt_and_a_common_one_are_counted():
    train = [row(n, "x", answer="no") for n in range(3)] + [row(3, "y", answer="yes")]
    validation = [row(1, "Is it so, yes or no?", answer="yes"), row(2, "Nobody knows?", answer="no")]
    found = probes(train, validation, answers=("answer",))
    # "no" in "Nobody" and "knows" is no word of its own
    assert found["the answer stands in the prompt"].hit_rate == 0.5
    assert found["the commonest answer"].hit_rate == 0.5
    assert probe_leaks(train, validation, Fields()) == []
