"""SOAP messages as text, and answers read by a foreign parser."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from support.caller import request_id

DATA = Path(__file__).resolve().parents[1] / "data"
NS = {
    "soapenv": "http://schemas.xmlsoap.org/soap/envelope/",
    "dan": "http://dancuquocgia.bca",
    "ns1": "http://www.mic.gov.vn/dancu/1.0",
}


def example(name, new_id=True):
    """One of the example messages; with a MaYeuCau of its own unless told otherwise."""
    data = (DATA / name).read_bytes()
    if not new_id:
        return data
    tree = etree.fromstring(data)
    tree.find(".//dan:MaYeuCau", NS).text = request_id()
    return etree.tostring(tree)


def verification(**changes):
    """The example verification with elements changed, added (`SoCMND="…"`) or left out (`None`)."""
    return _changed("live-033-request.xml", changes)


def look_up(**changes):
    return _changed("live-037-request.xml", changes)


def _changed(name, changes):
    tree = etree.fromstring(example(name))
    operation = tree.find("soapenv:Body", NS)[0]
    for element, value in changes.items():
        old = operation.find(f"dan:{element}", NS)
        if old is not None:
            if value is None:
                operation.remove(old)
                continue
            while len(old) and element == "NgayThangNamSinh":
                old = old[0]
            old.text = value
        elif value is not None:
            etree.SubElement(operation, f"{{{NS['dan']}}}{element}").text = value
    return etree.tostring(tree)


@dataclass
class Fault:
    code: str
    reason: str
    lang: str
    error: str
    correlation: str
    field: str | None
    advice: str
    retry: str


def parse(body):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(body, parser)


def exists(body):
    """TonTai of an answer, either form."""
    found = parse(body).findall(".//dan:TonTai", NS)
    assert len(found) == 1, body
    return {"true": True, "false": False}[found[0].text]


def fault(body):
    element = parse(body).find("soapenv:Body/soapenv:Fault", NS)
    assert element is not None, body
    reason = element.find("faultstring")
    detail = element.find("detail/dan:LoiDichVu", NS)
    return Fault(
        code=element.findtext("faultcode"),
        reason=reason.text,
        lang=reason.get("{http://www.w3.org/XML/1998/namespace}lang"),
        error=detail.findtext("dan:MaLoi", namespaces=NS),
        correlation=detail.findtext("dan:MaTraCuu", namespaces=NS),
        field=detail.findtext("dan:Truong", namespaces=NS),
        advice=detail.findtext("dan:HuongDan", namespaces=NS),
        retry=detail.findtext("dan:ThuLai", namespaces=NS),
    )
