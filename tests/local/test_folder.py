from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm.local.folder import Folder, InUse, Unusable


def test_only_its_user_may_look_into_the_folder(tmp_path: Path) -> None:
    with Folder(tmp_path / "a" / "practice"):
        assert stat.S_IMODE((tmp_path / "a" / "practice").stat().st_mode) == 0o700


def test_the_key_is_made_once_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        path = folder.secret_key_file()
    key = path.read_text(encoding="ascii")

    assert len(key) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Folder(tmp_path) as again:
        assert again.secret_key_file().read_text(encoding="ascii") == key


def test_a_new_practice_gets_a_key_for_its_data_and_an_older_one_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "secret_key").write_text("k" * 40, encoding="ascii")

    for name in ("new", "older"):
        with Folder(tmp_path / name) as folder:
            folder.secret_key_file()

    assert stat.S_IMODE((tmp_path / "new" / "data_keys").stat().st_mode) == 0o600
    assert not (tmp_path / "older" / "data_keys").exists()


def test_a_half_written_key_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "secret_key.new").write_text("half", encoding="ascii")

    with Folder(tmp_path) as folder:
        path = folder.secret_key_file()

    assert len(path.read_text(encoding="ascii")) >= 32
    assert not (tmp_path / "secret_key.new").exists()


def test_a_second_one_is_told_who_runs_and_where(tmp_path: Path) -> None:
    with Folder(tmp_path) as first:
        first.note_address("http://127.0.0.1:8000")

        with pytest.raises(InUse) as refused, Folder(tmp_path):
            pass

    assert f"It is running already at http://127.0.0.1:8000 (process {os.getpid()})" in str(refused.value)
    assert "DATA_DIR=other PORT=8001 make run" in str(refused.value)


def test_a_second_one_that_comes_early_is_told_who_runs(tmp_path: Path) -> None:
    with (
        Folder(tmp_path),
        pytest.raises(InUse, match=rf"already \(process {os.getpid()}\)"),
        Folder(tmp_path),
    ):
        pass


def test_the_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    take_and_die = """
import os, sys
from pathlib import Path
from crm.local.folder import Folder
with Folder(Path(sys.argv[1])) as folder:
    folder.note_address("http://127.0.0.1:8000")
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", take_and_die, str(tmp_path)], check=False)

    with Folder(tmp_path) as folder:
        folder.note_address("http://127.0.0.1:8001")

    assert (tmp_path / "run.lock").read_text(encoding="utf-8") == f"{os.getpid()} http://127.0.0.1:8001"


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(Unusable, match=r"DATA_DIR is '.*/file', which cannot be used: File exists"),
        Folder(tmp_path / "file"),
    ):
        pass
