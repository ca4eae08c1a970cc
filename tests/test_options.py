import pytest

from envs import ConfigError
from envs.options import nested_options, parse_overrides, parse_value, unknown_name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-2", -2),
        ("0.5", 0.5),
        ("1e-5", 1e-5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("easy", "easy"),
        ("a/b.jsonl", "a/b.jsonl"),
        ("[1,2]", [1, 2]),
        ("[my_module, other.py]", ["my_module", "other.py"]),
        ('"3"', "3"),
        ('{"a": 1}', {"a": 1}),
        ("", ""),
        ("x=y", "x=y"),
        ("nan", "nan"),
        ("NaN", "NaN"),
        ("1_000", "1_000"),
    ],
)
def test_a_value_on_the_command_line_reads_as_people_mean_it(text, value):
    assert parse_value(text) == value and type(parse_value(text)) is type(value)


def test_options_of_the_environment_stand_beside_its_name():
    parsed = parse_overrides(["env=code", "env.difficulty=easy", "env.limits.cpu_time_s=1", "out=a=b"])
    assert parsed == {"env": "code", "env.": {"difficulty": "easy", "limits.": {"cpu_time_s": 1}}, "out": "a=b"}
    assert nested_options(parsed["env."]) == {"difficulty": "easy", "limits": {"cpu_time_s": 1}}


def test_an_argument_without_an_equals_sign_is_refused():
    with pytest.raises(ConfigError, match="expected key=value, got '--help'"):
        parse_overrides(["--help"])


def test_an_argument_given_twice_is_refused():
    with pytest.raises(ConfigError, match=r"'env.seed' is given twice"):
        parse_overrides(["env.seed=1", "env.seed=2"])


def test_an_option_with_a_value_and_options_of_its_own_is_refused():
    with pytest.raises(ConfigError, match="'limits' is given both"):
        nested_options(parse_overrides(["limits=3", "limits.x=1"]))


def test_the_nearest_name_is_offered_and_all_are_listed():
    assert unknown_name("dish", "sope", ["soup", "bread"]) == "no dish 'sope'; did you mean 'soup'? known: bread, soup"
    assert unknown_name("dish", "zzz", ["soup"]) == "no dish 'zzz'; known: soup"
