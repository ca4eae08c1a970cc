import subprocess
import sys

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

import envs
from envs import ConfigError, Message, RewardBreakdown, RewardTerm, Task, TextEnv, UnknownEnvError


class Parrot(TextEnv):
    """Say the word."""

    def __init__(self, *, word: str = "polly", max_turns: int = 1, seed: int | None = None) -> None:
        prompt = (Message(role="user", content=f"Say {word}."),)
        super().__init__(
            [Task(task_id="say", prompt=prompt, reference=word, gold=word)], says_it, max_turns=max_turns, seed=seed
        )


def says_it(task: Task, completion: str) -> RewardBreakdown:
    passed = completion == task.reference
    return RewardBreakdown(terms={"says": RewardTerm(score=float(passed))}, passed=passed)


envs.register("parrot", Parrot)


MADE_TO_BREAK = {"ringing", "flaky"}
"""Toys of other tests whose verifier fails on purpose."""


@pytest.mark.parametrize("name", sorted(set(envs.registered()) - MADE_TO_BREAK))
def test_every_registered_environment_passes_gymnasiums_checker(name):
    check_env(envs.make(name).unwrapped)


def test_the_short_name_and_the_gymnasium_id_give_the_same_environment():
    ours, theirs = envs.make("code", difficulty="medium"), gymnasium.make("assay/Code-v0", difficulty="medium")
    assert type(ours.unwrapped) is type(theirs.unwrapped)
    assert ours.unwrapped.tasks() == theirs.unwrapped.tasks()
    assert ours.reset(seed=5) == theirs.reset(seed=5)
    assert envs.make("assay/Code-v0").spec.id == "assay/Code-v0"


def test_gymnasium_finds_the_environments_once_the_package_is_imported():
    code = "import envs, gymnasium; print(gymnasium.make('assay/Code-v0').spec.id)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "assay/Code-v0\n"


def test_an_unknown_environment_is_named_with_the_nearest_and_all_known_ones():
    with pytest.raises(UnknownEnvError, match="no environment 'coed'; did you mean 'code'\\? known: code, "):
        envs.make("coed")


def test_an_unknown_option_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match="no option of the environment 'code' 'dificulty'; did you mean 'difficulty'"):
        envs.make("code", dificulty="easy")


def test_a_users_environment_is_made_by_name_and_takes_options():
    env = envs.make("parrot", word="x")
    assert env.reset(seed=0)[0] == (Message(role="user", content="Say x."),)
    assert env.step("x")[1] == 1.0
    assert envs.registered()["parrot"] == "assay/Parrot-v0"


def test_registering_the_same_class_again_is_fine_and_another_one_under_its_name_is_not():
    envs.register("parrot", Parrot)
    with pytest.raises(ConfigError, match=r"'parrot' .* is registered already"):
        envs.register("parrot", TextEnv)


@pytest.mark.parametrize("name", ["Parrot", "a b", "", "1st", "a/b"])
def test_a_malformed_name_is_refused(name):
    with pytest.raises(ConfigError, match="lower-case letters"):
        envs.register(name, Parrot)


PLUGIN = """
import envs
from test_registry import Parrot

class Cockatoo(Parrot):
    pass

envs.register("{name}", Cockatoo)
envs.register_verifier("{name}_verifier", lambda task, completion: None)
"""


def test_a_plugin_file_registers_its_environment_once_however_often_it_is_loaded(tmp_path):
    file = tmp_path / "birds.py"
    file.write_text(PLUGIN.format(name="cockatoo"))
    envs.load_plugins([str(file)])
    envs.load_plugins([str(file)])
    assert type(envs.make("cockatoo").unwrapped).__name__ == "Cockatoo"
    assert "cockatoo_verifier" in envs.registered_verifiers()


def test_a_plugin_module_is_imported_by_name(tmp_path, monkeypatch):
    (tmp_path / "more_birds.py").write_text(PLUGIN.format(name="macaw"))
    monkeypatch.syspath_prepend(tmp_path)
    envs.load_plugins(["more_birds"])
    assert "macaw" in envs.registered()


@pytest.mark.parametrize(
    ("plugin", "message"),
    [("no_such_module_here", "no module 'no_such_module_here'"), ("nowhere/x.py", "no file 'nowhere/x.py'")],
)
def test_a_plugin_that_is_not_there_is_named(plugin, message):
    with pytest.raises(ConfigError, match=message):
        envs.load_plugins([plugin])


def test_a_plugin_that_crashes_is_reported_with_its_name_and_reason(tmp_path):
    file = tmp_path / "broken.py"
    file.write_text("1 / 0\n")
    with pytest.raises(ConfigError, match=r"broken.py' failed to load: ZeroDivisionError"):
        envs.load_plugins([str(file)])


def test_an_unknown_verifier_is_named_with_the_nearest():
    envs.register_verifier("says_it", says_it)
    assert envs.make_verifier("says_it") is says_it
    with pytest.raises(ConfigError, match="no verifier 'say_it'; did you mean 'says_it'"):
        envs.make_verifier("say_it")


def test_a_verifiers_name_cannot_be_taken_over():
    envs.register_verifier("says_it", says_it)
    with pytest.raises(ConfigError, match="registered already"):
        envs.register_verifier("says_it", lambda task, completion: None)


def test_importing_the_environments_imports_no_torch():
    code = (
        "import sys, envs, envs.grade, envs.audit; envs.make('code'); "
        "print('torch' in sys.modules, 'docker' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False False\n", result.stderr
