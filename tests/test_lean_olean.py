import random
import struct

import pytest
from lean_modules import LEVEL_0, LEVEL_1, PROP, ModuleWriter, app, const

from envs.lean.image import MAX_LITERAL_BITS, MalformedModule
from envs.lean.olean import Import, Kind, LazyModule, Module, read_module
from envs.lean.terms import APP, BVAR, CONST, IMAX, LAM, LET, MAX, NAT, PARAM, PI, PROJ, SORT, STR, SUCC, ZERO, Terms


def identity_module() -> bytes:
    """`theorem same (p : Prop) (h : p) : p := h`."""
    writer = ModuleWriter()
    writer.theorem("same", (PI, PROP, (PI, (BVAR, 0), (BVAR, 1))), (LAM, PROP, (LAM, (BVAR, 0), (BVAR, 0))))
    return writer.module()


def read_type(type_: object) -> tuple[Terms, int]:
    """The type of an axiom after a round through a module."""
    writer, terms = ModuleWriter(), Terms()
    writer.constant(Kind.AXIOM, "a", type_)
    return terms, read_module(writer.module(), terms).constants[("a",)].type


def test_a_theorem_is_read_with_its_type_and_value():
    terms = Terms()
    module = read_module(identity_module(), terms)
    assert module.imports == (Import(module=("Init",), all=False, exported=True, meta=False),)
    (theorem,) = module.constants.values()
    assert (theorem.name, theorem.kind, theorem.level_params) == (("same",), Kind.THEOREM, ())
    # Prop → (p → p): the body's variables are p and, under the second binder, p again, now with index 1
    kind, domain, body = terms.node(theorem.type)
    assert (kind, terms.node(domain)) == (PI, (SORT, terms.level((ZERO,))))
    assert [terms.node(part) for part in terms.node(body)[1:]] == [(BVAR, 0), (BVAR, 1)]
    assert theorem.value is not None and terms.is_closed(theorem.value) and not terms.is_closed(body)


def test_every_kind_of_expression_and_level_survives():
    levels = ((MAX, LEVEL_1, (PARAM, ("u",))), (IMAX, LEVEL_0, LEVEL_1))
    text = (STR, "größer\0")
    whole = (LET, PROP, app((CONST, ("f", 3, "g"), levels), (NAT, 7), text), (PROJ, ("And",), 1, (BVAR, 0)))
    terms, number = read_type(whole)
    kind, _, value, body = terms.node(number)
    assert kind == LET
    projection = terms.node(body)
    assert projection[:3] == (PROJ, ("And",), 1) and terms.node(projection[3]) == (BVAR, 0)
    outer = terms.node(value)
    assert outer[0] == APP and terms.node(outer[2]) == text
    inner = terms.node(outer[1])
    assert terms.node(inner[2]) == (NAT, 7)
    _, name, found = terms.node(inner[1])
    assert name == ("f", 3, "g")
    assert [terms.level_node(level)[0] for level in found] == [MAX, IMAX]
    one = terms.level((SUCC, terms.level((ZERO,))))
    assert terms.level_node(found[0]) == (MAX, one, terms.level((PARAM, ("u",))))


def test_equal_terms_of_two_modules_have_one_number():
    terms = Terms()
    first = read_module(identity_module(), terms).constants
    writer = ModuleWriter(base=0x7000000)
    writer.theorem("other", (PI, PROP, (PI, (BVAR, 0), (BVAR, 1))), (LAM, PROP, (LAM, (BVAR, 0), (BVAR, 1))))
    second = read_module(writer.module(), terms).constants
    assert first[("same",)].type == second[("other",)].type
    assert first[("same",)].value != second[("other",)].value


def test_a_lazy_module_reads_a_constant_when_it_is_asked_for():
    writer = ModuleWriter()
    writer.theorem("same", PROP, const("other"))
    writer.constant(Kind.AXIOM, "broken", writer.put(200, []))
    module = LazyModule(writer.module())
    assert ("same",) in module and ("broken",) in module and ("else",) not in module
    theorem = module.constant(("same",))
    assert theorem.value is not None and module.terms.node(theorem.value) == (CONST, ("other",), ())
    with pytest.raises(MalformedModule):
        module.constant(("broken",))


def test_a_natural_literal_has_its_value():
    for value in (0, 2**63 - 1, 2**63, 10**30, 2**MAX_LITERAL_BITS - 1):
        terms, number = read_type((NAT, value))
        assert terms.node(number) == (NAT, value)


@pytest.mark.parametrize("bits", [MAX_LITERAL_BITS, 200_000])
def test_a_literal_beyond_the_limit_is_refused(bits):
    with pytest.raises(MalformedModule, match="number"):
        read_type((NAT, 2**bits))


def big_number(limbs: int, sign: int, words: list[int]) -> bytes:
    """A module whose only constant has a literal with these limbs."""
    writer = ModuleWriter()
    here = writer.base + len(writer.objects)
    number = writer.put(250, [limbs | (sign * limbs & 0xFFFFFFFF) << 32, here + 24, *words])
    writer.objects[number - writer.base + 6] = 0
    writer.constant(Kind.AXIOM, "a", writer.put(9, [writer.put(0, [number])], bytes(8)))
    return writer.module()


def test_a_literal_that_is_negative_or_too_small_for_its_form_is_refused():
    assert read_module(big_number(1, 1, [2**63]), Terms()).constants  # the form itself is right
    for forged in (big_number(1, -1, [2**63]), big_number(1, 1, [5]), big_number(2, 1, [2**63]), big_number(0, 1, [])):
        with pytest.raises(MalformedModule):
            read_module(forged, Terms())


def test_numbers_that_lie_in_each_other_are_refused_so_that_no_byte_is_read_often():
    # each of 100 heads of 3 words announces 219 limbs, which are the heads behind it and some more
    writer = ModuleWriter()
    heads = [writer.base + len(writer.objects) + 24 * place for place in range(100)]
    for here in heads:
        writer.objects += struct.pack("<QQQ", (24 + 8 * 219) << 32 | 250 << 56, 219 | 219 << 32, here + 24)
    writer.objects += struct.pack("<Q", 2**63) * 219
    term = writer.put(9, [writer.put(0, [heads[0]])], bytes(8))
    for head in heads[1:]:
        term = writer.put(5, [term, writer.put(9, [writer.put(0, [head])], bytes(8))], bytes(8))
    writer.constant(Kind.AXIOM, "a", term)
    with pytest.raises(MalformedModule, match="lies in another"):
        read_module(writer.module(), Terms())


def test_a_pointer_forwards_is_refused_so_that_nothing_goes_in_circles():
    writer = ModuleWriter()
    circle = writer.base + len(writer.objects)
    writer.constant(Kind.AXIOM, "a", writer.put(5, [circle, circle], bytes(8)))
    with pytest.raises(MalformedModule, match="earlier object"):
        read_module(writer.module(), Terms())


def test_free_variables_and_metavariables_are_refused():
    for tag in (1, 2):
        writer = ModuleWriter()
        writer.constant(Kind.AXIOM, "a", writer.put(tag, [writer.name(("x",))], bytes(8)))
        with pytest.raises(MalformedModule, match="finished module"):
            read_module(writer.module(), Terms())


@pytest.mark.parametrize(
    ("at", "content"), [(0, b"nonsense"), (5, b"\3"), (6, b"\0"), (7, b"4.36.0"), (40, b"0123456789abcdef")]
)
def test_a_module_of_another_lean_is_refused(at, content):
    module = bytearray(identity_module())
    module[at : at + len(content)] = content
    with pytest.raises(MalformedModule, match=r"4\.35\.0"):
        read_module(bytes(module), Terms())


def test_a_module_that_is_cut_off_anywhere_is_refused():
    module = identity_module()
    for length in range(len(module)):
        with pytest.raises(MalformedModule):
            read_module(module[:length], Terms())


@pytest.mark.parametrize("data", [b"", b"olean", bytes(96), b"\xff" * 4096])
def test_what_is_no_module_at_all_is_refused(data):
    with pytest.raises(MalformedModule):
        read_module(data, Terms())


def test_a_module_larger_than_the_limit_is_refused_unread():
    with pytest.raises(MalformedModule, match="at most 100"):
        read_module(identity_module(), Terms(), max_bytes=100)


def nested(depth: int) -> bytes:
    """A module with an expression of this depth."""
    writer = ModuleWriter()
    expression = writer.expression(PROP)
    for _ in range(depth - 1):
        expression = writer.put(5, [expression, expression], bytes(8))
    writer.constant(Kind.AXIOM, "a", expression)
    return writer.module()


def test_nesting_is_bounded_and_shared_parts_are_read_once():
    # as a tree, the deepest that is read would have 2^9999 leaves
    terms = Terms()
    read_module(nested(10_000), terms)
    assert len(terms._nodes) == 10_000
    with pytest.raises(MalformedModule, match="deeper than 10000"):
        read_module(nested(10_001), Terms())


def test_levels_and_names_and_lists_are_bounded():
    writer = ModuleWriter()
    level = writer.level(LEVEL_0)
    for _ in range(600):
        level = writer.level((SUCC, level))
    writer.constant(Kind.AXIOM, "a", (SORT, level))
    with pytest.raises(MalformedModule, match="level is nested deeper"):
        read_module(writer.module(), Terms())
    with pytest.raises(MalformedModule, match="name"):
        read_type((CONST, tuple("x" * 200), ()))
    with pytest.raises(MalformedModule, match="list has more"):
        read_type((CONST, ("x",), (LEVEL_0,) * 2000))


def test_a_string_that_is_not_what_it_says_is_refused():
    assert read_type((STR, "ab"))
    for size, length, data in ((3, 3, b"ab\0"), (3, 2, b"abc"), (2, 1, b"\xff\0"), (2**40, 2, b"ab\0"), (0, 0, b"")):
        writer = ModuleWriter()
        string = writer.put(249, [size, size, length], data, sized=False)
        writer.constant(Kind.AXIOM, "a", writer.put(9, [writer.put(1, [string])], bytes(8)))
        with pytest.raises(MalformedModule):
            read_module(writer.module(), Terms())


def test_a_name_that_is_not_in_the_list_of_names_is_refused():
    for names in ([], [("b",)], [("a",), ("a",)]):
        writer = ModuleWriter()
        writer.constant(Kind.AXIOM, "a", PROP)
        with pytest.raises(MalformedModule, match="list of names"):
            read_module(writer.module(names=names), Terms())


def test_a_constant_twice_is_refused():
    writer = ModuleWriter()
    writer.constant(Kind.AXIOM, "a", PROP)
    writer.constant(Kind.AXIOM, "a", const("a"))
    with pytest.raises(MalformedModule, match="twice"):
        read_module(writer.module(), Terms())


def test_more_constants_than_are_wanted_are_refused_unread():
    writer = ModuleWriter()
    for name in "abc":
        writer.constant(Kind.AXIOM, name, PROP)
    assert len(read_module(writer.module(), Terms(), max_constants=3).constants) == 3
    with pytest.raises(MalformedModule, match="more than 2 constants"):
        read_module(writer.module(), Terms(), max_constants=2)


def outcome(module: bytes, terms: Terms) -> Module | None:
    try:
        return read_module(module, terms)
    except MalformedModule:
        return None


def test_a_module_with_changed_bytes_is_read_or_refused_and_nothing_else():
    rng, terms = random.Random(0), Terms()
    module = identity_module()
    whole = read_module(module, terms)
    changed = 0
    for _ in range(5000):
        mutant = bytearray(module)
        for _ in range(rng.choice((1, 1, 2, 8))):
            mutant[rng.randrange(len(mutant))] = rng.choice((0, 1, 255, rng.randrange(256)))
        found = outcome(bytes(mutant), terms)
        changed += found is not None and found != whole
    assert changed > 0  # some mutants are other modules: it is the judge that must tell them apart
