import os
import signal

import pytest

from agents.interrupt import Interrupts


@pytest.fixture(autouse=True)
def heard():
    """Let a terminal that goes away be heard, also where tests run without one."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def interrupt(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_outside_a_step_an_interruption_comes_at_once(number):
    reached = []
    with pytest.raises(KeyboardInterrupt), Interrupts():
        interrupt(number)
        reached.append("after")
    assert reached == []


def test_a_terminal_that_goes_away_is_ignored_where_it_was():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interrupts():
        interrupt(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_within_a_step_it_waits_for_the_end_of_the_step():
    reached = []
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        with interrupts.held():
            interrupt()
            reached.append("rest of the step")
        reached.append("after the step")
    assert reached == ["rest of the step"]


def test_a_second_one_does_not_wait():
    reached = []
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts, interrupts.held():
        interrupt()
        reached.append("after the first")
        interrupt()
        reached.append("after the second")
    assert reached == ["after the first"]


def test_whoever_stops_in_the_middle_of_a_step_can_tell():
    # what a step has half done must not become a checkpoint
    for presses, torn in ((1, False), (2, True)):
        interrupts = Interrupts()
        with pytest.raises(KeyboardInterrupt), interrupts, interrupts.held():
            for _ in range(presses):
                interrupt()
        assert interrupts.torn is torn


def test_the_next_step_can_be_held_again():
    with Interrupts() as interrupts:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt), interrupts.held():
                interrupt()


def test_an_error_within_a_step_is_not_hidden_by_a_waiting_interruption():
    with pytest.raises(FloatingPointError), Interrupts() as interrupts, interrupts.held():
        interrupt()
        raise FloatingPointError("the gradient is not finite")


def test_afterwards_the_handlers_are_the_old_ones():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyError), Interrupts():
        raise KeyError
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_one_that_was_swallowed_comes_again_with_the_next_step():
    # as in a finaliser, whose exceptions are printed and dropped
    reached = []
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        try:
            interrupt()
        except KeyboardInterrupt:
            reached.append("swallowed")
        with interrupts.held():
            reached.append("next step")
    assert reached == ["swallowed"]
