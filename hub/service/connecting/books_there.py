"""Which books a connection belongs to: chosen once among those that its sign-in reaches, and kept ever after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from hub.api import Company
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, refuse
from hub.service.network import LOCAL
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.chart_rows import is_in_use
from hub.store.company_rows import change_connection, connection_rows


def companies_there(hub: Hub, company: str, connection: str) -> list[dict[str, Any]]:
    """List the companies that a connection's sign-in reaches: id, name, currency, and whether it is the chosen one.

    misfit: why no site of the connection could post there, empty where one can.
    """
    books, row = opened(hub, company, connection)
    with books.session() as session:
        found = session.companies()
    with reading(hub, company) as rows:
        sites = [each for each in rows.setup.sites.values() if each.connection == row["name"]]
        currencies = {each.currency for each in sites} or {rows.setup.currency}
    return [
        {
            **document(each, chosen=row["chosen_at"] is not None and each.id == row["books"]),
            "misfit": _misfit(each, currencies),
        }
        for each in found
    ]


def _misfit(found: Company, currencies: Collection[str]) -> str:
    if found.currency is None or found.currency in currencies:
        return ""
    return f"The sites keep {' and '.join(sorted(currencies))}, so none of their counts could be posted here."


def choose_company(hub: Hub, company: str, connection: str, company_id: str) -> dict[str, Any]:
    """Choose the company that a connection posts to, among those its sign-in reaches; another than before is refused."""
    books, _ = opened(hub, company, connection)
    with books.session() as session:
        found = session.companies()
    with writing(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        chosen = reached(found, company_id, books.label)
        refuse_another(rows, row, chosen, books.label)
        choose(hub, rows, row, chosen)
    return document(chosen, chosen=True)


def opened(hub: Hub, company: str, connection: str) -> tuple[OpenBooks, Row]:
    """Return a connection with its connector at hand, and its row."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        return OpenBooks(hub, row, rows), row


def reached(found: Sequence[Company], company_id: str, label: str) -> Company:
    """Return the company of this id among those that a sign-in reaches; refuses where it is not one of them."""
    chosen = next((each for each in found if each.id == company_id), None)
    if chosen is None:
        raise refuse(
            "wrong_company", f"The sign-in to {label} does not reach the company {company_id}. {_names(found)}"
        )
    return chosen


def refuse_another(rows: CompanyRows, row: Row, chosen: Company, label: str) -> None:
    """Refuse other books than those a connection belongs to, once anything is mapped or exported there."""
    if row["chosen_at"] is None or row["books"] == chosen.id:
        return
    if is_in_use(rows.connection, rows.company_id, row["id"]):
        raise another(row, (chosen,), label)


def another(row: Row, found: Sequence[Company], label: str) -> Refused:
    """Return the refusal of a sign-in that does not reach a connection's books."""
    return refuse(
        "wrong_company",
        f"{row['name']} belongs to {row['books_name']} in {label} ({row['books']}); its maps and exports are of those books. "
        f"{_names(found)} Nothing was changed.",
        f"Sign in as somebody who may use {row['books_name']}; other books need a connection of their own.",
    )


def choose(hub: Hub, rows: CompanyRows, row: Row, chosen: Company) -> None:
    """Have a connection belong to these books."""
    if row["chosen_at"] is not None and row["books"] == chosen.id:
        return
    refuse_real_books(rows, row, chosen)
    values = {"books": chosen.id, "books_name": chosen.name, "chosen_at": hub.database.now(rows.connection)}
    if chosen.currency is not None:
        values["currency"] = chosen.currency
    change_connection(rows.connection, rows.company_id, row["id"], values)
    rows.exports.audit("choose company", row["name"], {"books": chosen.id}, actor=hub.actor, now=hub.clock())


def refuse_real_books(rows: CompanyRows, row: Row, chosen: Company) -> None:
    """Refuse a test copy the books that the company it is of posts to in earnest; one account of a vendor may reach both."""
    if rows.company["test_of"] is None:
        return
    for real in connection_rows(rows.connection, rows.company["test_of"]):
        same = real["chosen_at"] is not None and real["connector"] == row["connector"] and real["books"] == chosen.id
        if same and not _apart(real, row):
            raise refuse(
                "wrong_company",
                f"{real['name']} posts to {chosen.name} ({chosen.id}) in earnest, and a test copy never posts to real books.",
                "Sign in to a company that is there for trying things out, and choose that one.",
            )


def _apart(one: Row, other: Row) -> bool:
    """Whether two connections lead to different places: a stand-in on this machine, and not the same one."""
    if LOCAL not in (one["environment"], other["environment"]):
        return False
    places = [(each["environment"], str(each["settings"].get("base_url", "")).rstrip("/")) for each in (one, other)]
    return places[0] != places[1]


def document(company: Company, *, chosen: bool) -> dict[str, Any]:
    """Return a company as programs and screens read it."""
    return {"id": company.id, "name": company.name, "currency": company.currency, "chosen": chosen}


def _names(found: Sequence[Company]) -> str:
    names = ", ".join(f"{each.name} ({each.id})" for each in found)
    return f"This sign-in reaches {names}." if names else "This sign-in reaches no company."
