"""The sandbox's pages in a browser: plain HTML, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from hub.api import amount_text
from hub.testing.sandbox.books import BookJournal, Books

_STYLE = (
    ":root{color-scheme:light dark;background:Canvas;color:CanvasText}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{padding:.3rem .6rem;text-align:left;vertical-align:top;"
    "border-bottom:1px solid GrayText;overflow-wrap:break-word}h1{font-size:1.5rem}"
    ".amount{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}.wide{overflow-x:auto}button{font:inherit;padding:.5rem 1.2rem;margin:0 .6rem .6rem 0}"
    "tfoot td{font-weight:600}fieldset{border:1px solid GrayText;margin:1rem 0}h2{font-size:1.2rem}dt{font-weight:600}"
    "dd{margin:0 0 .8rem}code{overflow-wrap:anywhere;white-space:pre-wrap;user-select:all;-webkit-user-select:all}"
    "a{color:#0b57d0}@media (prefers-color-scheme:dark){a{color:#a8c7fa}}"
)

_WIDE = '<div class="wide" tabindex="0" role="group" aria-label="Table">'


def page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """Return a page; title is text, body is HTML."""
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main>"
        "</body></html>"
    )
    return HTMLResponse(
        html, status_code=status, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )


def wants_page(request: Request) -> bool:
    """Whether a browser asks, rather than a program."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept and "application/json" not in accept.split("text/html", maxsplit=1)[0]


def front_page(
    label: str, lead: Sequence[str], shown: Mapping[str, Mapping[str, str]], links: Mapping[str, str]
) -> HTMLResponse:
    """Return what a stand-in says of itself where a person looks first.

    label: the accounting system's; lead: its paragraphs; shown: under each heading texts to copy by what they are called, each
    selected as a whole by one click; links: addresses by their words.
    """
    groups = "".join(f"<h2>{escape(heading)}</h2>{_to_copy(texts)}" for heading, texts in shown.items())
    others = "".join(f'<li><a href="{escape(to)}">{escape(words)}</a></li>' for words, to in links.items())
    told = "".join(f"<p>{escape(each)}</p>" for each in lead)
    return page(f"A stand-in for {label}", f"{told}{groups}<h2>Its pages</h2><ul>{others}</ul>")


def ledger_page(books: Books, others: Iterable[Books], base: str) -> HTMLResponse:
    """Return the journals, newest first, each with a link to its own page, and the trial balance.

    base: the address that the ledger's own pages stand below.
    """
    links = " · ".join(
        f'<a href="{base}?{urlencode({"company": other.company})}">{escape(other.name)}</a>' for other in others
    )
    journals = "".join(_journal_row(books, journal, base) for journal in reversed(books.journals.values()))
    none = "<p>No journal was posted yet.</p>" if not journals else ""
    body = (
        f"<p>{escape(books.name)} ({escape(books.company)}), {escape(books.currency)}. "
        f"{_closed(books)} Other books: {links or 'none'}.</p>"
        f"<h2>Journals</h2>{_WIDE}<table><thead><tr><th>Id</th><th>Date</th><th>Reference</th><th>Status</th>"
        f'<th class="amount">Total</th></tr></thead><tbody>{journals}</tbody></table></div>{none}'
        f'<h2>Trial balance</h2>{_WIDE}<table><thead><tr><th>Account</th><th>Name</th><th class="amount">Debit</th>'
        f'<th class="amount">Credit</th></tr></thead><tbody>{_trial_balance(books)}</tbody></table></div>'
    )
    return page(f"Ledger of the sandbox: {books.name}", body)


def journal_page(books: Books, journal: BookJournal, more: Mapping[str, str] | None = None) -> HTMLResponse:
    """Return one journal, line by line; more: what else its head has, by what that is called there."""
    head = "".join(f"<p>{escape(name)}: {escape(text)}</p>" for name, text in (more or {}).items() if text)
    rows = "".join(
        f"<tr><td>{escape(line.account)}</td><td>{escape(books.accounts[line.account].name)}</td>"
        f"{_amount(books, max(line.amount, 0))}{_amount(books, max(-line.amount, 0))}</tr>"
        for line in journal.lines
    )
    total = _amount(books, _total(journal))
    body = (
        f"<p>{escape(books.name)}, dated {journal.date.isoformat()}, {escape(journal.status)}, id {escape(journal.id)}.</p>"
        f"{head}"
        f'{_WIDE}<table><thead><tr><th>Account</th><th>Name</th><th class="amount">Debit</th>'
        '<th class="amount">Credit</th></tr>'
        f"</thead><tbody>{rows}</tbody><tfoot><tr><td></td><td>{len(journal.lines)} lines</td>{total}{total}</tr></tfoot>"
        "</table></div>"
    )
    return page(f"Journal {journal.reference or journal.id}", body)


def _to_copy(texts: Mapping[str, str]) -> str:
    pairs = "".join(f"<dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd>" for name, text in texts.items())
    return f"<dl>{pairs}</dl>"


def _journal_row(books: Books, journal: BookJournal, base: str) -> str:
    address = f"{base}/journal?{urlencode({'company': books.company, 'id': journal.id})}"
    return (
        f'<tr><td><a href="{escape(address)}">{escape(journal.id)}</a></td><td>{journal.date.isoformat()}</td>'
        f"<td>{escape(journal.reference)}</td><td>{escape(journal.status)}</td>{_amount(books, _total(journal))}</tr>"
    )


def _total(journal: BookJournal) -> int:
    return sum(line.amount for line in journal.lines if line.amount > 0)


def _trial_balance(books: Books) -> str:
    return "".join(
        f"<tr><td>{escape(account)}</td><td>{escape(books.accounts[account].name)}</td>"
        f"{_amount(books, max(balance, 0))}{_amount(books, max(-balance, 0))}</tr>"
        for account, balance in books.trial_balance().items()
    )


def _amount(books: Books, minor: int) -> str:
    return f'<td class="amount">{amount_text(minor, books.currency) if minor else ""}</td>'


def _closed(books: Books) -> str:
    return f"Closed through {books.closed_through.isoformat()}." if books.closed_through else "Nothing is closed."
