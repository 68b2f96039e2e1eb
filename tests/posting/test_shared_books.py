"""Two companies of the hub, or two hubs, on one set of books: each sees its own journals and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.service.context import NotFound
from hub.testing.lossy import Fault
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.posting.conftest import MakeHouse
from tests.posting.house import House
from tests.posting.proofs import posted_once, reference, sends

Both = tuple[House, House]


ONE, TWO = "one hub", "two hubs"
IN_TWO_HUBS_TOO = pytest.mark.parametrize("both", [ONE, TWO], indirect=True)


@pytest.fixture
def both(
    counted: MakeHouse, sqlite_databases: SqliteDatabases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Both]:
    """Return two companies with the same site, count and figures, whose connections lead to one ledger."""
    one = counted(Profile.NO_KEY)
    url = str(one.database.url) if getattr(request, "param", ONE) == ONE else sqlite_databases.migrated()
    home = tmp_path / "other"
    other = House(url, home, profile=Profile.NO_KEY, ledger=one.ledger, clock=one.clock, company="OTHER").set_up()
    other.counts()
    yield one, other
    other.close()


@IN_TWO_HUBS_TOO
def test_their_references_and_keys_never_collide_and_each_posts_its_own_journal(both: Both) -> None:
    one, other = both
    made, others = one.export(), other.export()
    posted_once(one, made)
    posted_once(other, others)
    first, second = made["postings"][0], others["postings"][0]
    assert all(first[name] != second[name] for name in ("reference", "key"))
    assert made["export"] != others["export"]
    assert len(one.ledger.journals()) == 2


def test_a_lost_journal_of_one_is_never_taken_for_the_others(both: Both) -> None:
    one, other = both
    posted_once(other, other.export())
    one.spoil(Fault.REQUEST_LOST)
    made = one.export()
    assert made["state"] == "UNKNOWN"
    posted_once(one.settles(), made)
    assert (len(sends(one)), len(one.ledger.journals())) == (2, 2)


@IN_TWO_HUBS_TOO
def test_neither_sees_what_befell_the_others_journal(both: Both) -> None:
    one, other = both
    made, others = one.export(), other.export()
    one.ledger.delete(one.ledger.journals(reference(made))[0].id)
    assert other.check() == []
    assert [found["export"] for found in one.check()] == [made["export"]]
    assert (other.shown(others["export"])["problems"], other.check()) == ([], [])


def test_an_undo_of_one_leaves_the_others_journal_alone(both: Both) -> None:
    one, other = both
    made, others = one.export(), other.export()
    assert one.undo(made["export"])["state"] == "UNDONE"
    posted_once(other, others)
    assert str(one.balance("1310")) == "307.68"


def test_one_cannot_look_at_the_others_exports_nor_do_anything_with_them(both: Both) -> None:
    one, other = both
    made = one.export()
    for ask in (other.shown, other.undo, other.resume, other.accept):
        with pytest.raises(NotFound):
            ask(made["export"])


def test_a_failing_connection_of_one_company_keeps_the_others_from_nothing(both: Both) -> None:
    one, other = both
    one.down = Fault.UNAVAILABLE_503
    for _attempt in range(4):
        one.export("2026-10-31", "acknowledge=not_checked")
        one.later(20)
    posted_once(other, other.export())
