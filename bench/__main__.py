"""Measure everything and print one table: name, ours, floor or peer, ratio, target, met or missed.

With --quick each is measured once instead of several times, and without the 10 million lines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

Figure = tuple[str, float, float, float, float]
"""Name, ours, the floor or peer, their ratio, the most that ratio may be (infinite: shown for comparison)."""

HEADER = f"{'':<46}{'ours':>10}{'floor':>10}{'ratio':>9}{'target':>9}"


def main() -> None:
    """Print the table as it is measured; the exit code says nothing of the targets."""
    quick = "--quick" in sys.argv[1:]
    print(HEADER, flush=True)
    for measure in _measures(quick=quick):
        for figure in measure():
            print(_row(figure), flush=True)


def _measures(*, quick: bool) -> Iterable[Callable[[], Iterable[Figure]]]:
    from bench import customers, engine, exports, imports, journals, netsuite, pages, previews, quickbooks, xero
    from bench import help as help_text

    return (
        help_text.figures,
        lambda: journals.figures(quick=quick),
        lambda: previews.figures(quick=quick),
        imports.figures,
        lambda: pages.figures(quick=quick),
        lambda: customers.figures(quick=quick),
        lambda: engine.figures(quick=quick),
        lambda: exports.figures(quick=quick),
        lambda: quickbooks.figures(quick=quick),
        lambda: xero.figures(quick=quick),
        lambda: netsuite.figures(quick=quick),
    )


def _row(figure: Figure) -> str:
    name, ours, floor, ratio, target = figure
    shown, verdict = (
        (f"{target:9.3g}", "met" if ratio <= target else "missed") if target != float("inf") else (" " * 9, "")
    )
    return f"{name:<46}{ours:>10.4g}{floor:>10.4g}{ratio:>9.3g}{shown}  {verdict}".rstrip()


if __name__ == "__main__":
    main()
