"""Level 1: dictionaries with string keys."""

from __future__ import annotations

import numpy as np

from envs.code import draw
from envs.code.problem import problem


def _table(rng: np.random.Generator, min_size: int = 0, max_size: int = 5, high: int = 20) -> dict[str, int]:
    return {word: draw.integer(rng, 0, high) for word in draw.words(rng, min_size, max_size)}


def _keys_and_values(rng: np.random.Generator) -> tuple[list[str], list[int]]:
    table = _table(rng, 0, 6)
    return list(table), list(table.values())


def _table_and_key(rng: np.random.Generator) -> tuple[dict[str, int], str]:
    table = _table(rng, 2, 5)
    return table, draw.choice(rng, [*table, "zebra"])


def _people(rng: np.random.Generator) -> list[dict[str, str]]:
    return [{"name": name, "city": draw.text(rng, "abcd", 2, 5)} for name in draw.words(rng, 0, 5)]


def _distinct_values(rng: np.random.Generator) -> dict[str, int]:
    keys = list(_table(rng, 1, 6))
    return {key: int(value) for key, value in zip(keys, rng.permutation(30), strict=False)}


@problem(
    level=1,
    statement="""Return a list of the keys of the dictionary `table` in alphabetical order (all keys are in lower case).
    An empty dictionary gives [].""",
    edges=[({"pear": 2, "apple": 5},), ({"c": 1, "a": 3, "b": 2},), ({},), ({"x": 0},)],
    draw=lambda rng: (_table(rng),),
    wrong=["return list(table)", "return sorted(table.values())", "return sorted(table, key=table.get)"],
)
def sorted_keys(table: dict[str, int]) -> list[str]:
    return sorted(table)


@problem(
    level=1,
    statement="Return the value of the key `key` in the dictionary `table`, or 0 if `table` does not have this key.",
    edges=[({"apple": 3, "pear": 5}, "pear"), ({"apple": 3}, "kiwi"), ({}, "a"), ({"a": -1, "b": 2}, "a")],
    draw=_table_and_key,
    wrong=[
        "return table.get(key)",
        "return table.get(key, -1)",
        "return key in table",
        "return max(table.get(key, 0), 0)",
    ],
)
def value_or_zero(table: dict[str, int], key: str) -> int:
    return table.get(key, 0)


@problem(
    level=1,
    statement="""Return a dictionary in which each string of `keys` has as its value the number at the same position of
    `values`. Both lists have the same length, the keys are all different, and empty lists give {}.""",
    edges=[(["a", "b"], [1, 2]), (["tea", "milk", "bun"], [5, 0, 5]), ([], []), (["x"], [9])],
    draw=_keys_and_values,
    wrong=[
        "return {k: i for i, k in enumerate(keys)}",
        "return {k: values for k in keys}",
        "return [[k, v] for k, v in zip(keys, values)]",
        "return {k: v for k, v in zip(keys, sorted(values))}",
    ],
)
def make_dictionary(keys: list[str], values: list[int]) -> dict[str, int]:
    return dict(zip(keys, values, strict=True))


@problem(
    level=1,
    statement="""Return a dictionary in which the keys and the values of `table` have swapped places: each value becomes
    a key whose value is the old key. All values are different; an empty dictionary gives {}.""",
    edges=[({"a": "x", "b": "y"},), ({"one": "uno", "two": "dos", "six": "seis"},), ({},), ({"k": "k"},)],
    draw=lambda rng: ({word: word[::-1] + "s" for word in draw.words(rng, 0, 5)},),
    wrong=[
        "return dict(table)",
        "return [[v, k] for k, v in table.items()]",
        "return {v: v for k, v in table.items()}",
    ],
)
def invert_dictionary(table: dict[str, str]) -> dict[str, str]:
    return {value: key for key, value in table.items()}


@problem(
    level=1,
    statement="""Return a new dictionary with all the entries of `first` and `second`. If a key is in both, it gets the
    value from `second`.""",
    edges=[({"a": 1, "b": 2}, {"b": 5, "c": 3}), ({"x": 4}, {}), ({}, {}), ({}, {"k": 7}), ({"p": 1}, {"p": 0})],
    draw=lambda rng: (_table(rng), _table(rng)),
    wrong=[
        "return {**second, **first}",
        "return {k: first.get(k, 0) + second.get(k, 0) for k in [*first, *second]}",
        "return first",
        "return first.update(second)",
    ],
)
def merge_dictionaries(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {**first, **second}


@problem(
    level=1,
    statement="""Return a new dictionary with the entries of `table` except the one with the key `key`. If there is no
    such key, all entries stay.""",
    edges=[({"a": 1, "b": 2, "c": 3}, "b"), ({"x": 5, "y": 5}, "z"), ({}, "a"), ({"a": 0}, "a")],
    draw=_table_and_key,
    wrong=[
        "return {k: v for k, v in table.items() if k == key}",
        "return {k: v for k, v in table.items() if v != key}",
        "return table.pop(key, None)",
        "return [k for k in table if k != key]",
    ],
)
def without_key(table: dict[str, int], key: str) -> dict[str, int]:
    return {k: v for k, v in table.items() if k != key}


@problem(
    level=1,
    statement="""Return a list of the keys of `table` whose value equals `value`, in the order of the dictionary. The
    list is empty if there are none.""",
    edges=[({"b": 1, "a": 2, "c": 1}, 1), ({"x": 4, "y": 6}, 6), ({}, 3), ({"p": 2}, 5)],
    draw=lambda rng: (_table(rng, 3, 7, high=3), draw.integer(rng, 0, 3)),
    wrong=[
        "return [k for k, v in table.items() if v != value]",
        "return [v for v in table.values() if v == value]",
        "return [k for k, v in table.items() if v >= value]",
        "return [k for k, v in table.items() if v == value][:1]",
    ],
)
def keys_with_value(table: dict[str, int], value: int) -> list[str]:
    return [k for k, v in table.items() if v == value]


@problem(
    level=1,
    statement="""Return a new dictionary with the same keys as `prices`, in which every value is larger by `amount`. An
    empty dictionary gives {}.""",
    edges=[({"tea": 3, "cake": 5}, 2), ({"a": 0, "b": 10}, 1), ({}, 4), ({"x": 7}, 0)],
    draw=lambda rng: (_table(rng), draw.integer(rng, 0, 9)),
    wrong=[
        "return {k: v * amount for k, v in prices.items()}",
        "return {k: amount for k in prices}",
        "return [v + amount for v in prices.values()]",
    ],
)
def raise_prices(prices: dict[str, int], amount: int) -> dict[str, int]:
    return {name: price + amount for name, price in prices.items()}


@problem(
    level=1,
    statement="Return the sum of all the values of the dictionary `table`, or 0 if it is empty.",
    edges=[({"a": 2, "b": 5},), ({"tea": 3, "bun": 3, "jam": -1},), ({},), ({"x": 9},)],
    draw=lambda rng: (_table(rng, 0, 6),),
    wrong=["return len(table)", "return max(table.values(), default=0)", "return sum(set(table.values()))"],
)
def sum_of_values(table: dict[str, int]) -> int:
    return sum(table.values())


@problem(
    level=1,
    statement="""Every dictionary in the list `people` has a key 'name'. Return a list of their names in the same order;
    an empty list gives [].""",
    edges=[
        ([{"name": "Bo", "city": "Rome"}, {"name": "Al", "city": "Oslo"}],),
        ([{"name": "Eve", "city": "Bern"}],),
        ([],),
        ([{"name": "Di", "city": "Nice"}, {"name": "Di", "city": "Lyon"}],),
    ],
    draw=lambda rng: (_people(rng),),
    wrong=[
        "return [person['city'] for person in people]",
        "return sorted(person['name'] for person in people)",
        "return list(dict.fromkeys(person['name'] for person in people))",
        "return ' '.join(person['name'] for person in people)",
    ],
)
def names_of_people(people: list[dict[str, str]]) -> list[str]:
    return [person["name"] for person in people]


@problem(
    level=1,
    statement="""Return a dictionary whose keys are the different characters of `text` and whose values are how often
    each of them occurs in `text`. An empty `text` gives {}.""",
    edges=[("banana",), ("to Tom",), ("",), ("zzz",), ("ab",)],
    draw=lambda rng: (draw.text(rng, "abcAB ", 0, 10),),
    wrong=[
        "return {c: 1 for c in text}",
        "return {c: text.find(c) for c in text}",
        "return {c: text.lower().count(c) for c in text.lower()}",
        "return [text.count(c) for c in text]",
    ],
)
def character_counts(text: str) -> dict[str, int]:
    return {c: text.count(c) for c in text}


@problem(
    level=1,
    statement="Return the key of `scores` that has the largest value. There is at least one key; all values differ.",
    edges=[({"ann": 3, "bob": 8, "cy": 5},), ({"zoe": 2, "al": 1},), ({"solo": 0},), ({"a": 9, "b": 10},)],
    draw=lambda rng: (_distinct_values(rng),),
    wrong=[
        "return max(scores)",
        "return max(scores.values())",
        "return min(scores, key=scores.get)",
        "return list(scores)[-1]",
    ],
)
def key_of_largest_value(scores: dict[str, int]) -> str:
    return max(scores, key=lambda key: scores[key])
