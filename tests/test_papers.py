"""The official papers of `crates/papers`, judged by programs that know nothing of it: pyHanko and pdfsig the signatures, pypdf
and pdftotext what is read, qpdf the file, openpyxl the workbooks.

veraPDF, which judges PDF/A as a whole, is not to be had where this runs; what is checked here of ISO 19005-2 is what a file
shows without it: identification, output intent, fonts, no encryption, no transparency, no action, appearances, structure.
"""

import io
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pypdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from support.server import REPOSITORY

BINARY = REPOSITORY / os.environ.get("DANCU_PAPERS", "target/debug/examples/papers")
NAMES = ("commitment", "registration", "request", "review", "reminder", "disconnection", "record")

# What a reader meets, in order.
READ = {
    "commitment": ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BẢN CAM KẾT", "Kính gửi:", "Tôi là: Đặng Hữu Nghĩa",
                   "Quốc tịch: Việt Nam", "a) Chỉ những cán bộ", "j) Chịu hoàn toàn trách nhiệm", "lập thành 03 (ba) bản", "GIÁM ĐỐC",
                   "(Ký, ghi rõ họ tên và đóng dấu)", "Đặng Hữu Nghĩa"],
    "registration": ["PHIẾU ĐĂNG KÝ KẾT NỐI", "1. Đơn vị đăng ký(1)", "Đơn vị công tác(7)", "(1) Tên đầy đủ", "(7) Phòng, ban",
                     "DANH SÁCH TÀI KHOẢN", "Số lần truy vấn trong ngày(14)", "30 × 2 = 60", "(14) Bằng số hồ sơ trong ngày nhân với",
                     "Nguyễn Hữu Lộc", "(Ký, ghi rõ họ tên và đóng dấu)"],
    "request": ["SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Số: 128/SKHCN-CĐS", "V/v đề nghị kết nối", "ngày 05 tháng 02 năm 2026", "Kính gửi:",
                "Thông tư số 46/2022/TT-BCA", "1. Cơ quan đề nghị", "5. Dịch vụ và số lượng trường thông tin", "tổng số 7 trường", "12.000",
                "6. Tài liệu kèm theo", "chấp thuận./.", "Nơi nhận:", "- Như trên;", "GIÁM ĐỐC"],
    "review": ["BÁO CÁO KẾT QUẢ RÀ SOÁT TÀI KHOẢN", "rà soát 30 tài khoản; giữ nguyên 18; điều chỉnh 4; đóng 4", "Quyền", "Trần Văn Mẫn",
               "Giữ nguyên", "Khóa do chưa xác nhận", "Phạm Thị Thưởng", "Nơi nhận:"],
    "reminder": ["V/v đôn đốc đăng ký tài khoản", "trong 37 đơn vị có 12 đơn vị đã đăng ký đầy đủ", "1. Các đơn vị chưa đăng ký", "Còn thiếu",
                 "Sở, ban, ngành", "Sở Tư pháp", "Xã, phường", "xã Hòa Thịnh 33", "đúng thời hạn./.", "Nơi nhận:"],
    "disconnection": ["THÔNG BÁO", "Về việc ngắt kết nối của hệ thống thông tin", "14 giờ 05 phút ngày 20/11/2026", "1. Lý do", "412 lượt tra cứu",
                      "2. Việc phải làm", "a) Thu hồi mật khẩu", "3. Điều kiện kết nối lại", "KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG"],
    "record": ["BIÊN BẢN", "trước khi kết nối", "I. THÀNH PHẦN", "II. NỘI DUNG VÀ KẾT QUẢ", "Mã độc, lỗ hổng", "III. KẾT LUẬN VÀ YÊU CẦU",
               "đạt có điều kiện", "IV. Ý KIẾN", "ĐẠI DIỆN ĐƠN VỊ ĐƯỢC KIỂM TRA", "ĐẠI DIỆN ĐOÀN KIỂM TRA"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every form, unsigned and signed, with keys made for this run."""
    assert BINARY.exists(), f"{BINARY} is missing: cargo build --example papers -p dancu-papers"
    folder = tmp_path_factory.mktemp("papers")
    done = subprocess.run([BINARY, folder, str(int(time.time()))], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def signatures(path):
    return PdfFileReader(io.BytesIO(path.read_bytes())).embedded_signatures


def judged(folder, signature):
    root = load_cert_from_pemder(str(folder / "ca.pem"))
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    # In a thread of its own: it runs an event loop, and the browser's is still there when all tests run in one process.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(validate_pdf_signature, signature, context, ts_validation_context=context).result()


def squeezed(text):
    """Without what a line's end or a cell's edge puts between words."""
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["ecdsa", "stamped"])
def test_pyhanko_believes_the_signatures(folder, name, kind):
    found = signatures(folder / f"{name}-{kind}.pdf")
    assert len(found) == 1
    status = judged(folder, found[0])
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert found[0].sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    attributes = {attribute["type"].native for attribute in found[0].signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}
    assert (status.timestamp_validity is not None) == (kind == "stamped")
    if kind == "stamped":
        assert status.timestamp_validity.valid and status.timestamp_validity.trusted


def test_a_second_signature_leaves_the_first_one_good(folder):
    first, second = [judged(folder, signature) for signature in signatures(folder / "record-both.pdf")]
    assert first.bottom_line and second.bottom_line
    assert (first.coverage, second.coverage) == (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)


@pytest.mark.parametrize("where", [b"/MediaBox", b"/Reason", b"/Title", b"/Rect"])
def test_a_changed_byte_is_noticed(folder, tmp_path, where):
    """A digit of the page's size, a letter of the reason, of the title, a digit of the field's place."""
    signed = bytearray((folder / "commitment-stamped.pdf").read_bytes())
    at = signed.rindex(where) + len(where)
    digit = next(index for index in range(at + 4, at + 40) if 0x31 <= signed[index] <= 0x38)
    signed[digit] += 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(signed)
    found = signatures(changed)
    assert len(found) == 1
    status = judged(folder, found[0])
    assert not status.bottom_line and not status.intact


def test_poppler_agrees(folder):
    done = subprocess.run(["pdfsig", "-nocert", folder / "record-both.pdf"], capture_output=True, text=True, timeout=60)
    assert done.stdout.count("Signature is Valid") == 2, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_read_in_order(folder, name):
    reader = pypdf.PdfReader(folder / f"{name}.pdf")
    by_pypdf = squeezed(" ".join(page.extract_text() for page in reader.pages))
    raw = subprocess.run(["pdftotext", "-raw", folder / f"{name}.pdf", "-"], capture_output=True, text=True, timeout=60)
    for text in (by_pypdf, squeezed(raw.stdout)):
        assert "�" not in text
        position = 0
        for wanted in READ[name]:
            found = text.find(wanted, position)
            assert found >= 0, f"{wanted!r} does not follow {text[max(0, position - 80):position + 80]!r}"
            position = found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["", "-stamped"])
def test_pdf_a(folder, name, kind):
    path = folder / f"{name}{kind}.pdf"
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    reader = pypdf.PdfReader(path)
    assert path.read_bytes()[:8] == b"%PDF-1.7" and not reader.is_encrypted and "/ID" in reader.trailer
    root = reader.trailer["/Root"]

    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", xmp) and re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    intents = root["/OutputIntents"]
    assert [intent["/S"] for intent in intents] == ["/GTS_PDFA1"] and intents[0]["/DestOutputProfile"].get_data()
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "vi-VN" and reader.metadata.title
    assert "/OpenAction" not in root and "/AA" not in root and "/Names" not in root
    assert "/XFA" not in root["/AcroForm"] and not root["/AcroForm"].get("/NeedAppearances")

    for page in reader.pages:
        assert page.mediabox.width in (pytest.approx(595.28, abs=0.1), pytest.approx(841.89, abs=0.1))
        for annotation in page.get("/Annots", []):
            annotation = annotation.get_object()
            assert annotation["/F"] & 4 and not annotation["/F"] & 0b11011 & ~4, "printed, and shown"
            assert set(annotation["/AP"]) == {"/N"}

    for stored in objects(reader):
        if not isinstance(stored, pypdf.generic.DictionaryObject):
            continue
        if stored.get("/Type") == "/FontDescriptor":
            assert "/FontFile2" in stored or "/FontFile3" in stored, stored
        if stored.get("/Type") == "/Font" and stored.get("/Subtype") == "/Type0":
            assert "/ToUnicode" in stored and re.match(r"/[A-Z]{6}\+LiberationSerif", stored["/BaseFont"])
        if stored.get("/Type") == "/ExtGState":
            assert stored.get("/SMask", "/None") == "/None"
            assert stored.get("/ca", 1) == 1 and stored.get("/CA", 1) == 1 and stored.get("/BM", "/Normal") == "/Normal"
        assert stored.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm") and "/Crypt" not in str(stored.get("/Filter"))
        assert stored.get("/Filter") != "/LZWDecode"


def objects(reader):
    for generation, numbers in reader.xref.items():
        for number in numbers:
            if number:
                yield reader.get_object(pypdf.generic.IndirectObject(number, generation, reader))


def test_the_structure_tells_what_things_are(folder):
    def kinds(node, found):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for child in node:
                kinds(child, found)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                found.append(node["/S"])
            if "/K" in node:
                kinds(node["/K"], found)
        return found

    def of(name):
        return kinds(pypdf.PdfReader(folder / f"{name}.pdf").trailer["/Root"]["/StructTreeRoot"]["/K"], [])

    commitment, reminder = of("commitment"), of("reminder")
    assert commitment.count("/H1") == 1 and commitment.count("/LI") == 10
    assert reminder.count("/Table") == 1 and reminder.count("/TH") == 7
    assert reminder.count("/TR") == 1 + 37 + 2, "a head, the units, two headings"
    assert of("registration").count("/Note") == 14


@pytest.mark.parametrize("name", NAMES)
def test_room_for_each_signature(folder, name):
    reader = pypdf.PdfReader(folder / f"{name}.pdf")
    fields = reader.trailer["/Root"]["/AcroForm"]["/Fields"]
    assert len(fields) == (2 if name == "record" else 1)
    for field in fields:
        field = field.get_object()
        left, bottom, right, top = (float(number) for number in field["/Rect"])
        assert field["/FT"] == "/Sig" and "/V" not in field
        assert right - left > 150 and top - bottom > 60, "a stamp of 36 mm and a name"
    last = reader.pages[-1]
    assert any(annotation == fields[0] for annotation in last["/Annots"]), "at the paper's end"


def test_workbooks(folder):
    review = openpyxl.load_workbook(folder / "review.xlsx").active
    heads = [cell.value for cell in review[1]]
    assert len(heads) == 19 and heads[:4] == ["STT", "Họ và tên", "Số định danh cá nhân", "Tài khoản"]
    assert review.max_row == 31 and review["C2"].value == "099181007919", "a number with its nought"
    assert review["J2"].value.year == 2024 and review["L2"].value == 137
    accounts = openpyxl.load_workbook(folder / "accounts.xlsx").active
    tricky = accounts["K2"]
    assert tricky.data_type == "s" and tricky.value.startswith("=HYPERLINK") and tricky.quotePrefix
    assert accounts["J2"].value == accounts["H2"].value * accounts["I2"].value
    for row in accounts.iter_rows(min_row=2):
        assert all(cell.data_type in "sn" for cell in row), "no formula"
