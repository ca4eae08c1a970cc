"""Literals: the functions of `Nat` that the kernel computes by name, and what a string stands for.

The standard meaning of each function is that of Lean's own definitions: differences end at 0, `n / 0 = 0`, `n % 0 = n`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from envs.lean.second.expressions import Expr, Expressions
from envs.lean.second.limits import Undecided

_MAX_EXPONENT = 2**24
_MAX_BITS = 2**26

NAT_NAME, ZERO_NAME, SUCC_NAME = ("Nat",), ("Nat", "zero"), ("Nat", "succ")
TRUE_NAME, FALSE_NAME = ("Bool", "true"), ("Bool", "false")
STRING_NAME, OF_LIST_NAME = ("String",), ("String", "ofList")


def _bounded(bits: int) -> None:
    if bits > _MAX_BITS:
        raise Undecided(f"a number has more than {_MAX_BITS} bits")


def _power(base: int, exponent: int) -> int | None:
    if exponent > _MAX_EXPONENT:
        return None  # the kernel leaves such a power as it stands
    _bounded(base.bit_length() * exponent)
    return int(base**exponent)


def _product(left: int, right: int) -> int:
    _bounded(left.bit_length() + right.bit_length())
    return left * right


def _shift_left(value: int, places: int) -> int | None:
    if places > _MAX_EXPONENT:
        return None
    _bounded(value.bit_length() + places)
    return value << places


FUNCTIONS: dict[tuple[str, ...], Callable[[int, int], int | bool | None]] = {
    ("Nat", "add"): lambda left, right: left + right,
    ("Nat", "sub"): lambda left, right: max(left - right, 0),
    ("Nat", "mul"): _product,
    ("Nat", "div"): lambda left, right: left // right if right else 0,
    ("Nat", "mod"): lambda left, right: left % right if right else left,
    ("Nat", "gcd"): math.gcd,
    ("Nat", "pow"): _power,
    ("Nat", "beq"): lambda left, right: left == right,
    ("Nat", "ble"): lambda left, right: left <= right,
    ("Nat", "land"): lambda left, right: left & right,
    ("Nat", "lor"): lambda left, right: left | right,
    ("Nat", "xor"): lambda left, right: left ^ right,
    ("Nat", "shiftLeft"): _shift_left,
    ("Nat", "shiftRight"): lambda left, right: left >> right,
}


def result_of(table: Expressions, value: int | bool) -> Expr:
    """What a function's value is written as."""
    if isinstance(value, bool):
        return table.const(TRUE_NAME if value else FALSE_NAME)
    return table.nat(value)


def as_constructor(table: Expressions, value: int) -> Expr:
    """A number as zero or a successor."""
    return table.apply(table.const(SUCC_NAME), [table.nat(value - 1)]) if value else table.const(ZERO_NAME)


def as_list(table: Expressions, text: str) -> Expr:
    """A string as `String.ofList` of the list of its characters, each `Char.ofNat` of its number."""
    levels = (table.levels.zero,)
    char = table.const(("Char",))
    characters = table.apply(table.const(("List", "nil"), levels), [char])
    cons = table.apply(table.const(("List", "cons"), levels), [char])
    of_nat = table.const(("Char", "ofNat"))
    for letter in reversed(text):
        characters = table.apply(cons, [table.apply(of_nat, [table.nat(ord(letter))]), characters])
    return table.apply(table.const(OF_LIST_NAME), [characters])
