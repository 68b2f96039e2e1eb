"""How quick `hub --help` is, against the help of a bare Typer program in the same run."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 15
TARGET = 1.2

Figure = tuple[str, float, float, float, float]
"""Name, ours in seconds, the floor in seconds, their ratio, the most that ratio may be."""

HUB = "import sys; sys.argv = ['hub', '--help']; from hub.app import main; main()"
BARE = """
import sys
import typer

app = typer.Typer()

@app.command()
def counts(company: str) -> None:
    "List the counts."

@app.command()
def preview(company: str) -> None:
    "Show a preview."

sys.argv = ["bare", "--help"]
app()
"""


def figures() -> list[Figure]:
    """Return one figure: the best of several starts of each, taken in turn so that both see the same machine."""
    starts = [(_seconds(HUB), _seconds(BARE)) for _ in range(ROUNDS)]
    ours, floor = (min(each) for each in zip(*starts, strict=True))
    return [("hub --help", ours, floor, ours / floor, TARGET)]


def _seconds(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    for name, ours, floor, ratio, target in figures():
        print(f"{name}: {ours:.3f} s, bare {floor:.3f} s, ratio {ratio:.2f} (at most {target})")


if __name__ == "__main__":
    main()
