import pytest

from envs.files import replacing


def test_a_file_is_replaced_at_the_end_and_not_before(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "a.json"
    path.write_text("old")
    with pytest.raises(type(failure)), replacing(path) as file:
        file.write(b"ne")
        raise failure
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
