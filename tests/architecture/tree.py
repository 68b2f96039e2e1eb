"""The source tree as the architecture tests read it."""

import ast
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LARGEST_FILE_BYTES = 2_000_000


@cache
def files() -> list[Path]:
    """Every file that is committed or about to be, relative to the root of the tree."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return sorted(Path(name) for name in listing.split("\0") if name and (REPOSITORY / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file with its content."""
    for path in files():
        content = (REPOSITORY / path).read_bytes()
        if len(content) <= LARGEST_FILE_BYTES and b"\0" not in content:
            yield path, content.decode(errors="replace")


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def sources() -> Iterator[tuple[Path, str]]:
    """Every Python file of the product, its tests left out."""
    return ((path, text) for path, text in texts() if path.suffix == ".py" and not is_test(path))


@cache
def parsed(text: str) -> ast.Module:
    """A file's syntax tree, which rules read and none changes."""
    return ast.parse(text)


def findings(rule: Callable[[ast.Module], Iterator[str]], *rooms: str) -> list[str]:
    """What a rule finds in the product's files, or in those below the given rooms, each with where it is."""
    return [
        f"{path}:{finding}"
        for path, text in sources()
        if not rooms or any(path.is_relative_to(room) for room in rooms)
        for finding in rule(parsed(text))
    ]
