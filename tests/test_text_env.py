import gymnasium
import pytest
from gymnasium.error import InvalidAction, ResetNeeded

from envs import ConfigError, Message, RewardBreakdown, RewardTerm, Task, TextEnv, VerifierError
from sandbox.core import SandboxError


def sums(task, completion):
    passed = completion == task.reference
    return RewardBreakdown(terms={"right": RewardTerm(score=float(passed))}, passed=passed, feedback="Not so.")


def addition(a, b, split="train"):
    prompt = (Message(role="user", content=f"{a} + {b} = ?"),)
    return Task(task_id=f"{a}+{b}", prompt=prompt, reference=str(a + b), split=split, tags={"size": "small"})


TASKS = [addition(1, 1), addition(2, 2), addition(3, 3), addition(4, 4, "validation"), addition(5, 5, "heldout")]


def make(**options):
    return TextEnv(TASKS, options.pop("verifier", sums), **options)


def test_one_right_answer_ends_the_episode_with_the_full_reward():
    env = make()
    observation, info = env.reset(seed=0, options={"task_id": "2+2"})
    assert observation == (Message(role="user", content="2 + 2 = ?"),)
    assert info == {"task_id": "2+2", "split": "train", "tags": {"size": "small"}}
    observation, reward, terminated, truncated, info = env.step("4")
    assert observation[-1] == Message(role="assistant", content="4")
    assert (reward, terminated, truncated, info["passed"]) == (1.0, True, False, True)
    assert info["reward_breakdown"].terms["right"].score == 1.0


def test_one_wrong_answer_ends_a_single_turn_episode_with_nothing():
    env = make()
    env.reset(seed=0)
    _, reward, terminated, _, info = env.step("no idea")
    assert (reward, terminated, info["passed"]) == (0.0, True, False)


def test_a_failed_turn_is_answered_with_feedback_and_pays_nothing_yet():
    env = make(max_turns=3)
    env.reset(seed=0, options={"task_id": "1+1"})
    observation, reward, terminated, _, info = env.step("3")
    assert observation == (
        Message(role="user", content="1 + 1 = ?"),
        Message(role="assistant", content="3"),
        Message(role="user", content="Not so."),
    )
    assert (reward, terminated, info["turn"]) == (0.0, False, 1)
    observation, reward, terminated, _, info = env.step("2")
    assert (reward, terminated, info["turn"], len(observation)) == (1.0, True, 2, 4)


def test_the_reward_of_a_longer_episode_is_that_of_its_last_turn():
    def half(task, completion):
        return RewardBreakdown(terms={"half": RewardTerm(score=0.5 if completion == "better" else 0.25)})

    env = make(verifier=half, max_turns=2)
    env.reset(seed=0)
    assert env.step("good")[1] == 0.0  # the verifier gave 0.25, which an intermediate turn does not pay
    assert env.step("better")[1:3] == (0.5, True)


def test_equal_seeds_draw_equal_tasks_and_different_seeds_different_ones():
    def drawn(seed):
        env = make()
        return [env.reset(seed=seed)[1]["task_id"], *(env.reset()[1]["task_id"] for _ in range(20))]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert set(drawn(1)) == {"1+1", "2+2", "3+3"}


def test_the_environments_own_seed_is_used_when_reset_names_none():
    def drawn(seed):
        env = make(seed=seed)
        return [env.reset()[1]["task_id"] for _ in range(20)]

    assert drawn(4) == drawn(4)
    assert drawn(4) != drawn(5)


def test_pinned_members_of_a_group_draw_the_same_hidden_inputs():
    class Drawing(TextEnv):
        def begin(self, task, rng):
            self.hidden = rng.integers(10**9)
            return task

    def hidden(seed, task_id):
        env = Drawing(TASKS, sums)
        env.reset(seed=seed, options={"task_id": task_id})
        return env.hidden

    assert hidden(7, "1+1") == hidden(7, "1+1")
    assert hidden(7, "1+1") != hidden(8, "1+1")


def test_the_split_decides_where_tasks_are_drawn_from():
    assert make(split="heldout").reset(seed=0)[1]["task_id"] == "5+5"
    assert make().reset(seed=0, options={"split": "validation"})[1]["task_id"] == "4+4"
    assert [task.task_id for task in make().tasks("train")] == ["1+1", "2+2", "3+3"]
    assert len(make().tasks()) == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task_id": "1+2"}, "no task '1\\+2'; did you mean"),
        ({"task": "1+1"}, "no option of reset 'task'; did you mean 'task_id'"),
        ({"split": "test"}, "no split 'test'"),
    ],
)
def test_reset_refuses_what_does_not_exist(options, message):
    with pytest.raises(ConfigError, match=message):
        make().reset(options=options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_turns": 0}, "max_turns must be an integer of at least 1, got 0"),
        ({"max_turns": True}, "max_turns"),
        ({"seed": -1}, "seed must be a non-negative integer, got -1"),
        ({"split": "held-out"}, "no split 'held-out'; did you mean 'heldout'"),
    ],
)
def test_options_out_of_range_are_refused_at_once(options, message):
    with pytest.raises(ConfigError, match=message):
        make(**options)


def test_no_tasks_an_empty_split_and_a_repeated_id_are_refused():
    with pytest.raises(ConfigError, match="at least one task"):
        TextEnv([], sums)
    with pytest.raises(ConfigError, match=r"'heldout' holds no task \(train: 1, validation: 0, heldout: 0\)"):
        TextEnv([addition(1, 1)], sums, split="heldout")
    with pytest.raises(ConfigError, match="'1\\+1' is given twice"):
        TextEnv([addition(1, 1), addition(1, 1)], sums)


def test_a_task_in_two_splits_is_refused_with_both_names():
    twin = Task(task_id="twin", prompt=(Message(role="user", content=" 1 +  1 = ?\n"),), reference="2", split="heldout")
    with pytest.raises(ConfigError, match=r"'1\+1' \(train\) and 'twin' \(heldout\) share their prompt"):
        TextEnv([*TASKS, twin], sums)


@pytest.mark.parametrize("error", [KeyError("x"), SandboxError("engine gone"), VerifierError("mine"), MemoryError()])
def test_a_verifier_that_crashes_gives_no_reward(error):
    def crash(task, completion):
        raise error

    env = make(verifier=crash)
    env.reset(seed=0)
    with pytest.raises(VerifierError):
        env.step("4")


def test_a_verifier_that_returns_a_number_gives_no_reward():
    env = make(verifier=lambda task, completion: 1.0)
    env.reset(seed=0)
    with pytest.raises(VerifierError, match="returned float, not a RewardBreakdown"):
        env.step("4")


@pytest.mark.parametrize("score", [1.5, -0.1, float("nan")])
def test_a_score_out_of_range_gives_no_reward(score):
    env = make(verifier=lambda task, completion: RewardBreakdown(terms={"x": RewardTerm(score=score)}))
    env.reset(seed=0)
    with pytest.raises(VerifierError, match="finite number in \\[0, 1\\]"):
        env.step("4")


def test_stepping_before_or_after_an_episode_is_an_error():
    env = make()
    with pytest.raises(ResetNeeded):
        env.step("4")
    env.reset(seed=0)
    env.step("4")
    with pytest.raises(ResetNeeded):
        env.step("4")


def test_an_action_that_is_not_text_is_an_error():
    env = make()
    env.reset(seed=0)
    with pytest.raises(InvalidAction, match="an action is a text, got bytes"):
        env.step(b"4")


def test_observations_of_a_conversation_stay_in_their_space():
    env = make(max_turns=2)
    observation, _ = env.reset(seed=0)
    assert observation in env.observation_space
    assert env.step("漢字\n😀")[0] in env.observation_space
    assert isinstance(env, gymnasium.Env)
