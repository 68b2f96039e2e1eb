"""Makes the filled databases once: `python -m tests.tryton.template`, as `make soak` does where they are not there.

Making one takes about a minute, nearly all of it Tryton's own set-up; a copy of it takes a moment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from secrets import token_hex

import psycopg
from sqlalchemy import make_url

from tests.conftest import postgresql_server
from tests.tryton.places import CHART, DATABASE, ENVIRONMENT, PYTHON, configuration, environment, templates

SQLITE, DUMP = "tryton.sqlite", "tryton.dump"
SEED = Path(__file__).with_name("seed.py")


def main() -> None:
    """Make both databases where they are not there, and remove those made of something else."""
    final = templates()
    if final.is_dir():
        return
    for old in ENVIRONMENT.glob("templates-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(dir=ENVIRONMENT) as made:
        folder = Path(made)
        _told(folder, "sqlite").write_text(_on_sqlite(folder), encoding="utf-8")
        _told(folder, "postgresql").write_text(_on_postgresql(folder), encoding="utf-8")
        (folder / "trytond.conf").unlink()
        shutil.copytree(folder, final)


def told(kind: str) -> str:
    """Return what the script that filled a kind of database told of it, as JSON."""
    return _told(templates(), kind).read_text(encoding="utf-8")


def _told(folder: Path, kind: str) -> Path:
    return folder / f"{kind}.json"


def _on_sqlite(folder: Path) -> str:
    (folder / SQLITE).touch()
    return _filled(configuration(folder))


def _on_postgresql(folder: Path) -> str:
    with postgresql_server() as databases:
        address = databases.empty()
        name, socket_folder = place_of(address)
        told_of_it = _filled(configuration(folder, socket_folder=socket_folder), name, socket_folder)
        run(program("pg_dump", address), "-Fc", "-Z0", "-f", str(folder / DUMP), name, socket_folder=socket_folder)
        databases.drop()
    return told_of_it


def _filled(file: Path, database: str = DATABASE, socket_folder: str = "") -> str:
    """Have Tryton make its tables, and the script its records, each in a process of its own; return what the script told."""
    admin = str(ENVIRONMENT / "bin" / "trytond-admin")
    options = (
        "-c",
        str(file),
        "-d",
        database,
        "-u",
        "account",
        "--activate-dependencies",
        "--email",
        "a@example.com",
        "-p",
    )
    password = file.with_name("password")
    password.write_text(token_hex(), encoding="utf-8")
    run(admin, *options, socket_folder=socket_folder, TRYTONPASSFILE=str(password))
    password.unlink()
    return run(str(PYTHON), str(SEED), str(file), database, str(CHART), socket_folder=socket_folder)


def place_of(address: str) -> tuple[str, str]:
    """Return the name of a database and the folder of its server's socket, of an address for SQLAlchemy."""
    url = make_url(address)
    return str(url.database), str(url.query["host"])


def program(name: str, address: str) -> str:
    """Return one of the programs of the server that answers at an address: those of another version may refuse."""
    with psycopg.connect(address.replace("postgresql+psycopg", "postgresql")) as connection:
        row = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchone()
    assert row is not None
    return str(Path(row[0]) / name)


def run(*command: str, socket_folder: str = "", **more: str) -> str:
    """Run a program of Tryton's or PostgreSQL's to its end, and return what it printed."""
    done = subprocess.run(
        command, env={**environment(socket_folder), **more}, check=False, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
    sys.stdout.write(f"Tryton's databases are in {templates().name}.\n")
