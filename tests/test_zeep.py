"""An unmodified SOAP client library, built from nothing but the served WSDL."""

import pytest
from requests.auth import HTTPBasicAuth
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.transports import Transport

from support.caller import request_id


def client(system, strict=True, auth="password"):
    session = system.session()
    if auth == "password":
        session.auth = HTTPBasicAuth(system.username, system.password)
    else:
        session.headers.update(system.per_call_headers())
    return Client(
        system.demo.facts["wsdl_url"],
        transport=Transport(session=session, timeout=20, operation_timeout=20),
        settings=Settings(strict=strict, xml_huge_tree=False),
    )


@pytest.fixture(scope="module", params=[("password", True), ("password", False), ("per-call", True)], ids=str)
def zeep(request, htmc):
    auth, strict = request.param
    return client(htmc, strict, auth)


CITIZEN = {
    "MaCanBo": "001080000024", "SoDinhDanh": "001185000017", "HoVaTen": "TRANTHITHUYHOA",
    "NgayThangNamSinh": {"NgayThangNam": "19850430"},
}


def asked(**changes):
    return CITIZEN | {"MaYeuCau": request_id(), "MaDVC": "1.004227", "MaTichHop": "033"} | changes


def test_verify(zeep):
    assert zeep.service.XacThucThongTinCongDan(**asked()) is True
    assert zeep.service.XacThucThongTinCongDan(**asked(HoVaTen="Trần Thị Thúy Hòa")) is True
    assert zeep.service.XacThucThongTinCongDan(**asked(HoVaTen="NGUYENVANA")) is False
    assert zeep.service.XacThucThongTinCongDan(**asked(NgayThangNamSinh={"Nam": "1986"})) is False


def test_verify_in_the_older_form(zeep):
    older = CITIZEN | {"MaYeuCau": request_id(), "MaDichVu": "033", "MaCanBo": "VDXP_VPCP", "SoCMND": "012345678"}
    assert zeep.service.XacThucThongTinCongDanRequest(**older) is True
    del older["NgayThangNamSinh"]
    assert zeep.service.XacThucThongTinCongDanRequest(**older | {"MaYeuCau": request_id()}) is False


def test_look_up(zeep):
    found = zeep.service.TraCuuThongTinCongDan(**asked(
        MaTichHop="037", MaDonVi="H55.242", TaiKhoan="nguyenvana.stttt", SoDienThoai="0",
    ))
    [citizen] = found
    assert citizen["SoDinhDanh"] == "001185000017"
    assert citizen["HoVaTen"]["Ten"] == "TRẦN THỊ THÚY HÒA"
    assert citizen["NgayThangNamSinh"]["NgayThangNam"] == "19850430"
    assert citizen["ThuongTru"]["MaPhuongXa"] == "00001"
    assert citizen["Cha"]["HoVaTen"] == "TRẦN VĂN BÌNH"
    assert citizen["DanToc"] is None


def test_look_up_of_fields_named_one_by_one(zeep):
    [citizen] = zeep.service.TraCuuThongTinCongDan(**asked(MaTichHop="037", TruongThongTin=["DanToc", "full_name"]))
    assert citizen["DanToc"] == "02"
    assert citizen["HoVaTen"]["Ten"] == "TRẦN THỊ THÚY HÒA"
    assert citizen["SoDinhDanh"] is None


def test_look_up_of_somebody_the_caller_does_not_know(zeep):
    assert not zeep.service.TraCuuThongTinCongDan(**asked(MaTichHop="037", HoVaTen="NGUYEN VAN A"))
    assert not zeep.service.TraCuuThongTinCongDan(**asked(MaTichHop="037", SoDinhDanh="001185999999"))


def test_a_fault_is_read(zeep):
    message = asked(MaDVC="9.999999")
    with pytest.raises(Fault) as caught:
        zeep.service.XacThucThongTinCongDan(**message)
    fault = caught.value
    assert fault.code == "soapenv:Client"
    assert fault.message.startswith("Mục đích hoặc mã thủ tục không có trong thỏa thuận.")
    detail = zeep.wsdl.types.deserialize(fault.detail[0])
    assert detail["MaLoi"] == "PURPOSE_NOT_REGISTERED"
    assert len(detail["MaTraCuu"]) == 36
    assert detail["ThuLai"] == "KHONG"
    assert detail["HuongDan"]


def test_a_fault_names_the_element(zeep):
    with pytest.raises(Fault) as caught:
        zeep.service.XacThucThongTinCongDan(**asked(SoDinhDanh="00118500001"))
    detail = zeep.wsdl.types.deserialize(caught.value.detail[0])
    assert (detail["MaLoi"], detail["Truong"]) == ("NUMBER_INVALID", "SoDinhDanh")


def test_a_wrong_password(demo):
    system = demo.system("y-te")
    wrong = client(system)
    wrong.transport.session.auth = HTTPBasicAuth(system.username, "wrong")
    with pytest.raises(Fault) as caught:
        wrong.service.XacThucThongTinCongDan(**asked())
    assert wrong.wsdl.types.deserialize(caught.value.detail[0])["MaLoi"] == "CREDENTIALS_WRONG"
