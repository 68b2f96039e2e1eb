"""Files with keys in them: written whole or not at all, and readable for their owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def written_beside(file: Path, content: str) -> Path:
    """Return a new file beside another with this content, all of it on the disk; only its owner may read it."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}.", delete=False) as partial:
        partial.write(content)
        partial.flush()
        os.fsync(partial.fileno())
    return Path(partial.name)


def make_once(file: Path, content: str) -> None:
    """Make a file; one that is there already, made meanwhile, stays as it is."""
    new = written_beside(file, content)
    try:
        os.link(new, file)
    except FileExistsError:
        pass
    finally:
        new.unlink()
