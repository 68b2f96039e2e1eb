"""The operations of the SOAP endpoint: each answers with an element of the vendor's messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from hub.testing.sandbox import Desk
from hub_netsuite.sandbox import entries, refusals, searching, selecting
from hub_netsuite.sandbox.company import Company, Journal
from hub_netsuite.sandbox.dates import instant_text
from hub_netsuite.sandbox.entries import Ref, Told
from hub_netsuite.sandbox.envelopes import LATE, LATE_OF_THE_HELP, Element, Writer, local, text, xsi_type
from hub_netsuite.sandbox.records import Records
from hub_netsuite.sandbox.refusals import INVALID_REFERENCE, USER_ERROR, Refused, unreadable
from hub_netsuite.sandbox.searching import JOURNAL, TRANSACTION
from hub_netsuite.sandbox.told import journal, reference, whole
from hub_netsuite.sandbox.versions import Version

WRITES = frozenset({"add", "upsert", "upsertList", "update", "delete"})
MOST_UPSERTED, MOST_GOT = 100, 1_000
SMALLEST_PAGE, LARGEST_PAGE = 5, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. told: the element of its operation; preferences: those of its headers, as text by name."""

    version: Version
    told: Element
    preferences: Mapping[str, str] = field(default_factory=dict)

    def prefers(self, name: str, otherwise: str) -> bool:
        """Whether a preference is on."""
        return self.preferences.get(name, otherwise) in ("true", "1")


@dataclass(frozen=True, slots=True)
class _Search:
    """A search that was made: its result stays as it was."""

    kind: str
    keys: tuple[str, ...]
    page_size: int
    with_lists: bool


class Operations:
    """Does what calls ask of one company."""

    def __init__(self, company: Company, desk: Desk, base_url: str) -> None:
        self._company = company
        self._desk = desk
        self._base_url = base_url
        self._searches: dict[str, _Search] = {}
        self._done: Mapping[str, Callable[[Call, Writer], Element]] = {
            "add": lambda call, writer: self._write(call, writer, self._added),
            "upsert": lambda call, writer: self._write(call, writer, self._upserted),
            "update": lambda call, writer: self._write(call, writer, self._updated),
            "upsertList": self._upsert_list,
            "delete": self._delete,
            "get": self._get,
            "getList": self._get_list,
            "getAll": self._get_all,
            "search": self._search,
            "searchMoreWithId": self._search_more,
            "getSelectValue": self._select,
            "getServerTime": self._server_time,
            "getDataCenterUrls": self._data_centre,
        }

    def done(self, call: Call) -> Element:
        """Return the answer to a call; raises Fault."""
        name, writer = local(call.told), Writer(call.version)
        if name not in self._done:
            raise unreadable(f"The sandbox has no operation {name}.")
        return self._done[name](call, writer)

    def _write(self, call: Call, writer: Writer, write: Callable[[Told], Journal]) -> Element:
        record = _only(call.told, "record")
        name = local(call.told)
        return writer.element(f"platformMsgs:{name}Response", self._written(call, writer, record, write))

    def _upsert_list(self, call: Call, writer: Writer) -> Element:
        records = list(call.told)
        if len(records) > MOST_UPSERTED:
            raise refusals.Fault(
                "exceededRecordCount", "MAX_RCRDS_EXCEEDED", f"At most {MOST_UPSERTED} records are taken."
            )
        written = [self._written(call, writer, each, self._upserted) for each in records]
        answer = writer.element("platformMsgs:writeResponseList", writer.status(success=True), *written)
        return writer.element("platformMsgs:upsertListResponse", answer)

    def _written(self, call: Call, writer: Writer, record: Element, write: Callable[[Told], Journal]) -> Element:
        """Write one record, and answer for it: kept, refused, or kept although its answer says that it failed."""
        faults = self._desk.faults
        try:
            if faults.take("unexpected_error"):
                raise Refused(refusals.UNEXPECTED, refusals.unexpected_text())
            warned = faults.take("warn") is not None
            if warned and call.prefers("warningAsError", "false"):
                raise Refused("WARNING", WARNING)
            made = write(journal(record, call.version, self._company.zone))
        except Refused as refused:
            return _refused(writer, refused)
        late = LATE if faults.take("after_submit_failed") else ""
        late = late or (LATE_OF_THE_HELP if faults.take("after_submit_failed_lower") else "")
        details = [writer.detail("WARNING", WARNING, "WARN")] if warned else []
        if late:
            message = f"An error occurred in a script after the record was saved. Error ID: {uuid4().hex[:20]}"
            details.append(writer.detail(refusals.UNEXPECTED, message, late=late))
        status = writer.status(success=not late, details=details)
        return writer.element("platformMsgs:writeResponse", status, _base(writer, made.id, made.external_id))

    def _added(self, told: Told) -> Journal:
        return self._kept(told, None)

    def _upserted(self, told: Told) -> Journal:
        if told.internal_id:
            raise Refused(USER_ERROR, "You cannot set internalId with upsert.")
        if not told.external_id:
            raise Refused("EXTERNALID_REQD", "This operation requies a value for externalId.")
        return self._kept(told, self._company.by_external_id(told.external_id))

    def _updated(self, told: Told) -> Journal:
        known = entries.found(self._company, Ref(internal_id=told.internal_id, external_id=told.external_id))
        if known is None:
            raise refusals.not_there()
        return self._kept(told, known)

    def _kept(self, told: Told, known: Journal | None) -> Journal:
        changed_by = 1 if self._desk.faults.take("changed_amounts") else 0
        return entries.kept(self._company, told, known=known, changed_by=changed_by)

    def _delete(self, call: Call, writer: Writer) -> Element:
        element = _only(call.told, "baseRef")
        try:
            if self._desk.faults.take("unexpected_error"):
                raise Refused(refusals.UNEXPECTED, refusals.unexpected_text())
            kind, ref = _referred(element)
            known = entries.found(self._company, ref) if kind == JOURNAL else None
            if known is None:
                raise refusals.not_there()
            entries.deleted(self._company, known)
        except Refused as refused:
            return writer.element("platformMsgs:deleteResponse", _refused(writer, refused))
        base = _base(writer, known.id, known.external_id)
        answer = writer.element("platformMsgs:writeResponse", writer.status(success=True), base)
        return writer.element("platformMsgs:deleteResponse", answer)

    def _get(self, call: Call, writer: Writer) -> Element:
        return writer.element("platformMsgs:getResponse", self._read(_only(call.told, "baseRef"), writer))

    def _get_list(self, call: Call, writer: Writer) -> Element:
        wanted = list(call.told)
        if len(wanted) > MOST_GOT:
            raise refusals.Fault("exceededRecordCount", "MAX_RCRDS_EXCEEDED", f"At most {MOST_GOT} records are given.")
        answers = [self._read(each, writer) for each in wanted]
        told = writer.element("platformMsgs:readResponseList", writer.status(success=True), *answers)
        return writer.element("platformMsgs:getListResponse", told)

    def _read(self, element: Element, writer: Writer) -> Element:
        records = Records(self._company, writer)
        try:
            self._trip()
            kind, ref = _referred(element)
            self._check_may_read(kind)
            key = ref.internal_id
            if not key and kind == JOURNAL:
                found = self._company.by_external_id(ref.external_id)
                key = found.id if found else ""
            record = records.record("platformMsgs:record", kind, key)
            if record is None:
                raise refusals.not_there()
        except Refused as refused:
            return writer.element("platformMsgs:readResponse", _failure(writer, refused))
        return writer.element("platformMsgs:readResponse", writer.status(success=True), record)

    def _get_all(self, call: Call, writer: Writer) -> Element:
        kind = _only(call.told, "record").get("recordType", "")
        records = Records(self._company, writer)
        try:
            self._trip()
            if kind != "currency":
                raise Refused("INVALID_RCRD_TYPE", f"The sandbox gives no list of all {kind or 'records'}.")
            self._check_may_read(kind)
        except Refused as refused:
            told = writer.element("platformCore:getAllResult", _failure(writer, refused))
            return writer.element("platformMsgs:getAllResponse", told)
        rows = [records.currency("platformCore:record", each) for each in self._company.currencies.values()]
        told = writer.element(
            "platformCore:getAllResult",
            writer.status(success=True),
            writer.element("platformCore:totalRecords", str(len(rows))),
            writer.element("platformCore:recordList", *rows),
        )
        return writer.element("platformMsgs:getAllResponse", told)

    def _search(self, call: Call, writer: Writer) -> Element:
        try:
            self._trip()
            element = _only(call.told, "searchRecord")
            kind = searching.kind_of(element)
            self._check_may_read(kind)
            made = _Search(
                kind=kind,
                keys=tuple(searching.found(self._company, kind, element)),
                page_size=_page_size(call),
                with_lists=not call.prefers("bodyFieldsOnly", "true"),
            )
        except Refused as refused:
            told = writer.element("platformCore:searchResult", _failure(writer, refused))
            return writer.element("platformMsgs:searchResponse", told)
        search_id = f"WEBSERVICES_{self._company.id}_{uuid4().hex}"
        self._searches[search_id] = made
        return writer.element("platformMsgs:searchResponse", self._page(writer, search_id, 1))

    def _search_more(self, call: Call, writer: Writer) -> Element:
        told = {local(each): each for each in call.told}
        search_id, page = text(told.get("searchId")), whole(told.get("pageIndex"), "pageIndex")
        try:
            self._trip()
            made = self._searches.get(search_id)
            if made is None:
                raise Refused("INVALID_SEARCH_MORE", "There is no search of this id.")
            if not 1 <= page <= max(_pages(made), 1):
                raise Refused("INVALID_SEARCH_PAGE_INDEX", f"There is no page {page} of this search.")
            result = self._page(writer, search_id, page)
        except Refused as refused:
            result = writer.element("platformCore:searchResult", _failure(writer, refused))
        return writer.element("platformMsgs:searchMoreWithIdResponse", result)

    def _page(self, writer: Writer, search_id: str, page: int) -> Element:
        made = self._searches[search_id]
        records = Records(self._company, writer, made.with_lists)
        kind = JOURNAL if made.kind == TRANSACTION else made.kind
        keys = made.keys[(page - 1) * made.page_size : page * made.page_size]
        rows = [records.record("platformCore:record", kind, key) for key in keys]
        counts = {
            "totalRecords": str(len(made.keys)),
            "pageSize": str(made.page_size),
            "totalPages": str(_pages(made)),
            "pageIndex": str(page),
            "searchId": search_id,
        }
        return writer.element(
            "platformCore:searchResult",
            writer.status(success=True),
            *writer.texts("platformCore", counts.items()),
            writer.element("platformCore:recordList", *rows),
        )

    def _select(self, call: Call, writer: Writer) -> Element:
        told = {local(each): each for each in call.told}
        page = whole(told.get("pageIndex"), "pageIndex")
        try:
            self._trip()
            chosen = selecting.choices(self._company, _only(call.told, "fieldDescription"))
            pages = -(-len(chosen.values) // selecting.PAGE)
            if not 1 <= page <= max(pages, 1):
                raise Refused("INVALID_PAGE_INDEX", f"There is no page {page} of this list.")
        except Refused as refused:
            result = writer.element("platformCore:getSelectValueResult", _failure(writer, refused))
            return writer.element("platformMsgs:getSelectValueResponse", result)
        warnings = []
        if chosen.missing:
            message = f"Results are incomplete. You must provide a value for field {chosen.missing}."
            warnings.append(writer.detail("WARNING", message, "WARN"))
        values = chosen.values[(page - 1) * selecting.PAGE : page * selecting.PAGE]
        refs = [writer.reference("platformCore:baseRef", key, title, chosen.kind) for key, title in values]
        counts = {"totalRecords": str(len(chosen.values)), "totalPages": str(pages)}
        result = writer.element(
            "platformCore:getSelectValueResult",
            writer.status(success=True, details=warnings),
            *writer.texts("platformCore", counts.items()),
            writer.element("platformCore:baseRefList", *refs),
        )
        return writer.element("platformMsgs:getSelectValueResponse", result)

    def _server_time(self, _call: Call, writer: Writer) -> Element:
        shown = writer.element("platformCore:serverTime", instant_text(self._company.now()))
        result = writer.element("platformCore:getServerTimeResult", writer.status(success=True), shown)
        return writer.element("platformMsgs:getServerTimeResponse", result)

    def _data_centre(self, call: Call, writer: Writer) -> Element:
        """Return where to call: for an account that is not known too, as the vendor does."""
        account = text(next(iter(call.told), None))
        if not account:
            refused = Refused("DATA_REQD", "account is required.")
            told = writer.element("platformCore:getDataCenterUrlsResult", _failure(writer, refused))
            return writer.element("platformMsgs:getDataCenterUrlsResponse", told)
        names = ("restDomain", "webservicesDomain", "systemDomain")
        urls = writer.element(
            "platformCore:dataCenterUrls", *writer.texts("platformCore", ((name, self._base_url) for name in names))
        )
        told = writer.element("platformCore:getDataCenterUrlsResult", writer.status(success=True), urls)
        return writer.element("platformMsgs:getDataCenterUrlsResponse", told)

    def _trip(self) -> None:
        """Fail a read where that was planned."""
        if self._desk.faults.take("unexpected_error", "read"):
            raise Refused(refusals.UNEXPECTED, refusals.unexpected_text())

    def _check_may_read(self, kind: str) -> None:
        permission = searching.PERMISSIONS.get(kind, "")
        if permission in self._company.denied:
            raise refusals.forbidden(permission)


WARNING = "This is a warning of the sandbox."


def _only(told: Element, name: str) -> Element:
    found = next((each for each in told if local(each) == name), None)
    if found is None:
        raise unreadable(f"{local(told)} needs an element {name}.")
    return found


def _referred(element: Element) -> tuple[str, Ref]:
    """Return type and reference of a baseRef, which must say that it is a RecordRef; raises Fault and Refused."""
    if xsi_type(element) != "RecordRef":
        raise unreadable("baseRef is abstract: it needs an xsi:type.")
    kind, ref = element.get("type", ""), reference(element)
    if not kind:
        raise Refused("INVALID_RCRD_TYPE", "The type of the record is required.")
    if not ref.key:
        raise Refused(INVALID_REFERENCE, "Invalid reference: neither an internalId nor an externalId.")
    return kind, ref


def _base(writer: Writer, key: str, external_id: str) -> Element:
    return writer.reference("platformMsgs:baseRef", key, kind=JOURNAL, external_id=external_id)


def _failure(writer: Writer, refused: Refused) -> Element:
    return writer.status(success=False, details=[writer.detail(refused.code, refused.message)])


def _refused(writer: Writer, refused: Refused) -> Element:
    return writer.element("platformMsgs:writeResponse", _failure(writer, refused))


def _page_size(call: Call) -> int:
    told = call.preferences.get("pageSize", str(LARGEST_PAGE))
    if not told.isdecimal() or not SMALLEST_PAGE <= int(told) <= LARGEST_PAGE:
        raise Refused("INVALID_SEARCH_PAGE_SIZE", f"A page has {SMALLEST_PAGE} to {LARGEST_PAGE} records, not {told}.")
    return int(told)


def _pages(made: _Search) -> int:
    return -(-len(made.keys) // made.page_size)
