"""The SOAP endpoint: messages are read, signed-in, answered, and every refusal of a whole message is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from hub_netsuite.sandbox import envelopes, refusals
from hub_netsuite.sandbox.company import Company
from hub_netsuite.sandbox.envelopes import Element, Writer, local, namespace, text
from hub_netsuite.sandbox.operations import WRITES, Call, Operations
from hub_netsuite.sandbox.passports import Passport, SignIns
from hub_netsuite.sandbox.refusals import Fault
from hub_netsuite.sandbox.versions import NEWEST, Version, answered
from hub_netsuite.sandbox.way import Trouble, Way

WEB_SERVICES = "Setup -> SOAP Web Services"
WITHOUT_SIGN_IN = frozenset({"getDataCenterUrls"})
_TROUBLES = {
    "concurrency": refusals.at_once,
    "throttle": refusals.too_often,
    "unexpected": refusals.unexpected,
}


class Soap:
    """Answers /services/NetSuitePort_YYYY_V."""

    def __init__(self, company: Company, operations: Operations, sign_ins: SignIns, way: Way, base_url: str) -> None:
        self._company = company
        self._operations = operations
        self._sign_ins = sign_ins
        self._way = way
        self._host = urlsplit(base_url).netloc

    async def answer(self, request: Request) -> Response:
        """Answer one message; raises AnswerLost."""
        version = answered(request.path_params["version"])
        with self._way.counted():
            try:
                if version is None:
                    message = "The endpoint of this version is not supported any more, or not yet."
                    raise Fault("invalidVersion", "UNSUPPORTED_WS_VERSION", message)
                return await self._answered(request, version, await request.body())
            except Fault as fault:
                return self._fault(version or Version(NEWEST), fault)
            except Trouble as trouble:
                return self._fault(version or Version(NEWEST), _TROUBLES[trouble.name]())

    async def _answered(self, request: Request, version: Version, body: bytes) -> Response:
        envelope = envelopes.read(body)
        headers = _headers(envelope)
        call = Call(version=version, told=_operation(envelope, version), preferences=_preferences(headers))
        name = local(call.told)
        writes = name in WRITES
        early = await self._way.come(writes=writes)
        if early is not None:
            return early
        if "soapaction" not in request.headers:
            raise refusals.unreadable("no SOAPAction header!")
        if name not in WITHOUT_SIGN_IN:
            self._admit(request, headers, version)
        answer = self._way.work(lambda: self._operations.done(call), writes=writes)
        return self._way.spoilt(writes=writes) or self._response(version, answer, 200)

    def _admit(self, request: Request, headers: Mapping[str, Element], version: Version) -> None:
        has_session = "JSESSIONID" in request.cookies
        passport = headers.get("tokenPassport")
        if passport is None:
            raise Fault("invalidSession", "SESSION_TIMED_OUT", "Your connection has timed out. Please log in again.")
        if has_session or headers.keys() & {"passport", "applicationInfo"}:
            raise refusals.ambiguous()
        self._sign_ins.admit(_passport(passport, version))
        if WEB_SERVICES in self._company.denied:
            message = refusals.forbidden(WEB_SERVICES).message
            raise Fault("insufficientPermission", "INSUFFICIENT_PERMISSION", message)

    def _fault(self, version: Version, fault: Fault) -> Response:
        return self._response(version, Writer(version).fault(fault, self._host), 500)

    def _response(self, version: Version, body: Element, status: int) -> Response:
        ns_id = f"WEBSERVICES_{self._company.id}_{uuid4().hex}"
        return Response(Writer(version).envelope(body, ns_id), status, media_type="text/xml; charset=utf-8")


def _operation(envelope: Element, version: Version) -> Element:
    body = envelopes.part(envelope, "Body")
    if body is None or len(body) != 1:
        raise refusals.unreadable("The body needs exactly one element.")
    operation = body[0]
    if namespace(operation) != version.namespace("messages"):
        message = f"The namespace {namespace(operation)} is not the one of the endpoint {version.name}."
        raise Fault("invalidVersion", "INVALID_WS_VERSION", message)
    return operation


def _headers(envelope: Element) -> Mapping[str, Element]:
    header = envelopes.part(envelope, "Header")
    return {} if header is None else {local(each): each for each in header}


def _preferences(headers: Mapping[str, Element]) -> Mapping[str, str]:
    told = [headers[name] for name in ("preferences", "searchPreferences") if name in headers]
    return {local(each): text(each) for element in told for each in element}


def _passport(element: Element, version: Version) -> Passport:
    told = {local(each): each for each in element if namespace(each) == version.namespace("core")}
    values = {
        name: text(told.get(name)) for name in ("account", "consumerKey", "token", "nonce", "timestamp", "signature")
    }
    signed = told.get("signature")
    return Passport(
        account=values["account"],
        consumer_key=values["consumerKey"],
        token=values["token"],
        nonce=values["nonce"],
        timestamp=values["timestamp"],
        signature=values["signature"],
        algorithm="" if signed is None else signed.get("algorithm", ""),
    )
