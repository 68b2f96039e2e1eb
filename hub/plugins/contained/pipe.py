"""The network of a contained plugin: its session's requests go to the hub, which signs and sends them."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from hub.plugins.client import StayingClient
from hub.plugins.contained.errors import broken_of, raised_by_client
from hub.plugins.contained.frames import Broken, Channel, Garbled, Reply, Send
from hub.plugins.contained.shapes import ClientShape, shown
from hub.plugins.sign_in.signing import READING

_OF_SENDING = frozenset({"connection", "content-encoding", "content-length", "transfer-encoding"})

_NO_TIMEOUT: dict[str, float | None] = dict.fromkeys(("connect", "read", "write", "pool"))
_SEEN = frozenset({"accept", "accept-encoding", "user-agent"})
"""Of its connection's client, a session sees these headers: any other may be what signs its requests."""


class ToTheHub(httpx2.BaseTransport):
    """Has the hub send each request, and returns the whole answer."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises what the hub's own client would."""
        asked = Send(
            method=request.method,
            url=str(request.url),
            headers=list(request.headers.multi_items()),
            timeout=shown(request.extensions.get("timeout", {})),
            reading=request.extensions.get(READING) is True,
        )
        self._channel.send(asked, request.read())
        head, body = self._channel.receive()
        if isinstance(head, Broken):
            raise raised_by_client(head, request)
        if not isinstance(head, Reply):
            raise Garbled
        return httpx2.Response(head.status, headers=head.headers, content=body)


def client_shape(client: httpx2.Client) -> ClientShape:
    """Return what a session may see of its connection's client."""
    return ClientShape(
        base_url=str(client.base_url),
        headers=tuple(each for each in client.headers.multi_items() if each[0] in _SEEN),
        timeout=shown(client.timeout.as_dict()),
    )


def client_of(told: ClientShape, channel: Channel) -> httpx2.Client:
    """Return a session's client."""
    return StayingClient(
        base_url=told.base_url,
        headers=list(told.headers),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=httpx2.Timeout(**told.timeout),
        trust_env=False,
        transport=ToTheHub(channel),
    )


def sent(client: httpx2.Client, asked: Send, content: bytes) -> tuple[Reply | Broken, bytes]:
    """Send a request through the connection's own client, and return what came of it; raises nothing but what ends a program."""
    try:
        request = client.build_request(
            asked.method,
            asked.url,
            headers=asked.headers,
            content=content,
            timeout=httpx2.Timeout(**{**_NO_TIMEOUT, **asked.timeout}),
            extensions={READING: True} if asked.reading else {},
        )
        answer = client.send(request)
        return Reply(status=answer.status_code, headers=_told(answer)), answer.content
    except Exception as error:
        return broken_of(error), b""


def _told(answer: httpx2.Response) -> list[tuple[str, str]]:
    """Return the headers but for those of how the body was sent, which has arrived."""
    return [(name, value) for name, value in answer.headers.multi_items() if name not in _OF_SENDING]
