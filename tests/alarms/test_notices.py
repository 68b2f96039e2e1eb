"""Who is told of alarms is told once, in one message with all that is new, and again when it is over."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.service.alarms.keeping import keep_records
from hub.service.companies import add_company
from hub.service.connecting.keys import key_problems, rotate_keys
from hub.service.context import Refused
from hub.service.notices.digest import write_digests
from hub.service.notices.recipients import add_recipient, recipients, remove_recipient
from hub.service.notices.sending import PAUSES, messages, send_due, send_test
from hub.service.notices.wording import signed as signature_of
from hub.service.ways import NotDelivered
from tests.alarms.conftest import Office
from tests.alarms.test_records import deletes, differs
from tests.connecting.signed_house import SignedHouse
from tests.posting.house import House

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of a canary key").decode()
HOOK = "https://program.example/alarms"
BOOKS, SUPPORT = "books@acme.example", "support@hub.example"


def run(house: House) -> int:
    """Do what the worker does, and return how many messages were written down."""
    keep_records(house.hub)
    written = write_digests(house.hub)
    send_due(house.hub)
    return written


def text(office: Office, number: int = -1) -> str:
    return str(office.mails[number].get_content())


def test_each_is_told_once_of_all_that_is_new_and_once_when_it_is_over(told_house: House, office: Office) -> None:
    house = told_house
    add_recipient(house.hub, "email", SUPPORT)
    add_recipient(house.hub, "email", BOOKS, company=house.company)
    assert run(house) == 0
    differs(house)
    made = house.query("SELECT code FROM export")[0]["code"]
    assert run(house) == 2
    assert sorted(mail["To"] for mail in office.mails) == [BOOKS, SUPPORT]
    assert office.mails[0]["Subject"] == "Inventory Hub, Acme Restaurants: 1 new alarm"
    told = text(office)
    assert "Acme Restaurants, books" in told
    assert "otherwise than it was sent" in told
    assert "What to do: " in told
    assert f"https://hub.example/c/ACME/exports/{made}" in told
    assert [run(house), run(house)] == [0, 0]
    house.accept(made)
    assert run(house) == 2
    assert "OVER" in text(office)
    assert office.mails[-1]["Subject"].endswith("1 over")
    assert run(house) == 0
    assert len(office.mails) == 4


def test_who_is_told_of_one_company_hears_of_no_other(told_house: House, office: Office) -> None:
    add_company(told_house.hub, code="OTHER", name="Other", currency="USD")
    add_recipient(told_house.hub, "email", "other@other.example", company="OTHER")
    differs(told_house)
    assert (run(told_house), office.mails) == (0, [])


def test_who_is_added_later_is_told_of_what_is_open_then(told_house: House, office: Office) -> None:
    deletes(told_house)
    keep_records(told_house.hub)
    add_recipient(told_house.hub, "email", SUPPORT)
    assert run(told_house) == 1
    assert "deleted or voided" in text(office)


def test_an_alarm_that_becomes_graver_is_told_as_new_and_not_as_over(signed: SignedHouse, office: Office) -> None:
    signed.hub = office.serve(signed.hub)
    add_recipient(signed.hub, "email", SUPPORT)
    signed.vendor.hard_s = 60 * 86_400
    signed.sign_in()
    signed.clock.advance(31 * 86_400)
    assert run(signed) == 1
    signed.clock.advance(23 * 86_400)
    assert run(signed) == 1
    assert "Warning. The sign-in of books ends on" in text(office)
    assert "OVER" not in text(office)


def test_a_program_is_called_with_a_signature_it_can_check(told_house: House, office: Office) -> None:
    house = told_house
    add_recipient(house.hub, "webhook", HOOK, secret=SECRET)
    differs(house)
    run(house)
    ((url, body, headers),) = office.calls
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = base64.b64encode(hmac.digest(b"thirty-two bytes of a canary key", signed, hashlib.sha256)).decode()
    assert (url, headers["webhook-signature"]) == (HOOK, f"v1,{mark}")
    told = json.loads(body)
    assert (told["id"], told["kind"], len(told["new"])) == (headers["webhook-id"], "alarms", 1)
    assert {"company", "connection", "code", "level", "what", "to_do", "link"} <= set(told["new"][0])


def test_the_signature_is_the_one_of_the_published_example() -> None:
    headers = signature_of(
        b'{"test": 2432232314}',
        code="msg_p5jXN8AQM9LWM0D4loKWxJek",
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        at=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_does_not_arrive_is_tried_again_with_growing_pauses_under_the_same_id_and_then_given_up(
    told_house: House, office: Office
) -> None:
    house = told_house
    add_recipient(house.hub, "webhook", HOOK, secret=SECRET)
    differs(house)
    office.answers = [500] * 99
    run(house)
    for pause in PAUSES:
        assert send_due(house.hub) == []
        house.clock.advance((pause - timedelta(seconds=2)).total_seconds())
        before = len(office.calls)
        send_due(house.hub)
        assert len(office.calls) == before
        house.clock.advance(3)
        send_due(house.hub)
        assert len(office.calls) == before + 1
    (message,) = messages(house.hub)
    assert (message.state, message.tries, message.due_at) == ("failed", len(PAUSES) + 1, None)
    assert message.outcome == "Answered with 500."
    assert len({(body, headers["webhook-id"]) for _, body, headers in office.calls}) == 1
    house.clock.advance(10 * 86_400)
    assert send_due(house.hub) == []


@pytest.mark.parametrize(
    ("answer", "state"), [(302, "waiting"), (410, "failed"), (NotDelivered("It did not answer."), "waiting")]
)
def test_what_is_answered_decides_whether_it_is_tried_again(
    told_house: House, office: Office, answer: object, state: str
) -> None:
    add_recipient(told_house.hub, "webhook", HOOK, secret=SECRET)
    differs(told_house)
    office.answers = [answer]
    run(told_house)
    assert messages(told_house.hub)[0].state == state


def test_a_message_whose_worker_died_is_sent_by_another_later(told_house: House, office: Office) -> None:
    house = told_house
    add_recipient(house.hub, "email", SUPPORT)
    differs(house)
    keep_records(house.hub)
    write_digests(house.hub)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    dying = replace(house.hub, ways=replace(house.hub.ways, send_mail=dies))
    with pytest.raises(KeyboardInterrupt):
        send_due(dying)
    assert send_due(house.hub) == []
    house.clock.advance(301)
    assert send_due(house.hub) == ["1 notices sent"]


def test_a_test_says_nothing_but_that_it_arrived_and_is_not_tried_again(told_house: House, office: Office) -> None:
    number = str(add_recipient(told_house.hub, "email", SUPPORT))
    assert send_test(told_house.hub, number).state == "sent"
    assert "There is nothing to do" in text(office)
    office.answers = [NotDelivered("The mail server refused the message (451).")]
    assert (send_test(told_house.hub, number).state, send_test(told_house.hub, number).state) == ("failed", "sent")


@pytest.mark.parametrize(
    ("kind", "address", "secret", "code"),
    [
        ("email", "nobody", "", "address_invalid"),
        ("email", "a@b.example\nBcc: c@d.example", "", "address_invalid"),
        ("email", "a@b.example, c@d.example", "", "address_invalid"),
        ("webhook", "http://program.example/alarms", SECRET, "address_refused"),
        ("webhook", "https://user:pass@program.example/", SECRET, "address_refused"),
        ("webhook", "https://127.0.0.1/alarms", SECRET, "address_refused"),
        ("webhook", "https://private.example/alarms", SECRET, "address_refused"),
        ("webhook", HOOK, "short", "secret_invalid"),
        ("pigeon", HOOK, SECRET, "kind_unknown"),
    ],
)
def test_an_address_that_cannot_be_right_or_must_not_be_called_is_refused(
    house: House, office: Office, kind: str, address: str, secret: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        add_recipient(office.serve(house.hub), kind, address, secret=secret)
    assert refused.value.problems[0].code == code
    assert recipients(house.hub) == []


def test_who_is_added_and_removed_is_in_the_audit_trail_and_the_secret_is_sealed(told_house: House) -> None:
    house = told_house
    number = add_recipient(house.hub, "webhook", HOOK, company=house.company, secret=SECRET)
    (row,) = house.query("SELECT secret FROM recipient")
    assert SECRET not in row["secret"]
    with pytest.raises(Refused):
        add_recipient(house.hub, "webhook", HOOK, company=house.company, secret=SECRET)
    before = row["secret"]
    assert rotate_keys(house.hub)[1] == 1
    assert house.query("SELECT secret FROM recipient")[0]["secret"] != before
    assert key_problems(house.hub) == []
    assert send_test(house.hub, str(number)).state == "sent"
    remove_recipient(house.hub, str(number))
    remove_all = house.query("SELECT action, subject, detail FROM audit_event ORDER BY seq DESC LIMIT 2")
    assert [each["action"] for each in remove_all] == ["remove recipient", "add recipient"]
    assert all(SECRET not in json.dumps(each) for each in remove_all)
    assert recipients(house.hub) == []
