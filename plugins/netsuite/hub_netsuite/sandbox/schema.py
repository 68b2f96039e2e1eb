"""A small WSDL of the sandbox's own, made from its table of types: the namespaces of any version, one schema for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from lxml import etree

from hub_netsuite.sandbox import schema_types as types
from hub_netsuite.sandbox.envelopes import Element
from hub_netsuite.sandbox.versions import XSD, Version

WSDL, WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/", "http://schemas.xmlsoap.org/wsdl/soap/"
_TYPE = re.compile(r"(?P<name>\w+)(?: < (?P<base>[\w:]+))?(?P<attributes>(?: @[!\w/]+)*):(?P<elements>.*)")
_ATTRIBUTE = re.compile(r"@(!?)(\w+)(?:/(\w+))?")
_ELEMENT = re.compile(r"(?:=(?P<ref>[\w:]+)|(?P<name>\w+) (?P<type>[\w:]+))(?P<often>[?*+]?)")
_OFTEN = {
    "": {},
    "?": {"minOccurs": "0"},
    "*": {"minOccurs": "0", "maxOccurs": "unbounded"},
    "+": {"maxOccurs": "unbounded"},
}


@cache
def documents(version: Version, base_url: str) -> Mapping[str, bytes]:
    """Return the files of a version by their names: the WSDL, and the schemas that it imports."""
    schemas = {room: _schema(version, room, text) for room, text in types.SCHEMAS.items()}
    _add_messages(schemas["messages"])
    for name, type_ in types.CORE_ELEMENTS.items():
        _global(schemas["core"], name, f"core:{type_}")
    schemas["faults"] = _faults(version)
    files = {f"xsd/{room}.xsd": schema for room, schema in schemas.items()}
    files["netsuite.wsdl"] = _wsdl(version, base_url)
    return {name: _written(document) for name, document in files.items()}


def _schema(version: Version, room: str, text: str) -> Element:
    schema = _empty(version, room, types.SCHEMAS)
    for line in text.replace("\\\n", "").strip().splitlines():
        told = _TYPE.fullmatch(line)
        assert told is not None, line
        _add_type(schema, told)
    return schema


def _empty(version: Version, room: str, others: Mapping[str, str]) -> Element:
    """Return a schema without types, which knows the others."""
    prefixes = {"xsd": XSD, **{other: version.namespace(other) for other in (*others, room)}}
    schema = etree.Element(f"{{{XSD}}}schema", nsmap=prefixes)
    schema.set("targetNamespace", version.namespace(room))
    schema.set("elementFormDefault", "qualified")
    for other in others:
        if other != room:
            _add(schema, "import", namespace=version.namespace(other), schemaLocation=f"{other}.xsd")
    return schema


def _add_type(schema: Element, told: re.Match[str]) -> None:
    made = _add(schema, "complexType", name=told["name"])
    if told["name"] in types.ABSTRACT:
        made.set("abstract", "true")
    place = made
    if told["base"]:
        is_text = ":" not in told["base"]
        content = _add(made, "simpleContent" if is_text else "complexContent")
        place = _add(content, "extension", base=_qualified(told["base"]))
    elements = list(_ELEMENT.finditer(told["elements"]))
    if elements:
        sequence = _add(place, "sequence")
        for each in elements:
            named = {"ref": each["ref"]} if each["ref"] else {"name": each["name"], "type": _qualified(each["type"])}
            _add(sequence, "element", **named, **_OFTEN[each["often"]])
    for needed, name, type_ in _ATTRIBUTE.findall(told["attributes"]):
        _add(place, "attribute", name=name, type=f"xsd:{type_ or 'string'}", **({"use": "required"} if needed else {}))


def _add_messages(schema: Element) -> None:
    _global(schema, "tokenPassport", "core:TokenPassport")
    for name in (*types.HEADERS[1:], "writeResponse", "readResponse", "writeResponseList", "readResponseList"):
        _global(schema, name, f"messages:{name[0].upper()}{name[1:]}")
    for name in types.OPERATIONS:
        upper = f"{name[0].upper()}{name[1:]}"
        _global(schema, name, f"messages:{upper}Request")
        _global(schema, f"{name}Response", f"messages:{upper}Response")


def _faults(version: Version) -> Element:
    schema = _empty(version, "faults", {})
    base = _add(_add(schema, "complexType", name="SoapFault"), "sequence")
    for name in ("code", "message"):
        _add(base, "element", name=name, type="xsd:string")
    for name in types.FAULTS:
        content = _add(_add(schema, "complexType", name=f"{name}Fault"), "complexContent")
        _add(content, "extension", base="faults:SoapFault")
        _global(schema, f"{name[0].lower()}{name[1:]}Fault", f"faults:{name}Fault")
    return schema


def _wsdl(version: Version, base_url: str) -> Element:
    prefixes = {
        None: WSDL,
        "soap": WSDL_SOAP,
        "tns": version.platform,
        "messages": version.namespace("messages"),
        "faults": version.namespace("faults"),
    }
    wsdl = etree.Element(f"{{{WSDL}}}definitions", nsmap=prefixes, targetNamespace=version.platform)
    schema = etree.SubElement(_part(wsdl, "types"), f"{{{XSD}}}schema", nsmap={"xsd": XSD})
    for room in (*types.SCHEMAS, "faults"):
        _add(schema, "import", namespace=version.namespace(room), schemaLocation=f"xsd/{room}.xsd")
    headers = _part(wsdl, "message", name="headers")
    for name in types.HEADERS:
        _part(headers, "part", name=name, element=f"messages:{name}")
    for name in types.OPERATIONS:
        for end, element in (("Request", name), ("Response", f"{name}Response")):
            message = _part(wsdl, "message", name=f"{name}{end}")
            _part(message, "part", name="parameters", element=f"messages:{element}")
    for name in types.FAULTS:
        message = _part(wsdl, "message", name=f"{name}Fault")
        _part(message, "part", name="fault", element=f"faults:{name[0].lower()}{name[1:]}Fault")
    _add_port(wsdl)
    _add_binding(wsdl)
    port = _part(
        _part(wsdl, "service", name="NetSuiteService"), "port", name="NetSuitePort", binding="tns:NetSuiteBinding"
    )
    etree.SubElement(port, f"{{{WSDL_SOAP}}}address", location=f"{base_url}/services/NetSuitePort_{version.name}")
    return wsdl


def _add_port(wsdl: Element) -> None:
    port = _part(wsdl, "portType", name="NetSuitePortType")
    for name in types.OPERATIONS:
        operation = _part(port, "operation", name=name)
        _part(operation, "input", name=f"{name}Request", message=f"tns:{name}Request")
        _part(operation, "output", name=f"{name}Response", message=f"tns:{name}Response")
        for fault in types.FAULTS:
            _part(operation, "fault", name=f"{fault}Fault", message=f"tns:{fault}Fault")


def _add_binding(wsdl: Element) -> None:
    binding = _part(wsdl, "binding", name="NetSuiteBinding", type="tns:NetSuitePortType")
    _soap(binding, "binding", style="document", transport="http://schemas.xmlsoap.org/soap/http")
    for name in types.OPERATIONS:
        operation = _part(binding, "operation", name=name)
        _soap(operation, "operation", soapAction=name)
        asked = _part(operation, "input", name=f"{name}Request")
        for header in types.HEADERS[:-1]:
            _soap(asked, "header", message="tns:headers", part=header, use="literal")
        _soap(asked, "body", use="literal")
        answer = _part(operation, "output", name=f"{name}Response")
        _soap(answer, "header", message="tns:headers", part=types.HEADERS[-1], use="literal")
        _soap(answer, "body", use="literal")
        for fault in types.FAULTS:
            _soap(_part(operation, "fault", name=f"{fault}Fault"), "fault", name=f"{fault}Fault", use="literal")


def _global(schema: Element, name: str, type_: str) -> None:
    _add(schema, "element", name=name, type=type_)


def _qualified(name: str) -> str:
    return name if ":" in name else f"xsd:{name}"


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{XSD}}}{tag}", **attributes)


def _part(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", **attributes)


def _soap(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{WSDL_SOAP}}}{tag}", **attributes)


def _written(document: Element) -> bytes:
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8"))
