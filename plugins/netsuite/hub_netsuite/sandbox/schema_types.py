"""The types of the small WSDL: those that journals and the lists behind them need, each with its elements in their order.

A line is a type, what it extends, its attributes, and its elements. `?` makes an element optional, `*` optional and repeated,
`+` repeated; a `=` before a name refers to a global element; what has no prefix is of XML Schema.
"""

from __future__ import annotations

ABSTRACT = frozenset({"Record", "BaseRef", "SearchRecord", "SearchRecordBasic", "CustomFieldRef"})

CORE = """
TokenPassportSignature < string @!algorithm:
TokenPassport: account string, consumerKey string, token string, nonce string, timestamp long, \
signature core:TokenPassportSignature
StatusDetail @type: code string?, message string?, afterSubmitFailed boolean?
Status @isSuccess/boolean: statusDetail core:StatusDetail*
NullField: name string*
Record: nullFieldList core:NullField?
BaseRef: name string?
RecordRef < core:BaseRef @internalId @externalId @type:
RecordList: record core:Record*
RecordRefList: recordRef core:RecordRef*
BaseRefList: baseRef core:BaseRef*
SearchRecord:
SearchRecordBasic < core:SearchRecord:
SearchResult: =core:status, totalRecords int?, pageSize int?, totalPages int?, pageIndex int?, searchId string?, =core:recordList?
SearchBooleanField: searchValue boolean?
SearchStringField @operator: searchValue string?
SearchLongField @operator: searchValue long?, searchValue2 long?
SearchDateField @operator: predefinedSearchValue string?, searchValue dateTime?, searchValue2 dateTime?
SearchEnumMultiSelectField @operator: searchValue string*
SearchMultiSelectField @operator: searchValue core:RecordRef*
CustomFieldRef @internalId @scriptId:
CustomFieldList: customField core:CustomFieldRef+
GetAllRecord @recordType:
GetAllResult: =core:status, totalRecords int?, =core:recordList?
GetSelectValueFilter @!operator: filterValue string
GetSelectFilterByFieldValue: sublist string?, field string, internalId string
GetSelectFilterByFieldValueList: filterBy core:GetSelectFilterByFieldValue+
GetSelectValueFieldDescription: recordType string?, customRecordType core:RecordRef?, customTransactionType core:RecordRef?, \
sublist string?, field string, customForm core:RecordRef?, filter core:GetSelectValueFilter?, \
filterByValueList core:GetSelectFilterByFieldValueList?
GetSelectValueResult: =core:status, totalRecords int?, totalPages int?, =core:baseRefList?
GetServerTimeResult: =core:status, serverTime dateTime
DataCenterUrls: restDomain string, webservicesDomain string, systemDomain string
GetDataCenterUrlsResult: =core:status, dataCenterUrls core:DataCenterUrls?
DeletionReason: deletionReasonCode core:RecordRef, deletionReasonMemo string?
"""
CORE_ELEMENTS = {
    "status": "Status",
    "record": "Record",
    "recordList": "RecordList",
    "baseRef": "BaseRef",
    "baseRefList": "BaseRefList",
    "searchRecord": "SearchRecord",
    "searchResult": "SearchResult",
    "getAllResult": "GetAllResult",
    "getSelectValueResult": "GetSelectValueResult",
    "getServerTimeResult": "GetServerTimeResult",
    "getDataCenterUrlsResult": "GetDataCenterUrlsResult",
}

MESSAGES = """
ApplicationInfo: applicationId string
PartnerInfo: partnerId string?
DocumentInfo: nsId string
Preferences: warningAsError boolean?, disableMandatoryCustomFieldValidation boolean?, \
disableSystemNotesForCustomFields boolean?, ignoreReadOnlyFields boolean?, runServerSuiteScriptAndTriggerWorkflows boolean?
SearchPreferences: bodyFieldsOnly boolean?, returnSearchColumns boolean?, pageSize int?
WriteResponse: =core:status, baseRef core:BaseRef?
ReadResponse: =core:status, record core:Record?
WriteResponseList: =core:status?, writeResponse messages:WriteResponse+
ReadResponseList: =core:status?, readResponse messages:ReadResponse*
AddRequest: record core:Record
AddResponse: =messages:writeResponse
UpsertRequest: record core:Record
UpsertResponse: =messages:writeResponse
UpsertListRequest: record core:Record+
UpsertListResponse: =messages:writeResponseList
UpdateRequest: record core:Record
UpdateResponse: =messages:writeResponse
DeleteRequest: baseRef core:BaseRef, deletionReason core:DeletionReason?
DeleteResponse: =messages:writeResponse
GetRequest: baseRef core:BaseRef
GetResponse: =messages:readResponse
GetListRequest: baseRef core:BaseRef+
GetListResponse: =messages:readResponseList
GetAllRequest: record core:GetAllRecord
GetAllResponse: =core:getAllResult
SearchRequest: searchRecord core:SearchRecord
SearchResponse: =core:searchResult
SearchMoreWithIdRequest: searchId string, pageIndex int
SearchMoreWithIdResponse: =core:searchResult
GetSelectValueRequest: fieldDescription core:GetSelectValueFieldDescription, pageIndex int
GetSelectValueResponse: =core:getSelectValueResult
GetServerTimeRequest:
GetServerTimeResponse: =core:getServerTimeResult
GetDataCenterUrlsRequest: account string
GetDataCenterUrlsResponse: =core:getDataCenterUrlsResult
"""
HEADERS = ("tokenPassport", "applicationInfo", "partnerInfo", "preferences", "searchPreferences", "documentInfo")
OPERATIONS = (
    "add",
    "delete",
    "search",
    "searchMoreWithId",
    "update",
    "upsert",
    "upsertList",
    "get",
    "getList",
    "getAll",
    "getSelectValue",
    "getDataCenterUrls",
    "getServerTime",
)

FAULTS = (
    "InsufficientPermission",
    "InvalidAccount",
    "InvalidCredentials",
    "InvalidSession",
    "ExceededConcurrentRequestLimit",
    "ExceededRequestLimit",
    "ExceededUsageLimit",
    "ExceededRecordCount",
    "ExceededRequestSize",
    "InvalidVersion",
    "UnexpectedError",
)

_SELECT, _TEXT, _BOOLEAN = "core:SearchMultiSelectField?", "core:SearchStringField?", "core:SearchBooleanField?"
_KEYS = f"externalId {_SELECT}, externalIdString {_TEXT}, internalId {_SELECT}, internalIdNumber core:SearchLongField?"
_ENUM, _DATE = "core:SearchEnumMultiSelectField?", "core:SearchDateField?"
_SEGMENT = f"{_KEYS}, isInactive {_BOOLEAN}, name {_TEXT}, nameNoHierarchy {_TEXT}, subsidiary {_SELECT}"

COMMON = f"""
AccountSearchBasic < core:SearchRecordBasic: displayName {_TEXT}, {_KEYS}, isInactive {_BOOLEAN}, name {_TEXT}, number {_TEXT}, \
parent {_SELECT}, subsidiary {_SELECT}, type {_ENUM}
DepartmentSearchBasic < core:SearchRecordBasic: {_SEGMENT}
ClassificationSearchBasic < core:SearchRecordBasic: {_SEGMENT}
LocationSearchBasic < core:SearchRecordBasic: {_SEGMENT}
SubsidiarySearchBasic < core:SearchRecordBasic: country {_ENUM}, currency {_SELECT}, {_KEYS}, isElimination {_BOOLEAN}, \
isInactive {_BOOLEAN}, legalName {_TEXT}, name {_TEXT}, nameNoHierarchy {_TEXT}
AccountingPeriodSearchBasic < core:SearchRecordBasic: allLocked {_BOOLEAN}, allowNonGlChanges {_BOOLEAN}, apLocked {_BOOLEAN}, \
arLocked {_BOOLEAN}, closed {_BOOLEAN}, endDate {_DATE}, internalId {_SELECT}, internalIdNumber core:SearchLongField?, \
isAdjust {_BOOLEAN}, isInactive {_BOOLEAN}, isQuarter {_BOOLEAN}, isYear {_BOOLEAN}, parent {_SELECT}, payrollLocked {_BOOLEAN}, \
periodName {_TEXT}, startDate {_DATE}
TransactionSearchBasic < core:SearchRecordBasic: currency {_SELECT}, dateCreated {_DATE}, {_KEYS}, lastModifiedDate {_DATE}, \
mainLine {_BOOLEAN}, memo {_TEXT}, posting {_BOOLEAN}, recordType {_TEXT}, subsidiary {_SELECT}, tranDate {_DATE}, \
tranId {_TEXT}, type {_ENUM}
"""

_SUBSIDIARIES = "subsidiaryList core:RecordRefList?"
ACCOUNTING = f"""
Account < core:Record @internalId @externalId: acctType string?, acctNumber string?, acctName string?, legalName string?, \
includeChildren boolean?, currency core:RecordRef?, exchangeRate string?, generalRate string?, parent core:RecordRef?, \
cashFlowRate string?, description string?, isInactive boolean?, inventory boolean?, eliminate boolean?, {_SUBSIDIARIES}, \
revalue boolean?
Department < core:Record @internalId @externalId: name string?, includeChildren boolean?, parent core:RecordRef?, \
isInactive boolean?, {_SUBSIDIARIES}
Classification < core:Record @internalId @externalId: name string?, includeChildren boolean?, parent core:RecordRef?, \
isInactive boolean?, {_SUBSIDIARIES}
Location < core:Record @internalId @externalId: name string?, parent core:RecordRef?, includeChildren boolean?, {_SUBSIDIARIES}, \
isInactive boolean?
Subsidiary < core:Record @internalId @externalId: name string?, parent core:RecordRef?, isInactive boolean?, country string?, \
legalName string?, isElimination boolean?, currency core:RecordRef?
Currency < core:Record @internalId @externalId: name string?, symbol string?, isBaseCurrency boolean?, isInactive boolean?, \
exchangeRate double?
AccountingPeriod < core:Record @internalId: periodName string?, parent core:RecordRef?, startDate dateTime?, endDate dateTime?, \
closedOnDate dateTime?, isAdjust boolean?, isQuarter boolean?, isYear boolean?, closed boolean?, apLocked boolean?, \
arLocked boolean?, payrollLocked boolean?, allLocked boolean?, allowNonGLChanges boolean?
AccountSearch < core:SearchRecord: basic common:AccountSearchBasic?
DepartmentSearch < core:SearchRecord: basic common:DepartmentSearchBasic?
ClassificationSearch < core:SearchRecord: basic common:ClassificationSearchBasic?
LocationSearch < core:SearchRecord: basic common:LocationSearchBasic?
SubsidiarySearch < core:SearchRecord: basic common:SubsidiarySearchBasic?
AccountingPeriodSearch < core:SearchRecord: basic common:AccountingPeriodSearchBasic?
"""

SALES = "TransactionSearch < core:SearchRecord: basic common:TransactionSearchBasic?"

GENERAL = """
JournalEntryLine: account core:RecordRef?, line long?, debit double?, credit double?, memo string?, entity core:RecordRef?, \
department core:RecordRef?, class core:RecordRef?, location core:RecordRef?, eliminate boolean?, \
customFieldList core:CustomFieldList?
JournalEntryLineList @replaceAll/boolean: line general:JournalEntryLine*
JournalEntry < core:Record @internalId @externalId: postingPeriod core:RecordRef?, tranDate dateTime?, currency core:RecordRef?, \
exchangeRate double?, tranId string?, reversalDefer boolean?, isBookSpecific boolean?, department core:RecordRef?, \
class core:RecordRef?, location core:RecordRef?, subsidiary core:RecordRef?, memo string?, approved boolean?, \
createdDate dateTime?, lastModifiedDate dateTime?, customForm core:RecordRef?, lineList general:JournalEntryLineList?, \
customFieldList core:CustomFieldList?
"""

SCHEMAS = {
    "core": CORE,
    "messages": MESSAGES,
    "common": COMMON,
    "accounting": ACCOUNTING,
    "sales": SALES,
    "general": GENERAL,
}
