"""What keeps browsers and the hub safe from what others send and show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import hub.web
from hub.service import people
from hub.web.options import WebOptions, public_address
from hub.web.rendering import environment
from hub.web.routes import PAGE_BYTES
from tests.web.conftest import PASSWORD, Site, words

TEMPLATES = sorted((Path(hub.web.__file__).parent / "templates").rglob("*.html"))
PAGES = ["/sign-in", "/account", "/nowhere", "/healthz"]
PUBLIC = "https://hub.example"


def public(site: Site) -> TestClient:
    return TestClient(site.app, base_url=PUBLIC, follow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_it_does_not_need(site: Site, path: str) -> None:
    headers = site.visitor("exporter").client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_a_mistake_of_ours_has_the_same_headers_a_number_and_no_trace(site: Site) -> None:
    @site.app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("the secret in the message")

    client = TestClient(site.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert re.search(r"give this number: [0-9a-f]{16}", words(answer.text))
    assert "secret" not in answer.text
    assert "Error" not in answer.text
    told = client.get("/api/broken", headers={"accept": "application/json"})
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")


def test_files_of_ours_are_kept_by_browsers_until_they_change(site: Site) -> None:
    page = site.visitor().get("/sign-in")
    found = re.search(r'href="(/static/hub\.css\?v=[0-9a-f]{12})"', page)
    assert found
    answer = site.visitor().client.get(found[1])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert site.visitor().client.get("/static/hub.css").headers["cache-control"] == "no-store"
    assert site.visitor().client.get("/static/../app.py").status_code == 404
    assert site.visitor().client.get("/static/%2e%2e/app.py").status_code == 404


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "", "localhost:80:80", "hub.example"]
)
def test_the_hub_answers_to_its_own_names_only(site: Site, host: str) -> None:
    assert site.visitor().client.get("/sign-in", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:9", "[::1]:8000", "LOCALHOST:8000"])
def test_this_machine_reaches_it_by_any_of_its_names(site: Site, host: str) -> None:
    assert site.visitor().client.get("/sign-in", headers={"host": host}).status_code == 200


def test_by_its_public_address_it_asks_for_https_and_keeps_its_cookies_to_it(public_site: Site) -> None:
    client = public(public_site)
    page = client.get("/sign-in")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-hub-form=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    token = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert token
    fields = {"csrf": token[1], "name": "exporter", "password": PASSWORD}
    foreign = client.post("/sign-in", data=fields, headers={"origin": "http://hub.example"})
    assert foreign.status_code == 400
    answer = client.post("/sign-in", data=fields, headers={"origin": PUBLIC})
    assert answer.status_code == 303
    session = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-hub-session="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(session.split("; "))


def test_on_this_machine_alone_nothing_asks_for_https(site: Site) -> None:
    headers = site.visitor().client.get("/sign-in").headers
    assert "strict-transport-security" not in headers
    assert headers["set-cookie"].startswith("hub-form=")
    assert "Secure" not in headers["set-cookie"]
    assert "HttpOnly" in headers["set-cookie"]


@pytest.mark.parametrize(
    "text",
    [
        "hub.example",
        "ftp://hub.example",
        "https://",
        "https://hub.example/path",
        "https://user@hub.example",
        "https://hub.example?x=1",
    ],
)
def test_a_public_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HUB_PUBLIC_URL"):
        public_address(text)


def test_a_public_address_may_end_with_a_slash() -> None:
    assert public_address(" https://hub.example:8443/ ") == "https://hub.example:8443"
    assert WebOptions(public_url="https://hub.example:8443").knows("hub.example:8443")
    assert public_address("") == ""


def test_more_than_a_page_may_take_is_refused_whether_it_says_its_size_or_not(site: Site) -> None:
    visitor = site.visitor("exporter")
    large = b"csrf=" + visitor.token().encode() + b"&x=" + b"y" * PAGE_BYTES
    kind = {"content-type": "application/x-www-form-urlencoded"}

    def in_pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    told = visitor.client.post("/sign-out", content=large, headers=kind)
    untold = visitor.client.post("/sign-out", content=in_pieces(), headers=kind)
    assert (told.status_code, untold.status_code) == (413, 413)
    assert "larger than the 1 MB" in words(told.text)
    visitor.get("/account")


def test_nothing_is_read_of_what_somebody_sends_who_is_not_signed_in(site: Site) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(10):
            read += 1
            yield b"x" * 1000

    answer = site.visitor().client.post("/account/password", content=endless())
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("application/json", b'{"csrf": "x"}'),
        ("text/plain", b"csrf=x"),
        ("", b"csrf=x"),
    ],
)
def test_what_is_no_form_is_not_taken(site: Site, kind: str, content: bytes) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = site.visitor("exporter").client.post("/sign-out", content=content, headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_characters_that_no_database_keeps_are_refused_wherever_they_stand(site: Site, text: str) -> None:
    visitor = site.visitor("support")
    assert (
        visitor.client.post("/sign-in", data={"csrf": visitor.token(), "name": text, "password": "x"}).status_code
        == 400
    )
    assert visitor.client.get("/account", params={"x": text}).status_code == 400
    assert visitor.client.get(f"/c/{text.replace(chr(0), '%00')}").status_code in (400, 404)


@pytest.mark.parametrize("junk", ["x", "é", "0" * 5000, "%00", '"', "a=b"])
def test_a_cookie_of_somebody_elses_making_is_nobodys(site: Site, junk: str) -> None:
    visitor = site.visitor()
    header = [(b"cookie", f"hub-session={junk}; hub-told={junk}; hub-form={junk}".encode())]
    assert visitor.client.get("/account", headers=header).status_code == 303
    assert visitor.client.get("/sign-in", headers=header).status_code == 200


def test_nobody_can_have_the_next_page_say_something(site: Site) -> None:
    visitor = site.visitor("exporter")
    visitor.client.cookies.set("hub-told", "0" * 64 + ".Your%20account%20is%20closed")
    assert "closed" not in visitor.told("/account")


def test_every_template_escapes_what_it_shows() -> None:
    assert environment().autoescape is True
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [path.name for path in TEMPLATES if unsafe.search(path.read_text("utf-8"))] == []


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+\s*=|javascript:", re.IGNORECASE)
    assert len(TEMPLATES) > 5
    found = [f"{path.name}: {match[0]}" for path in TEMPLATES for match in inline.finditer(path.read_text("utf-8"))]
    assert found == []


def test_every_form_that_changes_something_carries_its_token() -> None:
    forms = re.compile(r'<form[^>]*method="post"[^>]*>(.*?)</form>', re.IGNORECASE | re.DOTALL)
    found = [(path.name, form) for path in TEMPLATES for form in forms.findall(path.read_text("utf-8"))]
    assert found
    assert [name for name, form in found if "csrf" not in form] == []


def test_the_documents_of_the_api_are_not_open(site: Site) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        site.visitor().get(path, 404)


def test_access_that_is_taken_is_gone_with_the_next_page(site: Site) -> None:
    visitor = site.visitor("exporter")
    visitor.get("/c/DEMO/exports")
    people.take_access(site.hub, "DEMO", "exporter")
    visitor.get("/c/DEMO/exports", 404)
