"""Text of all kinds in memos: taken as it is, changed with a warning, or refused; never a journal of unknown outcome."""

from __future__ import annotations

from dataclasses import replace

from hub.api import EntryRejected, Receipt
from hub.testing.conformance.check import Grade, check, expect
from hub.testing.conformance.trial import Trial, told

NAUGHTY = (
    "Crème brûlée · Ø · ß",
    "仕入 · 野菜 · مخزون · מלאי",
    "🍷👩‍🍳 wine",
    "\"quoted\" 'single' `back`",
    "<script>alert(1)</script> &amp; </memo>",
    "=cmd|' /C calc'!A0",
    "+1 -1 @sum(A1)",
    "a,b;c\td",
    "two\nlines\r\nthree",
    "%s %d {0} ${x} \\n \\u0000",
    "'; DROP TABLE journals; --",
    "\u202eright to left\u202c \u200bzero\u200b width \ufeff",
    "e\u0301 (combining) \ufb01 (ligature)",
    "\x00 \x07 \x1b[31m",
    "-" * 20,
    "   spaces   ",
    "x" * 5_000,
)


@check(
    "text.memos",
    Grade.GOLD,
    protects="A memo is what people write; it must neither break a journal nor come out as something else in silence.",
    mend="Let the library write JSON, XML or CSV; warn in preflight() of what you must change; refuse what cannot be sent.",
)
def memos(trial: Trial) -> None:
    """A memo of any text is posted as it is, changed with a warning, or refused with nothing written."""
    for memo in NAUGHTY:
        entry = trial.entry("1.00", memo=memo)
        with trial.session() as session:
            problems = list(session.preflight(entry))
            outcome = trial.post(session, entry)
        if isinstance(outcome, EntryRejected):
            trial.nothing_stands(entry)
            expect(any(each.blocking for each in problems), f"{memo[:30]!r} is refused, and preflight() said nothing.")
            continue
        expect(isinstance(outcome, Receipt), f"{memo[:30]!r}: {told(outcome)}.")
        standing = trial.stands_once(entry)
        changed = {each.memo for each in standing.recorded.lines} - {memo, memo[: _longest(trial)], ""}
        expect(not changed or problems, f"{memo[:30]!r} became {sorted(changed)[:1]}, and preflight() said nothing.")


@check(
    "text.none",
    Grade.SILVER,
    protects="A line without a memo is a line all the same.",
    mend="Leave the field out, or send it empty.",
)
def none(trial: Trial) -> None:
    """An entry without any memo is posted."""
    entry = trial.entry("1.00", memo="")
    with trial.session() as session:
        trial.posted(session, replace(entry, memo=""))


def _longest(trial: Trial) -> int:
    return trial.host.limits(trial.settings).memo_length or len(NAUGHTY[-1])
