import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lean_modules import LEVEL_1, PROP, TINY_LIBRARY, ModuleWriter, app, compile_module, const, require_lean

from envs.lean.kernel import Kernel, KernelFailure, KernelLimits, Outcome, Recheck
from envs.lean.olean import Constant, read_module
from envs.lean.terms import APP, BVAR, LAM, LET, NAT, PARAM, PI, PROJ, SORT, STR, Terms

pytestmark = pytest.mark.lean

TYPE = (SORT, LEVEL_1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny library."""
    require_lean()
    folder = tmp_path_factory.mktemp("library")
    compile_module(TINY_LIBRARY, folder, "Init")
    return folder


def start(folder: Path, limits: KernelLimits | None = None) -> Kernel:
    sha256 = hashlib.sha256((folder / "Init.olean").read_bytes()).hexdigest()
    return Kernel(require_lean(), folder, sha256, limits)


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    with start(folder) as kernel:
        yield kernel


def theorem(type_: object, value: object, params: tuple[str, ...] = ()) -> tuple[Terms, list[Constant]]:
    """One theorem `t`, in its table."""
    writer, terms = ModuleWriter(), Terms()
    writer.theorem("t", type_, value, params)
    return terms, list(read_module(writer.module(), terms).constants.values())


def check(kernel: Kernel, type_: object, value: object, params: tuple[str, ...] = ()) -> Recheck:
    return kernel.check(*theorem(type_, value, params))


EVERY_PROP_IMPLIES_ITSELF = (PI, PROP, (PI, (BVAR, 0), (BVAR, 1)))
IDENTITY = (LAM, PROP, (LAM, (BVAR, 0), (BVAR, 0)))


def equal(type_: object, left: object, right: object) -> object:
    return app(const("Eq", LEVEL_1), type_, left, right)


def reflexive(type_: object, value: object) -> object:
    return app(const("Eq.refl", LEVEL_1), type_, value)


NAT_TYPE = const("Nat")


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (EVERY_PROP_IMPLIES_ITSELF, IDENTITY),
        # 2 + 2 = 4 and 2^70 = 1180591620717411303424, computed by name on literals
        (equal(NAT_TYPE, app(const("Nat.add"), (NAT, 2), (NAT, 2)), (NAT, 4)), reflexive(NAT_TYPE, (NAT, 4))),
        (equal(NAT_TYPE, app(const("Nat.pow"), (NAT, 2), (NAT, 70)), (NAT, 2**70)), reflexive(NAT_TYPE, (NAT, 2**70))),
        # a literal is the successor of the one before
        (equal(NAT_TYPE, app(const("Nat.succ"), (NAT, 2)), (NAT, 3)), reflexive(NAT_TYPE, (NAT, 3))),
        (equal(const("String"), (STR, "é"), (STR, "é")), reflexive(const("String"), (STR, "é"))),
        # let x := 3; 3 = x
        (equal(NAT_TYPE, (NAT, 3), (NAT, 3)), (LET, NAT_TYPE, (NAT, 3), reflexive(NAT_TYPE, (BVAR, 0)))),
        # ∀ p q, p ∧ q → p, by the first field of the structure
        (
            (PI, PROP, (PI, PROP, (PI, app(const("And"), (BVAR, 1), (BVAR, 0)), (BVAR, 2)))),
            (LAM, PROP, (LAM, PROP, (LAM, app(const("And"), (BVAR, 1), (BVAR, 0)), (PROJ, ("And",), 0, (BVAR, 0))))),
        ),
    ],
)
def test_what_is_well_typed_is_accepted(kernel, type_, value):
    assert check(kernel, type_, value).outcome is Outcome.ACCEPTED


def test_a_theorem_with_a_universe_parameter_is_accepted(kernel):
    level = (PARAM, ("u",))
    type_ = (PI, (SORT, level), (PI, (BVAR, 0), app(const("Eq", level), (BVAR, 1), (BVAR, 0), (BVAR, 0))))
    value = (LAM, (SORT, level), (LAM, (BVAR, 0), app(const("Eq.refl", level), (BVAR, 1), (BVAR, 0))))
    assert check(kernel, type_, value, ("u",)).outcome is Outcome.ACCEPTED


FALSE = const("False")


@pytest.mark.parametrize(
    ("type_", "value", "says"),
    [
        ((PI, PROP, (BVAR, 0)), (LAM, PROP, (BVAR, 0)), "another type"),
        (FALSE, const("True.intro"), "another type"),
        (FALSE, const("t"), "unknown constant"),
        (FALSE, const("Nowhere"), "unknown constant"),
        (NAT_TYPE, (NAT, 3), "not a proposition"),
        (FALSE, app(const("True.intro"), const("True.intro")), "function expected"),
        (FALSE, app((LAM, PROP, (BVAR, 0)), const("True.intro")), "argument"),
        (FALSE, (PROJ, ("And",), 0, const("True.intro")), "projection"),
        (FALSE, (PROJ, ("And",), 7, const("True.intro")), "projection"),
        (FALSE, (PROJ, ("Nowhere",), 0, const("True.intro")), "projection"),
        (FALSE, (LET, FALSE, const("True.intro"), (BVAR, 0)), "let"),
        (equal(NAT_TYPE, (NAT, 2), (NAT, 3)), reflexive(NAT_TYPE, (NAT, 2)), "another type"),
        (equal(NAT_TYPE, (STR, "a"), (STR, "a")), reflexive(NAT_TYPE, (STR, "a")), "argument"),
        # Eq has one universe parameter
        (FALSE, const("Eq"), "universe"),
        (FALSE, const("Eq", LEVEL_1, LEVEL_1), "universe"),
        # Type is not of type Prop: nothing here is universe-polymorphic by mistake
        (equal(PROP, PROP, PROP), reflexive(PROP, PROP), "argument"),
        (equal(TYPE, const("True"), const("True")), reflexive(TYPE, const("True")), "argument"),
        # a universe parameter that the theorem does not declare
        (FALSE, (SORT, (PARAM, ("v",))), "v"),
    ],
)
def test_what_is_ill_typed_is_rejected(kernel, type_, value, says):
    recheck = check(kernel, type_, value)
    assert recheck.outcome is Outcome.REJECTED
    assert says in recheck.message


def test_a_name_of_the_library_cannot_be_taken_again(kernel):
    writer, terms = ModuleWriter(), Terms()
    writer.theorem("swap", EVERY_PROP_IMPLIES_ITSELF, IDENTITY)
    (constant,) = read_module(writer.module(), terms).constants.values()
    assert kernel.check(terms, [constant]).message == "already declared"


def test_nothing_carries_over_from_one_check_to_the_next(kernel):
    for _ in range(3):  # a second theorem of the same name would be refused if the first were still there
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED


def slow(doublings: int) -> tuple[Terms, list[Constant]]:
    """Two trees of 2^doublings different leaves that are equal by computation: true, and as long to check as one likes.

    The tree of height n over x is that of height n - 1 over x + 1 and that over x + x.
    """
    writer, terms = ModuleWriter(), Terms()
    leaf = equal(NAT_TYPE, (BVAR, 0), (BVAR, 0))
    left = writer.expression((LAM, NAT_TYPE, leaf))
    right = writer.expression((LAM, NAT_TYPE, app((LAM, NAT_TYPE, leaf), (BVAR, 0))))
    one, two = app(const("Nat.succ"), (BVAR, 0)), app(const("Nat.add"), (BVAR, 0), (BVAR, 0))
    for _ in range(doublings):
        left, right = (
            writer.expression((LAM, NAT_TYPE, app(const("And"), app(tree, one), app(tree, two))))
            for tree in (left, right)
        )
    prop_is = (APP, const("Eq", LEVEL_1), PROP)
    trees = app(left, (NAT, 1)), app(right, (NAT, 1))
    writer.theorem("t", app(prop_is, *trees), app(const("Eq.refl", LEVEL_1), PROP, trees[0]))
    return terms, list(read_module(writer.module(), terms).constants.values())


def test_a_long_computation_is_done(kernel):
    assert kernel.check(*slow(8)).outcome is Outcome.ACCEPTED


def test_a_check_that_takes_too_long_is_a_timeout(folder):
    with start(folder, KernelLimits(cpu_s=1)) as kernel:
        assert kernel.check(*slow(40)).outcome is Outcome.TIMEOUT
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED


def test_a_check_that_takes_too_much_memory_is_stopped(folder):
    with start(folder, KernelLimits(cpu_s=30, memory_bytes=16 * 2**20)) as kernel:
        assert kernel.check(*slow(40)).outcome is Outcome.MEMORY
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED


def test_a_clock_that_runs_out_before_the_processor_time_is_our_failure(folder):
    with start(folder, KernelLimits(cpu_s=60, wall_s=0.2)) as kernel, pytest.raises(KernelFailure, match="processor"):
        kernel.check(*slow(40))


def test_a_term_of_the_greatest_depth_is_checked(kernel):
    # 9,000 nested pairs of a term that applies the identity again and again to one proof
    value, identity = const("True.intro"), (LAM, const("True"), (BVAR, 0))
    writer, terms = ModuleWriter(), Terms()
    function, argument = writer.expression(identity), writer.expression(value)
    for _ in range(9_000):
        argument = writer.expression((APP, function, argument))
    writer.theorem("t", const("True"), argument)
    constants = list(read_module(writer.module(), terms).constants.values())
    assert kernel.check(terms, constants).outcome is Outcome.ACCEPTED


def test_a_kernel_that_was_killed_is_replaced(folder):
    with start(folder) as kernel:
        for _ in range(3):
            assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED
            os.kill(kernel._idle[0]._process.pid, signal.SIGKILL)


def test_checks_of_several_threads_do_not_disturb_each_other(kernel):
    outcomes: list[tuple[bool, Outcome]] = []

    def work(is_true: bool) -> None:
        for _ in range(10):
            value = IDENTITY if is_true else (LAM, PROP, (BVAR, 0))
            outcomes.append((is_true, check(kernel, EVERY_PROP_IMPLIES_ITSELF, value).outcome))

    threads = [threading.Thread(target=work, args=(index % 2 == 0,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 40
    assert all((outcome is Outcome.ACCEPTED) == is_true for is_true, outcome in outcomes)


def test_a_copy_of_the_process_asks_kernels_of_its_own(folder):
    with start(folder) as kernel:
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED
        ours = kernel._idle[0]._process.pid
        copy = os.fork()
        if copy == 0:
            outcome = check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome
            theirs = kernel._idle[0]._process.pid
            kernel.close()
            os._exit(0 if outcome is Outcome.ACCEPTED and theirs != ours else 1)
        assert os.waitpid(copy, 0)[1] == 0
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED
        assert kernel._idle[0]._process.pid == ours


def test_a_kernel_whose_user_is_gone_ends_in_the_middle_of_its_work(folder):
    kernel = start(folder)
    user = os.fork()
    if user == 0:
        kernel.check(*slow(40))
        os._exit(0)
    deadline = time.monotonic() + 20
    busy: list[int] = []
    while not busy and time.monotonic() < deadline:
        time.sleep(0.05)
        workers = children(user)
        busy = [child for worker in workers for child in children(worker) if processor_ticks(child) > 5]
    os.kill(user, signal.SIGKILL)
    os.waitpid(user, 0)
    while any(Path(f"/proc/{process}").exists() for process in workers + busy) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers and busy and not any(Path(f"/proc/{process}").exists() for process in workers + busy)


def children(process: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def processor_ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except OSError:
        return 0


@contextmanager
def crashes(times: int) -> Iterator[None]:
    """So often, a kernel's child that has worked for a tenth of a second is aborted."""
    over = threading.Event()

    def strike() -> None:
        for _ in range(times):
            victims: list[int] = []
            while not victims and not over.wait(0.02):
                busy = [child for worker in children(os.getpid()) for child in children(worker)]
                victims = [process for process in busy if processor_ticks(process) > 10]
            for victim in victims:
                os.kill(victim, signal.SIGABRT)
                while processor_ticks(victim) and not over.wait(0.01):
                    pass

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_kernel_that_crashes_on_a_proof_twice_says_so(folder):
    with start(folder, KernelLimits(cpu_s=10)) as kernel:
        with crashes(2):
            assert kernel.check(*slow(40)).outcome is Outcome.CRASHED
        assert check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY).outcome is Outcome.ACCEPTED


def test_a_crash_that_does_not_happen_again_is_our_failure(folder):
    with start(folder) as kernel, crashes(1), pytest.raises(KernelFailure, match="then said: accepted"):
        kernel.check(*slow(17))


def test_a_library_other_than_the_judges_is_not_loaded(folder):
    with (
        pytest.raises(KernelFailure, match="not the library that the judge has read"),
        Kernel(require_lean(), folder, "0" * 64) as kernel,
    ):
        check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY)


def test_a_binary_that_is_not_lean_is_our_failure(folder, tmp_path):
    (tmp_path / "libleanshared.so").write_bytes(b"not a library")
    with pytest.raises(KernelFailure, match="does not start"), start(folder) as kernel:
        kernel._start = (tmp_path / "libleanshared.so", *kernel._start[1:])
        check(kernel, EVERY_PROP_IMPLIES_ITSELF, IDENTITY)
