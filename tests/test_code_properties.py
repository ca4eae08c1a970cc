"""What holds for any text and any plain data."""

from hypothesis import given, settings
from hypothesis import strategies as st

from envs.code.compare import canonical, outputs_match, values_match
from envs.code.extract import extract_program, fenced
from envs.code.tasks import canonical_source
from envs.options import parse_value
from sandbox.data import dumps, loads

quick = settings(max_examples=60, deadline=None, derandomize=True)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=6)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HASHABLE, inner, max_size=3) | st.tuples(inner),
    max_leaves=10,
)
PIECES = st.sampled_from(
    ["```", "```python", "~~~", "def f(x):", "    return x", "", " ", "`", "f = 1", "\u202e", "\x00"]
)


@quick
@given(st.lists(PIECES | st.text(max_size=8), max_size=12))
def test_whatever_the_text_one_rule_decides_and_never_fails(lines):
    found = extract_program("\n".join(lines), "f")
    assert (found.source is None) == bool(found.problem)
    assert not (found.clean and found.source is None)


@quick
@given(st.text(alphabet=st.characters(exclude_characters="\r\x00", exclude_categories=["Cs", "Cf"]), max_size=80))
def test_a_program_survives_its_fence(source):
    source = source.strip("\n")
    assert extract_program(fenced(source), None).source == (f"{source}\n")


@quick
@given(DATA)
def test_a_value_that_crossed_the_wall_equals_itself_under_every_comparison(value):
    back = loads(dumps(value))
    assert values_match("exact", (), value, back)
    assert values_match("float", (), value, back)
    assert values_match("unordered", (), value, back)


@quick
@given(DATA, DATA)
def test_exact_is_symmetric_and_no_stricter_than_python_about_what_differs(left, right):
    assert values_match("exact", (), left, right) == values_match("exact", (), right, left)
    if type(left) in (int, bool, str, bytes) and type(left) is type(right):
        assert (canonical(left) == canonical(right)) == (left == right)


@quick
@given(st.text(max_size=60))
def test_any_printed_text_can_be_judged(printed):
    for comparison in ("exact", "float", "unordered"):
        outputs_match(comparison, "", "1 2.5\nx\n", printed)
        assert outputs_match(comparison, "", printed, printed)


@quick
@given(st.text(max_size=40))
def test_any_value_on_a_command_line_can_be_parsed(text):
    parse_value(text)


def test_the_same_program_with_other_names_layout_and_comments_is_the_same_solution():
    first = "def total(numbers: list[int]) -> int:\n    return sum(n for n in numbers)\n"
    second = 'def add_up(xs):\n    """Add."""\n    # all of them\n    return sum(x   for x in xs)\n'
    assert canonical_source(first) == canonical_source(second)
    assert canonical_source(first) != canonical_source(first.replace("sum", "max"))
    assert canonical_source(first) != canonical_source(first.replace("n for", "-n for"))
