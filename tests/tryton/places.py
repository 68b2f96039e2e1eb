"""Where Tryton is installed, in an environment of its own, and where its filled databases are kept from run to run."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = REPOSITORY / ".venv-tryton"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = REPOSITORY / "examples" / "hub-tryton" / "tryton.lock"
CHART = REPOSITORY / "hub" / "demo" / "data" / "chart.csv"
MADE_OF = (LOCK, CHART, Path(__file__).with_name("seed.py"), Path(__file__).with_name("template.py"))
DATABASE = "tryton"


def templates() -> Path:
    """Return the folder of the filled databases, named after all that they are made of."""
    made_of = b"".join(path.read_bytes() for path in MADE_OF)
    return ENVIRONMENT / f"templates-{hashlib.sha256(made_of).hexdigest()[:16]}"


def environment(socket_folder: str = "") -> dict[str, str]:
    """Return the environment of a process of Tryton's; socket_folder: where PostgreSQL listens, if it is asked."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TRYTON", "PYTHON", "PG"))}
    return {**own, "PGHOST": socket_folder, "PGUSER": "postgres"} if socket_folder else own


def configuration(folder: Path, *, socket_folder: str = "", port: int = 0) -> Path:
    """Write trytond's configuration, and return its file. folder: of the SQLite database; port: where it listens."""
    database = "uri = postgresql:///" if socket_folder else f"uri = sqlite://\npath = {folder}"
    file = folder / "trytond.conf"
    file.write_text(f"[database]\n{database}\n[web]\nlisten = 127.0.0.1:{port}\n", encoding="utf-8")
    return file
