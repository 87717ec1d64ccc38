"""What people install: a wheel that carries its styles and its SQL, and runs from there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from this tree, unpacked where nothing else of the project is."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_style_and_migration_of_the_tree_is_in_the_wheel(unpacked: Path) -> None:
    source = ROOT / "src"
    wanted = {path.relative_to(source) for ending in ("*.tcss", "*.sql", "py.typed") for path in source.rglob(ending)}
    assert len(wanted) > 5
    assert {path for path in wanted if not (unpacked / path).is_file()} == set()


def test_it_runs_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    code = (
        "import sys, betting_tui\n"
        "from betting_tui.__main__ import main\n"
        "assert betting_tui.__file__.startswith(sys.argv[1]), betting_tui.__file__\n"
        "sys.exit(main(['account', 'list', '--format', 'json', '--data-dir', sys.argv[2]]))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(unpacked)}
    ran = subprocess.run(
        [sys.executable, "-c", code, str(unpacked), str(tmp_path / "data")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert '"main"' in ran.stdout
