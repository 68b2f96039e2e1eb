"""The connector before a fake ledger, for the conformance suite: a stand is made anew for each check."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hub.api import Account, AccountKind, ReceiptStatus, Recorded, RecordedLine
from hub.testing import FakeLedger, Journal, LedgerFault, VirtualClock
from hub.testing import Profile as LedgerProfile
from hub.testing.conformance.stand import Deeds, Stand, Standing
from hub.testing.connector.connector import FakeConnector
from hub.testing.profile import Profile

BASE_URL = "http://ledger.example"


def make_stand(currency: str, profile: Profile = Profile.REQUEST_ID) -> Stand:
    """Return the connector before a ledger of its own, whose books are kept in a currency."""
    clock = VirtualClock()
    ledger = FakeLedger(now=clock.now, profile=LedgerProfile(profile.value), currency=currency)
    token = ledger.issue_token()
    by_number = {account.number: account for account in ledger.accounts}
    return Stand(
        connector=FakeConnector(profile),
        settings={"base_url": BASE_URL, "profile": profile.value},
        accounts=(by_number["1310"], by_number["5010"]),
        books=lambda: [standing_of(journal, ledger) for journal in ledger.journals()],
        clock=clock,
        currency=currency,
        transport=ledger.transport(),
        headers=lambda: {"Authorization": f"Bearer {token}"},
        secrets=(token,),
        deeds=deeds_of(ledger),
    )


def deeds_of(ledger: FakeLedger) -> Deeds:
    """Return what people and machines do in a ledger."""
    numbers = count(7001)

    def add_account(name: str) -> Account:
        number = str(next(numbers))
        account = Account(id=f"acc-{number}", number=number, name=name, kind=AccountKind.EXPENSE)
        ledger.add_account(account)
        return account

    def edit(journal_id: str) -> None:
        (journal,) = (each for each in ledger.journals() if each.id == journal_id)
        ledger.edit(journal_id, lines=[replace(line, amount=line.amount + 1) for line in journal.lines])

    return Deeds(
        close_books=ledger.close_period,
        deactivate=lambda account: ledger.deactivate(account.id),
        add_account=add_account,
        edit=edit,
        delete=ledger.delete,
        end_sign_in=ledger.revoke,
        draft_next=lambda: ledger.misbehave(LedgerFault.MADE_DRAFT),
        commit_late=ledger.commit_late,
    )


def standing_of(journal: Journal, ledger: FakeLedger) -> Standing:
    """Return a journal as it stands in a ledger."""
    accounts = {account.id: account for account in ledger.accounts}
    lines = tuple(
        RecordedLine(account=accounts[line.account], side=line.side, amount=line.amount, memo=line.memo)
        for line in journal.lines
    )
    status = ReceiptStatus(journal.status)
    recorded = Recorded(date=journal.date, currency=journal.currency, status=status, lines=lines)
    return Standing(id=journal.id, reference=journal.reference, recorded=recorded)
