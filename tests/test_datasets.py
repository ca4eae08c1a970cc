import pytest

from envs import ConfigError, Message, Task
from envs.datasets import normalised_prompt, prove_disjoint, split_by_hash


def task(task_id, prompt, split="train"):
    return Task(task_id=task_id, prompt=(Message(role="user", content=prompt),), reference=None, split=split)


def contents(task):
    return {"prompt": normalised_prompt(task)}


def test_a_stratum_of_forty_is_divided_twenty_six_fourteen():
    # 50 % of 40 is 20, 35 % is 14, the other 6 are validation
    splits = list(split_by_hash({f"task{n}": "all" for n in range(40)}).values())
    assert [splits.count(name) for name in ("train", "validation", "heldout")] == [20, 6, 14]


@pytest.mark.parametrize(("size", "counts"), [(1, [1, 0, 0]), (2, [1, 0, 1]), (3, [2, 0, 1]), (10, [5, 1, 4])])
def test_small_strata_keep_a_training_task_first_and_a_held_out_one_second(size, counts):
    splits = list(split_by_hash({f"task{n}": "all" for n in range(size)}).values())
    assert [splits.count(name) for name in ("train", "validation", "heldout")] == counts


def test_neither_the_order_nor_another_stratum_moves_a_task():
    names = {f"task{n}": "one" for n in range(30)}
    alone = split_by_hash(names)
    mixed = split_by_hash({**{f"other{n}": "two" for n in range(17)}, **dict(reversed(names.items()))})
    assert {name: mixed[name] for name in names} == alone


def test_adding_one_task_moves_at_most_two_others():
    # one more member shifts each of the two boundaries by at most one place
    before = split_by_hash({f"task{n}": "all" for n in range(100)})
    for added in range(20):
        after = split_by_hash({**dict.fromkeys(before, "all"), f"new{added}": "all"})
        assert sum(after[name] != before[name] for name in before) <= 2


def test_disjoint_splits_pass():
    prove_disjoint([task("a", "one"), task("b", "two", "heldout")], contents)


def test_duplicates_within_one_split_leak_nothing():
    prove_disjoint([task("a", "one"), task("b", "one")], contents)


@pytest.mark.parametrize("twin", ["Add 1 and 2.", "add  1\nand 2.", "\uff21\uff24\uff24 1 and 2.", "\tADD 1 AND 2. "])
def test_case_spacing_and_letter_forms_do_not_make_another_task(twin):
    with pytest.raises(ConfigError, match=r"'a' \(train\) and 'b' \(heldout\) share their prompt"):
        prove_disjoint([task("a", "Add 1 and 2."), task("b", twin, "heldout")], contents)


def test_every_kind_of_content_counts():
    solutions = {"a": "x + 1", "b": "x + 1"}
    with pytest.raises(ConfigError, match="share their solution"):
        prove_disjoint(
            [task("a", "one"), task("b", "two", "validation")],
            lambda task: {"prompt": normalised_prompt(task), "solution": solutions[task.task_id]},
        )


def test_the_error_names_the_first_five_pairs_and_counts_the_rest():
    tasks = [task(f"t{n}", f"p{n}") for n in range(7)] + [task(f"h{n}", f"p{n}", "heldout") for n in range(7)]
    with pytest.raises(ConfigError, match=r"'t0' \(train\) and 'h0'.*'t4'.* and 2 more$"):
        prove_disjoint(tasks, contents)
