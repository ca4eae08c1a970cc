import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envs.verifiers.grading import Sample
from envs.verifiers.templates import MissingVariable, TemplateError, compile_template

SAMPLE = Sample(
    output_text="said",
    output_json={"y": [{"z": 1.5}], "two words": "w", "none": None, "yes": True, "list": ["a", 1]},
    has_json=True,
    output_tools=({"id": "1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}},),
)
ITEM = {"x": "right", "n": 7, "deep": {"a": ["b", "c"]}, "größe": "20 cm"}


def rendered(text, sample=SAMPLE, item=ITEM):
    return compile_template(text).render(sample, item)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no variable", "no variable"),
        ("", ""),
        ("{{ item.x }}", "right"),
        ("{{item.x}}", "right"),
        ("<{{  item.x  }}|{{sample.output_text}}>", "<right|said>"),
        ("{{ item.deep.a[1] }}", "c"),
        ("{{ item.größe }}", "20 cm"),
        ("{{ sample.output_json.y[0].z }}", "1.5"),
        ('{{ sample.output_json["two words"] }}', "w"),
        ("{{ sample.output_tools[0].function.name }}", "look_up"),
        ("{{ sample.choices[0].message.content }}", "said"),
        # what is not text is rendered as JSON
        ("{{ item.n }}", "7"),
        ("{{ sample.output_json.none }}{{ sample.output_json.yes }}", "nulltrue"),
        ("{{ sample.output_json.list }}", '["a", 1]'),
        # single braces, and closing ones by themselves, are text
        ('{"a": {"b": 1}} {{ item.n }}', '{"a": {"b": 1}} 7'),
    ],
)
def test_a_template_is_rendered(text, expected):
    assert rendered(text) == expected


def test_many_variables_in_a_long_text_are_read_at_once():
    between = "x" * 1000
    began = time.process_time()
    template = compile_template(f"{between}{{{{item.n}}}}" * 20_000)
    assert time.process_time() - began < 5  # copying the rest of 20 MB for each moves 200 GB
    assert template.render(SAMPLE, ITEM) == f"{between}7" * 20_000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ task.x }}", "no namespace 'task'; known: item, sample"),
        ("{{ items.x }}", "did you mean 'item'?"),
        ("{{ item }}", "names no field"),
        ("{{ sample.output_jsn.x }}", "did you mean 'output_json'?"),
        ("{{ sample.output_audio.data }}", "only models of text"),
        ("{{ item.x", "never closed"),
        ("{{ item.x | upper }}", "is not a variable"),
        ("{{ item.x + 1 }}", "is not a variable"),
        ("{{ }}", "is not a variable"),
        ("{{ item.__class__() }}", "is not a variable"),
        ("{{ item.a[-1] }}", "is not a variable"),
        ("{% for x in item.y %}", None),
    ],
)
def test_nothing_but_variables_stands_between_the_braces(text, problem):
    if problem is None:  # other languages' tags are plain text
        assert rendered(text) == text
        return
    with pytest.raises(TemplateError) as caught:
        compile_template(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize("text", ["{{ item.missing }}", "{{ item.deep.a[2] }}", "{{ item.x.y }}", "{{ item.n[0] }}"])
def test_a_variable_that_the_item_lacks_is_an_error_of_its_own(text):
    with pytest.raises(MissingVariable) as caught:
        rendered(text)
    assert caught.value.variable.namespace == "item"


def test_attributes_of_values_are_no_fields():
    with pytest.raises(MissingVariable):
        rendered("{{ item.x.__class__ }}")
    with pytest.raises(MissingVariable):
        rendered("{{ item.deep.keys }}")


def test_a_sample_that_is_not_json_has_no_json():
    with pytest.raises(MissingVariable) as caught:
        rendered("{{ sample.output_json.y }}", Sample(output_text="{"))
    assert caught.value.unparsed
    assert caught.value.variable.namespace == "sample"


def test_a_sample_that_holds_a_template_has_only_written_these_characters():
    sample = Sample(output_text="{{ item.x }}")
    assert rendered("{{ sample.output_text }}", sample) == "{{ item.x }}"
    assert rendered("{{ sample.output_text }} {{ item.x }}", sample) == "{{ item.x }} right"


def test_a_template_of_one_variable_has_its_value_and_not_its_text():
    assert compile_template("{{ sample.output_json.list }}").value(SAMPLE, ITEM) == ["a", 1]
    assert compile_template(" {{ sample.output_json.list }}").value(SAMPLE, ITEM) == ' ["a", 1]'


@given(st.text())
def test_any_sample_goes_in_unchanged(text):
    assert rendered("{{ sample.output_text }}", Sample(output_text=text)) == text


@given(st.text(alphabet="{}[]. itemsample_x0\"'", max_size=40))
def test_any_text_is_a_template_or_a_template_error(text):
    try:
        compile_template(text)
    except TemplateError:
        return
