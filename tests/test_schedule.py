from collections import Counter

from agents.schedule import Stream, stream_seed, tasks_from

TASKS = [f"task-{index}" for index in range(10)]


def steps(count, steps, seed=0):
    return [tasks_from(TASKS, seed, step * count, count) for step in range(steps)]


def test_every_task_comes_once_before_any_comes_twice():
    # five steps of four are two passes over ten tasks
    assert Counter(task for step in steps(4, 5) for task in step) == dict.fromkeys(TASKS, 2)
    assert Counter(task for step in steps(5, 2) for task in step) == dict.fromkeys(TASKS, 1)


def test_each_pass_has_an_order_of_its_own():
    first, second = steps(10, 2)
    assert sorted(first) == sorted(second) == sorted(TASKS)
    assert first != second


def test_a_task_depends_on_the_seed_and_its_place_alone():
    # so that a resumed run needs no saved state: places 28-31 are the same whether or not 0-27 were asked for
    assert tasks_from(TASKS, 3, 28, 4) == steps(4, 8, seed=3)[7]
    assert steps(4, 5, seed=1) != steps(4, 5, seed=2)


def test_more_tasks_a_step_than_there_are_begin_a_new_pass_within_it():
    # 25 of ten tasks: two whole passes and half of a third
    assert sorted(Counter(tasks_from(TASKS, 0, 0, 25)).values()) == [2] * 5 + [3] * 5


def test_the_branches_of_a_seed_are_different_numbers_within_31_bits():
    seeds = [stream_seed(seed, stream, step) for seed in range(5) for stream in Stream for step in range(50)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_branch_gives_the_same_seed_every_time_and_everywhere():
    # SeedSequence(0, spawn_key=(2, 1)).generate_state(1)[0] >> 1, as NumPy's reproducible stream promises for good
    assert stream_seed(0, Stream.SAMPLING, 1) == stream_seed(0, Stream.SAMPLING, 1)
    assert stream_seed(0, Stream.SAMPLING, 1) != stream_seed(0, Stream.EPISODES, 1)
