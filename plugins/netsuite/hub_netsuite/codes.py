"""Which entry of the catalogue each of NetSuite's codes is, and the sentences that only their words tell apart.

Codes: the vendor's enumerations of faults and of status details, and its pages on errors (facts 2.5). A code that is not here
never means that nothing was written, but for a record's own refusal in a status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CODES_OF: Mapping[str, str] = {
    "invalid_login": "INVALID_LOGIN INVALID_LOGIN_ATTEMPT INVALID_LOGIN_CREDENTIALS INVALID_LOGIN_IP CANT_LOGIN_WITH_OAUTH "
    "EMAIL_ADDRS_REQD PSWD_REQD",
    "login_disabled": "LOGIN_DISABLED ACCT_DISABLED ACCT_TEMP_DISABLED",
    "role": "INVALID_ROLE ROLE_REQUIRED",
    "feature": "WS_FEATURE_REQD OI_FEATURE_REQD",
    "ws_permission": "WS_PERMISSION_REQD OI_PERMISSION_REQD WS_LOG_IN_REQD",
    "permission": "INSUFFICIENT_PERMISSION INSUFFICIENT_FLD_PERMISSION NOT_ENOUGH_PERMISSIONS PERMISSION_VIOLATION",
    "account_unknown": "INVALID_ACCT",
    "maintenance": "ACCT_TEMP_UNAVAILABLE",
    "session": "SESSION_TIMED_OUT",
    "version": "INVALID_WS_VERSION UNSUPPORTED_WS_VERSION",
    "concurrency": "WS_REQUEST_BLOCKED WS_CONCUR_SESSION_DISALLWD SSS_REQUEST_LIMIT_EXCEEDED CONCURRENCY_LIMIT_EXCEEDED "
    "EXCEEDED_MAX_CONCUR_RQST EXCEEDED_CONCURRENT_REQUEST_LIMIT_BY_ACCOUNT",
    "too_large": "MAX_RCRDS_EXCEEDED EXCEEDED_RQST_SIZE_LIMIT EXCEEDED_MAX_TRANS_LINES",
    "duplicate": "DUP_RCRD DUP_TRANS",
    "missing_record": "INVALID_KEY_OR_REF INVALID_RCRD_REF RCRD_DSNT_EXIST NONEXISTENT_EXTERNAL_ID",
    "unbalanced": "TRANS_UNBALNCD JE_AMOUNTS_MUST_BALANCE",
    "period": "TRAN_PERIOD_CLOSED TRAN_PRD_CLOSED CLOSED_TRAN_PRD DATE_PRD_MISMATCH INVALID_PERIOD",
    "external_id": "EXTERNALID_REQD",
    "refused": "USER_ERROR JE_LINE_MISSING_REQD_DATA JE_MAX_ONE_LINE INVALID_CONTENT",
    "unexpected": "UNEXPECTED_ERROR UNEXPECTED_FAILURE JE_UNEXPECTED_ERROR IDEMPOTENCY_ERROR INVALID_PAGE_INDEX "
    "INVALID_JOB_ID JOB_NOT_COMPLETE",
}
CODES: Mapping[str, str] = {code: entry for entry, codes in _CODES_OF.items() for code in codes.split()}

# The elements that a fault's detail has, in lower case: what they are where the code says no more (the vendor's WSDL).
FAULTS: Mapping[str, str] = {
    "insufficientpermissionfault": "permission",
    "invalidaccountfault": "account_unknown",
    "invalidsessionfault": "session",
    "invalidcredentialsfault": "invalid_login",
    "exceededconcurrentrequestlimitfault": "concurrency",
    "exceededrequestlimitfault": "concurrency",
    "exceededusagelimitfault": "usage",
    "exceededrecordcountfault": "too_large",
    "exceededrequestsizefault": "too_large",
    "invalidversionfault": "version",
    "unexpectederrorfault": "unexpected",
}

# Of a record that is asked for: it is not there. Anything else that goes wrong never means that.
ABSENT = frozenset({"RCRD_DSNT_EXIST", "NONEXISTENT_EXTERNAL_ID", "NONEXISTENT_ID"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """An error that NetSuite tells apart by its words only: what they look like, and which entry it is."""

    words: re.Pattern[str]
    entry: str
    source: str


SENTENCES: tuple[Sentence, ...] = (
    Sentence(
        words=re.compile(r"ambiguous authentication", re.I),
        entry="ambiguous",
        source="the vendor's page on token-based authentication; NetSweet issue 368 (facts 1.1)",
    ),
    Sentence(
        words=re.compile(r"invalid login attempt", re.I),
        entry="invalid_login",
        source="issues of four public clients (facts 2.5 and 6)",
    ),
    Sentence(
        words=re.compile(r"unexpected error occurred|error id", re.I),
        entry="unexpected",
        source="the vendor's page on journal entries: an unexpected error, with its id (facts 2.5)",
    ),
    Sentence(
        words=re.compile(r"already exists", re.I),
        entry="duplicate",
        source="the vendor's page on journal entries: this record already exists (facts 2.5)",
    ),
    Sentence(
        words=re.compile(
            r"invalid account reference key (?P<reference>\S+) for subsidiary (?P<subsidiary>[^.\s]+)", re.I
        ),
        entry="account_reference",
        source="the vendor's page on journal entries (facts 2.3)",
    ),
    Sentence(
        words=re.compile(
            r"invalid (?P<field>[\w ]+?) reference key (?P<reference>\S+) for subsidiary (?P<subsidiary>[^.\s]+)", re.I
        ),
        entry="reference",
        source="patterns of a public client (facts 2.3)",
    ),
    Sentence(
        words=re.compile(r"invalid account reference key (?P<reference>\S+?)\.?\s*$", re.I),
        entry="account_value",
        source="the same sentence of an account without subsidiaries (facts 2.3)",
    ),
    Sentence(
        words=re.compile(r"invalid (?P<field>[\w ]+?) reference key (?P<reference>\S+?)\.?\s*$", re.I),
        entry="field_value",
        source="the same of other fields (facts 2.3)",
    ),
    Sentence(
        words=re.compile(r"invalid field value (?P<reference>\S+) for the following field: account\b", re.I),
        entry="account_value",
        source="recorded replies of the REST interface",
    ),
    Sentence(
        words=re.compile(r"invalid field value (?P<reference>\S+) for the following field: (?P<field>\w+)", re.I),
        entry="field_value",
        source="recorded replies of the REST interface",
    ),
    Sentence(
        words=re.compile(r"please enter a value for:? subsidiary|please enter value\(s\) for: subsidiary\.?$", re.I),
        entry="subsidiary_needed",
        source="the vendor's page on journal entries (facts 2.5)",
    ),
    Sentence(
        words=re.compile(r"please enter (?:a value|value\(s\)) for:? (?P<fields>[^.]{1,200})", re.I),
        entry="fields_needed",
        source="the vendor's page on journal entries (facts 2.5)",
    ),
    Sentence(
        words=re.compile(r"amounts? in a journal entry must balance|out of balance", re.I),
        entry="unbalanced",
        source="the vendor's page on journal entries (facts 2.5)",
    ),
    Sentence(
        words=re.compile(r"\bperiod\b.*\b(?:closed|locked)\b|\b(?:closed|locked)\b.*\bperiod\b", re.I),
        entry="period",
        source="believed: which code a closed period has is not recorded anywhere (facts 2.5)",
    ),
    Sentence(
        words=re.compile(r"(?:do(?:es)? not have|lacks?) (?:the )?permission|permission violation", re.I),
        entry="permission",
        source="believed, from recorded replies of the REST interface",
    ),
)
