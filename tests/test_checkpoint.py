import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from agents.checkpoint import load_checkpoint, read_json, save_checkpoint, write_atomic
from agents.models import load_model, tiny_model
from envs import ConfigError


class Killed(BaseException):
    """The moment at which the process would have died: nothing of ours catches it."""


@pytest.fixture(scope="module")
def tiny():
    return tiny_model()


def save(run_dir, step, tiny):
    return save_checkpoint(run_dir, step, tiny, {"step": step, "learner": {"weights": torch.full((3,), float(step))}})


def stored_step(run_dir):
    """The step of the checkpoint in force, having read all of it."""
    model, state = load_checkpoint(run_dir)
    assert state["learner"]["weights"].tolist() == [float(state["step"])] * 3
    assert load_file(model / "model.safetensors")
    assert read_json(model / "config.json") and read_json(model / "tokenizer.json")
    return state["step"]


def test_a_checkpoint_holds_the_state_and_a_model_that_loads(tmp_path, tiny):
    save(tmp_path, 3, tiny)
    assert stored_step(tmp_path) == 3
    loaded = load_model(str(tmp_path))
    for name, value in tiny.model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[name]), name
    assert loaded.eos_ids == tiny.eos_ids
    assert loaded.tokenizer.chat_template == tiny.tokenizer.chat_template


def test_only_the_last_checkpoint_is_kept(tmp_path, tiny):
    save(tmp_path, 1, tiny)
    save(tmp_path, 2, tiny)
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["last", "step_000002"]
    assert stored_step(tmp_path) == 2


def test_saving_the_same_step_again_is_fine(tmp_path, tiny):
    save(tmp_path, 2, tiny)
    save(tmp_path, 2, tiny)
    assert stored_step(tmp_path) == 2


# Every way in which the file system is changed, patched to die before its n-th call. What is left on disk is what a
# kill at that moment leaves, except that `finally` blocks run; the test below with a real kill leaves those out too.
SYSTEM_CALLS = ["mkdir", "rename", "replace", "symlink", "unlink", "rmdir", "fsync"]


def die_before(monkeypatch, call_number):
    seen = []

    def patched(name, real):
        def call(*args, **kwargs):
            seen.append(name)
            if len(seen) == call_number:
                raise Killed
            if len(seen) > call_number:
                raise OSError(f"{name} after the kill")  # a dead process cleans nothing up
            return real(*args, **kwargs)

        return call

    for name in SYSTEM_CALLS:
        monkeypatch.setattr(os, name, patched(name, getattr(os, name)))


@pytest.mark.parametrize("next_step", [1, 2])
def test_death_before_any_change_of_the_disk_leaves_a_whole_checkpoint_in_force(tmp_path, tiny, next_step):
    # also when the step that is saved is the one in force: Ctrl-C right after a checkpoint does that
    deaths = 0
    save(tmp_path / "before", 1, tiny)
    for call_number in range(1, 60):
        run_dir = tmp_path / str(call_number)
        shutil.copytree(tmp_path / "before", run_dir, symlinks=True)
        with pytest.MonkeyPatch.context() as patch:
            die_before(patch, call_number)
            try:
                save(run_dir, next_step, tiny)
                break
            except (Killed, OSError):
                deaths += 1
        assert stored_step(run_dir) in {1, next_step}, f"before call {call_number}"
        shutil.rmtree(run_dir)
    assert stored_step(run_dir) == next_step
    assert deaths >= (5 if next_step == 2 else 0)


def test_what_a_killed_save_left_behind_is_no_obstacle(tmp_path, tiny):
    save(tmp_path, 1, tiny)
    with pytest.MonkeyPatch.context() as patch:
        die_before(patch, 3)
        with pytest.raises((Killed, OSError)):
            save(tmp_path, 2, tiny)
    save(tmp_path, 3, tiny)
    assert stored_step(tmp_path) == 3
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["last", "step_000003"]


KILLED_WHILE_SAVING = """
import sys
from pathlib import Path
from test_checkpoint import save
from agents.models import tiny_model

tiny, step = tiny_model(), 1
save(Path(sys.argv[1]), step, tiny)
print("ready", flush=True)
while True:
    step += 1
    save(Path(sys.argv[1]), step, tiny)
"""


def test_a_real_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    tests = str(Path(__file__).parent)
    for number, delay_s in enumerate((0.02, 0.3)):
        run_dir = tmp_path / str(number)
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED_WHILE_SAVING, str(run_dir)],
            cwd=tests,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert stored_step(run_dir) >= 1


def out_of_space(script, run_dir, size_bytes):
    """Run a script in a process whose files cannot grow beyond a size: to it, that is a full disk."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))

    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(run_dir)],
        cwd=str(Path(__file__).parent),
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )


@pytest.mark.parametrize("size_bytes", [2_000, 330_000])
def test_a_full_disk_is_an_os_error_and_the_last_checkpoint_stays(tmp_path, tiny, size_bytes):
    # 2 kB: the model's weights do not fit; 330 kB: they do (about 300 kB), and the state of 400 kB does not
    save(tmp_path, 1, tiny)
    done = out_of_space(
        """
        import sys
        from pathlib import Path
        import torch
        from agents.checkpoint import save_checkpoint
        from agents.models import tiny_model
        try:
            save_checkpoint(Path(sys.argv[1]), 2, tiny_model(), {"step": 2, "learner": torch.zeros(100_000)})
        except OSError as error:
            print("OSError", error)
        """,
        tmp_path,
        size_bytes,
    )
    assert done.stdout.startswith("OSError"), done.stderr
    assert stored_step(tmp_path) == 1
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == ["last", "step_000001"]


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "summary.json"
    write_atomic(path, '{"a": 1}')

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, '{"a": 2}')
    assert read_json(path) == {"a": 1}
    assert [child.name for child in tmp_path.iterdir()] == ["summary.json"]


def test_a_run_without_a_checkpoint_has_nothing_to_resume(tmp_path):
    with pytest.raises(ConfigError, match="holds no checkpoint to resume from"):
        load_checkpoint(tmp_path)
