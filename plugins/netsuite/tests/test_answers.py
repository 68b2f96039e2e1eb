"""What is read out of NetSuite's XML: any order, any case, and no attack."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from hub.api import ConnectorError, OutcomeUnknown
from hub_netsuite.answers import Unreadable, answer, document
from plugins.netsuite.tests.journals import Scripted, entry, envelope, scripted
from plugins.netsuite.tests.test_envelopes import attacks

DECLARED = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is to be opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_every_attack_of_the_corpus_is_refused_as_an_answer(shared: Path, no_network: None) -> None:
    documents = attacks(shared)
    assert len(documents) > 20
    for name, content in documents:
        with pytest.raises(Unreadable) as caught:
            answer(content)
        assert "root:" not in str(caught.value), name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused_in_any_encoding(encoding: str) -> None:
    with pytest.raises(Unreadable):
        document(DECLARED.decode().encode(encoding))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Service unavailable</body></html>",
        b"<Envelope/>",
        b"<Envelope><Body/></Envelope>",
        b"<a>",
        b"\x00" * 50,
        b"<a>" * 100_000,
    ],
)
def test_what_is_no_envelope_with_something_in_it_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        answer(content)


def test_an_attack_in_the_answer_to_a_journal_leaves_its_outcome_unknown(shared: Path, no_network: None) -> None:
    for _, content in attacks(shared)[:12]:
        told = envelope("")
        told = type(told)(200, headers={"Content-Type": "text/xml"}, content=content)
        session, _ = scripted({"add": told})
        with pytest.raises(OutcomeUnknown, match="cannot read"):
            session.post(entry())


@pytest.mark.parametrize(
    "content",
    [
        "<a:addResponse xmlns:a='urn:x'><a:writeResponse><a:status/></a:writeResponse></a:addResponse>",
        "<a:addResponse xmlns:a='urn:x'><a:writeResponse><a:status isSuccess='maybe'/></a:writeResponse></a:addResponse>",
        "<a:addResponse xmlns:a='urn:x'><a:writeResponse><a:status isSuccess='true'/></a:writeResponse></a:addResponse>",
        "<a:addResponse xmlns:a='urn:x'/>",
        "<a:other xmlns:a='urn:x'/>",
    ],
)
def test_an_answer_to_a_journal_that_says_nothing_certain_leaves_its_outcome_unknown(content: str) -> None:
    session, script = scripted({"add": envelope(content)})
    with pytest.raises(OutcomeUnknown, match="not known whether"):
        session.post(entry())
    assert _calls(script) == ["add"]


def test_an_answer_to_a_question_that_is_no_xml_is_told_as_such() -> None:
    told = envelope("")
    session, _ = scripted({"get": type(told)(200, content=b"{}")})
    with pytest.raises(ConnectorError, match="cannot read") as caught:
        session.find(entry())
    assert not isinstance(caught.value, OutcomeUnknown)


def _calls(script: Scripted) -> list[str]:
    return [name for name in script.calls() if name not in ("getAll", "search Subsidiary")]
