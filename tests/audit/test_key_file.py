"""The file of an audit key: made whole and once, for its owner alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.store.audit_key import KeyUnusable, make_key, read_key, replace_key


def test_every_key_is_another(tmp_path: Path) -> None:
    assert len({make_key(tmp_path / name).secret for name in ("one", "other", "third")}) == 3


def test_a_key_made_by_many_at_once_is_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(12) as makers:
        keys = list(makers.map(lambda _: make_key(tmp_path / "audit.key"), range(60)))
    assert len({key.secret for key in keys}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["audit.key"]


def test_a_key_is_read_as_it_was_made(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    assert read_key(file) is None
    made = make_key(file)
    assert read_key(file) == made
    assert (len(made.secret), made.file) == (32, file)
    assert file.read_text() == f"{made.secret.hex()}\n"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31, "ab" * 33, "\udcff"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "audit.key").write_text(content, errors="surrogateescape")
    with pytest.raises(KeyUnusable, match="is not an audit key"):
        read_key(tmp_path / "audit.key")


def test_a_replaced_key_is_kept_under_its_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    first = make_key(file)
    second = replace_key(file)
    third = replace_key(file)
    assert read_key(file) == third
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["audit.key", f"audit.key.{first.fingerprint}", f"audit.key.{second.fingerprint}"]
    )
    kept = read_key(tmp_path / f"audit.key.{first.fingerprint}")
    assert kept is not None
    assert kept.secret == first.secret


def test_a_file_that_is_no_key_is_kept_too_when_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "audit.key").write_text("no key")
    replace_key(tmp_path / "audit.key")
    assert (tmp_path / "audit.key.unusable").read_text() == "no key"


def test_a_key_that_cannot_be_made_or_read_is_said_plainly(tmp_path: Path) -> None:
    for make in (make_key, replace_key):
        with pytest.raises(KeyUnusable, match=r"audit\.key cannot be"):
            make(tmp_path / "no folder" / "audit.key")
    with pytest.raises(KeyUnusable, match="cannot be read"):
        read_key(tmp_path)


def test_a_key_is_not_shown_by_what_prints_it(tmp_path: Path) -> None:
    key = make_key(tmp_path / "audit.key")
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)
    assert key.fingerprint not in key.secret.hex()
