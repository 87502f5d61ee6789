"""Account tables to and from foreign spreadsheets (openpyxl), and as offices without any write them."""

import csv
import io

import pytest
from openpyxl import Workbook, load_workbook

from support import tables

HEADINGS = ["TT", "Họ và tên", "Tài khoản đăng nhập", "SĐT", "Mã cơ quan", "Tên cơ quan", "Vai trò", "Số lần truy vấn/ngày", "Mục đích"]
ROW = [1, "Nguyễn Văn A", "nguyenvana.stttt", 912345678, "H55.242", "Sở TT&TT", "Cán bộ một cửa", 150, "Xác thực"]


def workbook(rows, **settings):
    book = Workbook(**settings)
    sheet = book.active if not settings else book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_template_opens_in_a_foreign_spreadsheet_and_comes_back_filled_in(lang):
    book = load_workbook(io.BytesIO(tables.run("template", lang, "xlsx")))
    sheet = book.active
    assert sheet.freeze_panes == "A2" and sheet.max_column == 12
    assert sheet["E2"].value == "0912345678" and sheet["E2"].number_format == "@", "a telephone number is text"
    sheet.append([2, "Trần Thị B", "tranthib.stttt", "001180000017", "0987654321", "000.01.42.H55", "", "Trưởng phòng", 20, 2, None, ""])
    out = io.BytesIO()
    book.save(out)
    first, second = tables.check(out.getvalue())
    assert first["login"] == "nguyenvana.stttt" and first["daily_quota"] == 150
    assert (second["agency_code"], second["daily_quota"], second["role"]) == ("H55.42.1", 40, "head_of_unit")
    assert second["officer_number"] == "001180000017"


def test_the_template_as_text_is_read_by_pythons_csv():
    text = tables.run("template", "vi", "csv").decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    assert head[2] == "Tài khoản đăng nhập" and len(row) == len(head) == 12


@pytest.mark.parametrize("settings", [{}, {"write_only": True}])
def test_a_workbook_of_another_program_is_understood(settings):
    file = workbook([["PHIẾU ĐĂNG KÝ KẾT NỐI"], [], HEADINGS, ROW, [2, "Trần Thị B", "tran", "12", "H56", "", "sếp", "=50*3", ""]], **settings)
    good, bad = tables.check(file)
    assert (good["full_name"], good["phone"], good["line"]) == ("Nguyễn Văn A", "0912345678", 4)
    told = "\n".join(bad["faults"])
    for part in ["dòng 5", "từ 8 đến 60 ký tự", "không phải số điện thoại", "không thuộc H55", "vai trò không có"]:
        assert part in told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("dialect", ["excel", "excel-tab"])
def test_text_of_another_program_is_understood(encoding, dialect):
    out = io.StringIO()
    csv.writer(out, dialect=dialect).writerows([HEADINGS, ROW])
    # Python's cp1258 wants letters and tones apart, as Windows stores them.
    text = out.getvalue() if encoding != "cp1258" else "".join(map(apart, out.getvalue()))
    (row,) = tables.check(text.encode(encoding))
    assert (row["full_name"], row["agency_name"], row["daily_quota"]) == ("Nguyễn Văn A", "Sở TT&TT", 150)


def apart(letter):
    import unicodedata

    try:
        letter.encode("cp1258")
        return letter
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        rest = "".join(c for c in parts if c not in tones)
        return unicodedata.normalize("NFC", rest) + tones
