"""The vendor's errors, word for word where a reply was recorded or documented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

Json: TypeAlias = Any  # a JSON value, with Decimal for its numbers

VENDORS_ZONE = timezone(timedelta(hours=-8))
VALIDATION, SYSTEM, AUTHENTICATION, AUTHORIZATION, SERVICE = (
    "ValidationFault",
    "SystemFault",
    "AUTHENTICATION",
    "AuthorizationFault",
    "SERVICE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One error."""

    code: str
    message: str
    detail: str
    element: str = ""


class Refused(Exception):
    """A request that is refused. of_gateway: answered in the gateway's shape, before the API sees it."""

    def __init__(self, *wrong: Wrong, status: int = 400, kind: str = VALIDATION, of_gateway: bool = False) -> None:
        super().__init__("; ".join(f"{each.code} {each.detail}" for each in wrong))
        self.wrong = wrong
        self.status = status
        self.kind = kind
        self.of_gateway = of_gateway


def fault_body(refused: Refused, now: datetime, *, as_gateway: bool) -> Json:
    """Return the body of an error, in the API's shape or in the gateway's, whose names are in lower case."""
    if as_gateway:
        errors = [
            {"message": each.message, "detail": each.detail, "code": each.code, "element": each.element or None}
            for each in refused.wrong
        ]
        nothing = dict.fromkeys(("warnings", "intuitObject"))
        rest = dict.fromkeys(
            ("report", "queryResponse", "batchItemResponse", "attachableResponse", "syncErrorResponse"), None
        )
        at = int(now.timestamp() * 1000)
        return {**nothing, "fault": {"error": errors, "type": refused.kind}, **rest, "requestId": None, "time": at}
    errors = [
        {
            "Message": each.message,
            "Detail": each.detail,
            "code": each.code,
            **({"element": each.element} if each.element else {}),
        }
        for each in refused.wrong
    ]
    return {"Fault": {"Error": errors, "type": refused.kind}, "time": vendor_time(now)}


def vendor_time(now: datetime) -> str:
    """Return an instant as the vendor writes it, with its own offset."""
    return now.astimezone(VENDORS_ZONE).isoformat(timespec="milliseconds")


def unauthorized(detail: str) -> Refused:
    """Return the refusal of a call without a sign-in that is alive."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return Refused(Wrong(code="3200", message=message, detail=detail), status=401, kind=AUTHENTICATION, of_gateway=True)


def forbidden() -> Refused:
    """Return the refusal of a call for a company that the sign-in does not reach."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return Refused(Wrong(code="3100", message=message, detail=""), status=403, kind=AUTHENTICATION, of_gateway=True)


def throttled() -> Refused:
    """Return the refusal of a call too many."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    wrong = Wrong(code="3001", message=message, detail="The request limit was reached.  Try again later")
    return Refused(wrong, status=429, kind=SERVICE, of_gateway=True)


def broken() -> Refused:
    """Return an error of the vendor's own."""
    detail = "An application error has occurred while processing your request"
    return Refused(
        Wrong(code="10000", message=detail, detail=f"System Failure Error: {detail}"), status=500, kind=SYSTEM
    )


def business(detail: str) -> Refused:
    """Return the refusal of a business rule."""
    message = "A business validation error has occurred while processing your request"
    return Refused(Wrong(code="6000", message=message, detail=f"Business Validation Error: {detail}"))


def passing() -> Refused:
    """Return the business error that passes by itself."""
    return business(
        "An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again."
    )


def missing(parameter: str) -> Refused:
    """Return the refusal of a body that lacks something."""
    detail = f"Required parameter {parameter} is missing in the request"
    message = "Required param missing, need to supply the required value for the API"
    return Refused(Wrong(code="2020", message=message, detail=detail, element=parameter))


def unsupported(detail: str) -> Refused:
    """Return the refusal of a body with something that is not known."""
    message = "Request has invalid or unsupported property"
    return Refused(Wrong(code="2010", message=message, detail=f"Property Name:{detail}"))


def too_long(field: str, most: int, length: int) -> Refused:
    """Return the refusal of a text that is too long."""
    message = "String length is either shorter or longer than supported by specification"
    detail = f"{message} : Min:0 Max:{most} supplied length:{length}. {field}"
    return Refused(Wrong(code="2050", message=message, detail=detail, element=field))


def no_number(field: str, value: object) -> Refused:
    """Return the refusal of a number that is none."""
    detail = f"Invalid Number : {value} is not a valid number for {field}"
    return Refused(Wrong(code="2080", message="Invalid Number", detail=detail, element=field))


def no_reference(kind: str, value: str) -> Refused:
    """Return the refusal of a reference to nothing. kind: Accounts, Klasses or Depts."""
    detail = f"Invalid Reference Id : {kind} element id {value} not found"
    return Refused(Wrong(code="2500", message="Invalid Reference Id", detail=detail))


def inactive() -> Refused:
    """Return the refusal of a reference to something inactive, which does not say to what."""
    detail = (
        "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, "
        "customers, items, vendors or employees."
    )
    return Refused(Wrong(code="610", message="Object Not Found", detail=detail))


def gone() -> Refused:
    """Return the answer for a transaction that was deleted, or never was."""
    detail = "Object Not Found : Another user has deleted this transaction."
    return Refused(Wrong(code="610", message="Object Not Found", detail=detail))


def stale() -> Refused:
    """Return the refusal of a change to what was changed meanwhile."""
    detail = (
        "Stale Object Error : You and another user were working on this at the same time. The other user finished before "
        "you did, so your work was not saved."
    )
    return Refused(Wrong(code="5010", message="Stale Object Error", detail=detail))


def no_feature(feature: str) -> Refused:
    """Return the refusal of what the company's plan, or its settings, do not have."""
    detail = f"Permission Denied Error : {feature} is not available for this company"
    return Refused(Wrong(code="5020", message="Permission Denied Error", detail=detail))


def closed() -> Refused:
    """Return the refusal of a date in the closed books."""
    detail = (
        "The account period has closed and the account books cannot be updated through through the QBO Services API. "
        "Please use the QBO website to make these changes."
    )
    return Refused(
        Wrong(code="6210", message="Account Period Closed, Cannot Update Through Services API", detail=detail)
    )


def duplicate_number(number: str, txn_id: str) -> Refused:
    """Return the refusal of a number that another journal has."""
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType=Journal Entry with TxnId={txn_id}"
    )
    return Refused(Wrong(code="6140", message="Duplicate Document Number Error", detail=detail))


def duplicate_name(name: str) -> Refused:
    """Return the refusal of a name that something else has."""
    detail = f"The name supplied already exists. : {name}"
    return Refused(Wrong(code="6240", message="Duplicate Name Exists Error", detail=detail))


def query_unparsable(detail: str) -> Refused:
    """Return the refusal of a query that cannot be read."""
    return Refused(Wrong(code="4000", message="Error parsing query", detail=f"QueryParserError: {detail}"))


def query_invalid(detail: str) -> Refused:
    """Return the refusal of a query that asks for what cannot be asked."""
    return Refused(Wrong(code="4001", message="Invalid query", detail=f"QueryValidationError: {detail}"))
