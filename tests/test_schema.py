"""Published schemas and exported files, judged by foreign validators and readers."""

import csv
import json

import duckdb
import pytest
import xmlschema
from lxml import etree

from support.server import REPOSITORY, run
from support.soap import DATA

COUNT = 3000
COLUMNS = [
    "row_id", "personal_id", "id_card_number", "full_name", "birth_date", "sex", "permanent_unit", "permanent_detail",
    "state",
]
DC = "{http://www.mic.gov.vn/dancu/1.0}"


def dancu(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """A store of 3,000 synthetic people and its export in every form."""
    folder = tmp_path_factory.mktemp("nation")
    assert f"{COUNT} people in the store" in dancu("registry", "generate", "--store", folder / "store", "--count", COUNT)
    for ending in ("csv", "xml", "json", "parquet"):
        out = dancu("registry", "export", "--store", folder / "store", folder / f"people.{ending}")
        assert f"{COUNT} citizens written" in out
    return folder


@pytest.fixture(scope="module")
def served(htmc):
    """The schema as the service publishes it."""
    with htmc.session(None) as session:
        answer = session.get(htmc.demo.base_url + "/schema/qcvn109.xsd", timeout=10)
    assert answer.headers["content-type"] == "application/xml"
    return answer.content


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_served_schema_is_the_committed_one(served):
    assert served == (REPOSITORY / "docs/qcvn109.xsd").read_bytes()


def test_the_sample_and_the_export_are_valid_for_libxml2(served, nation):
    schema = etree.XMLSchema(etree.fromstring(served))
    schema.assertValid(etree.parse(DATA / "qcvn109.xml"))
    schema.assertValid(etree.parse(nation / "people.xml"))


def test_the_sample_and_part_of_the_export_are_valid_for_xmlschema(served, nation):
    schema = xmlschema.XMLSchema(served.decode())
    schema.validate(str(DATA / "qcvn109.xml"))
    collection = etree.parse(nation / "people.xml").getroot()
    for citizen in collection[300:]:  # it checks 300 people a second
        collection.remove(citizen)
    schema.validate(etree.tostring(collection).decode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<dc:GioiTinh>2<", "<dc:GioiTinh>7<"),
        ("<dc:SoDinhDanh>001185000017<", "<dc:SoDinhDanh>00118500001<"),
        ("<dc:NgayThangNam>1985-04-30<", "<dc:NgayThangNam>30/04/1985<"),
        ("<dc:MaDanToc>02<", "<dc:MaDanToc>AA<"),
        ("</dc:CongDan>", "<dc:La/></dc:CongDan>"),
        ('SoCongDan="1"', ""),
    ],
)
def test_the_schema_refuses_what_is_wrong(served, old, new):
    text = (DATA / "qcvn109.xml").read_text()
    assert old in text
    changed = etree.fromstring(text.replace(old, new).encode())
    assert not etree.XMLSchema(etree.fromstring(served)).validate(changed)


def test_the_wsdl_and_its_types_are_valid(htmc):
    with htmc.session(None) as session:
        wsdl = etree.fromstring(session.get(htmc.demo.facts["wsdl_url"], timeout=10).content)
    schemas = wsdl.findall(".//{http://www.w3.org/2001/XMLSchema}schema")
    assert len(schemas) == 2
    for schema in schemas:
        etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def test_the_answers_are_valid_by_the_types_of_the_wsdl(htmc):
    from support import soap

    with htmc.session(None) as session:
        wsdl = etree.fromstring(session.get(htmc.demo.facts["wsdl_url"], timeout=10).content)
    dan, live = (
        etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
        for schema in wsdl.findall(".//{http://www.w3.org/2001/XMLSchema}schema")
    )
    body = lambda answer: soap.parse(answer.content).find("soapenv:Body", soap.NS)[0]  # noqa: E731
    alone = lambda element: etree.fromstring(etree.tostring(element))  # noqa: E731
    dan.assertValid(alone(body(htmc.soap(soap.verification()))))
    dan.assertValid(alone(body(htmc.soap(soap.example("live-033-older.xml")))))
    live.assertValid(alone(body(htmc.soap(soap.look_up()))))
    refused = body(htmc.soap(soap.verification(SoDinhDanh="1")))
    dan.assertValid(alone(refused.find("detail")[0]))
    for name in ("live-033-response.xml", "live-037-response.xml"):
        example = soap.parse((DATA / name).read_bytes()).find("soapenv:Body", soap.NS)[0]
        (dan if "033" in name else live).assertValid(alone(example))


def test_the_same_seed_gives_the_same_people(nation, tmp_path):
    dancu("registry", "generate", "--out", tmp_path / "again.csv", "--count", COUNT)
    assert (tmp_path / "again.csv").read_bytes() == (nation / "people.csv").read_bytes()
    dancu("registry", "generate", "--out", tmp_path / "other.csv", "--count", COUNT, "--seed", 7)
    other = {tuple(row[1:]) for row in rows(tmp_path / "other.csv")}
    same = other & {tuple(row[1:]) for row in rows(nation / "people.csv")}
    assert len(same) < 100, "only the people of the demo are in every nation"


def test_the_csv_has_the_columns_promised(nation):
    head, *people = rows(nation / "people.csv")
    assert head == COLUMNS
    assert [row[0] for row in people] == [str(n) for n in range(1, COUNT + 1)]
    numbers = [row[1] for row in people if row[1]]
    assert len(set(numbers)) == len(numbers), "a personal number names one person"
    assert all(len(n) == 12 and n.isdigit() for n in numbers)
    assert {row[8] for row in people} == {"alive", "deceased", "missing", "cancelled", "locked"}
    assert {len(row[4]) for row in people} == {4, 7, 10}, "dates of every precision"


def test_duckdb_reads_the_parquet_and_sees_the_same_people(nation):
    with duckdb.connect() as connection:
        read = connection.execute(f"SELECT * FROM '{nation / 'people.parquet'}'")
        assert [column[0] for column in read.description] == COLUMNS
        people = [[value or "" for value in row] for row in read.fetchall()]
    assert people == rows(nation / "people.csv")[1:]


def test_xml_and_json_hold_the_same_people(nation):
    xml = etree.parse(nation / "people.xml").getroot()
    told = json.loads((nation / "people.json").read_text())["CongdanCollection"]
    assert int(xml.get("SoCongDan")) == len(xml) == len(told["CongDan"]) == COUNT

    def plain(element):
        if len(element) == 0:
            return element.text or ""
        return {child.tag.removeprefix(DC): plain(child) for child in element}

    def single(value):
        # Several spouses are a list in JSON; the last one of them is what `plain` keeps.
        if isinstance(value, list):
            return single(value[-1])
        return {k: single(v) for k, v in value.items()} if isinstance(value, dict) else value

    assert [plain(citizen) for citizen in xml] == [single(citizen) for citizen in told["CongDan"]]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xml", "json"])
def test_export_import_export_changes_nothing(nation, tmp_path, ending):
    file = nation / f"people.{ending}"
    assert f"{COUNT} good rows, 0 faulty" in dancu("registry", "import", "--store", tmp_path / "store", file)
    dancu("registry", "export", "--store", tmp_path / "store", tmp_path / f"again.{ending}")
    assert (tmp_path / f"again.{ending}").read_bytes() == file.read_bytes()


def test_an_import_tells_how_many_are_in_the_store(nation, tmp_path):
    out = dancu("registry", "import", "--store", tmp_path / "store", nation / "people.csv")
    assert f"{COUNT} citizens taken in; {COUNT} in the store" in out


def test_a_foreign_writer_is_read(nation, tmp_path):
    """What another tool writes: Parquet of DuckDB, CSV with a byte order mark and all fields quoted."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM '{nation / 'people.parquet'}') TO '{tmp_path / 'foreign.parquet'}' (COMPRESSION zstd)")
    with open(tmp_path / "foreign.csv", "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows(nation / "people.csv"))
    for name in ("foreign.parquet", "foreign.csv"):
        out = dancu("registry", "import", "--check", "--store", tmp_path / "store", tmp_path / name)
        assert f"{COUNT} good rows, 0 faulty" in out, name


def test_the_sample_message_round_trips(tmp_path):
    dancu("registry", "import", "--store", tmp_path / "store", DATA / "qcvn109.xml")
    dancu("registry", "export", "--store", tmp_path / "store", tmp_path / "out.xml")
    strip = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    citizens = [etree.parse(path, strip).getroot()[0] for path in (DATA / "qcvn109.xml", tmp_path / "out.xml")]
    assert etree.tostring(citizens[0], method="c14n") == etree.tostring(citizens[1], method="c14n")


def test_the_flatter_live_form_is_read(tmp_path):
    collection = etree.parse(DATA / "live-037-response.xml").find(".//{*}CongdanCollection")
    (tmp_path / "live.xml").write_bytes(etree.tostring(collection))
    dancu("registry", "import", "--store", tmp_path / "store", tmp_path / "live.xml")
    dancu("registry", "export", "--store", tmp_path / "store", tmp_path / "out.csv")
    [_, person] = rows(tmp_path / "out.csv")
    assert person[1:6] == ["001185000017", "012345678", "TRẦN THỊ THÚY HÒA", "1985-04-30", "2"]


FAULTY = """row_id,personal_id,id_card_number,full_name,birth_date,sex,permanent_unit,permanent_detail,state
1,001185000017,,Trần Thị Thúy Hòa,1985-04-30,2,00001,"Số 5",alive
2,00118500001,,Nguyễn Văn Năm,1985-04-30,1,00001,x,alive
3,001185000018,,Nguyễn Văn Sáu,1985-02-30,1,00001,x,alive
4,001185000019,,,1985-02-28,1,00001,x,alive
5,001185000020,,Nguyễn Văn Bảy,2999-02-28,1,00001,x,alive
6,001185000021,,Nguyễn Văn Tám,1950,7,00001,x,alive
7,001185000022,,Nguyễn Văn Chín,1950-04,1,00001,x,ghost
8,,,Trần Thị Thúy Hòa,1985-04-30,2,00001,"Số 5",alive
9,1,2
"""
EXPECTED = [
    (3, "personal_id", "NUMBER_INVALID"), (4, "birth_date", "DATE_INVALID"), (5, "full_name", "FIELD_MISSING"),
    (6, "birth_date", "DATE_IN_FUTURE"), (7, "sex", "CODE_UNKNOWN"), (8, "state", "CODE_UNKNOWN"),
    (9, "personal_id", "FIELD_MISSING"), (10, "the row", "FIELD_MISSING"),
]


@pytest.fixture
def faulty(tmp_path):
    (tmp_path / "faulty.csv").write_text(FAULTY, encoding="utf-8")
    return tmp_path / "faulty.csv"


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_each_faulty_row_is_told_and_nothing_is_taken_in(faulty, tmp_path, options):
    done = run("registry", "import", *options, "--store", tmp_path / "store", faulty)
    assert done.returncode == 1
    assert "1 good rows, 8 faulty" in done.stdout
    for line, column, code in EXPECTED:
        assert f"line {line}, {column}: {code}:" in done.stderr
    for personal in ("00118500001", "Nguyễn Văn Năm", "2999-02-28"):
        assert personal not in done.stderr, "values are not repeated"
    assert not (tmp_path / "store").exists(), "nothing was made"


def test_the_good_rows_can_be_taken_in(faulty, tmp_path):
    dancu("registry", "import", "--skip-faulty", "--store", tmp_path / "store", faulty)
    dancu("registry", "export", "--store", tmp_path / "store", tmp_path / "out.csv")
    assert [row[1] for row in rows(tmp_path / "out.csv")[1:]] == ["001185000017"]


def test_the_check_takes_nothing_in(nation, tmp_path):
    dancu("registry", "import", "--check", "--store", tmp_path / "store", nation / "people.csv")
    assert not (tmp_path / "store").exists()


def test_a_number_is_not_taken_in_twice(nation, tmp_path):
    dancu("registry", "import", "--store", tmp_path / "store", nation / "people.csv")
    again = run("registry", "import", "--store", tmp_path / "store", nation / "people.csv")
    assert again.returncode == 1
    assert "in the registry already" in again.stderr


def test_the_check_finds_a_number_in_two_rows(tmp_path):
    row = '1,001185000017,,Trần Thị Thúy Hòa,1985-04-30,2,00001,"Số 5",alive'
    (tmp_path / "twice.csv").write_text("\n".join([",".join(COLUMNS), row, row.replace("1,", "2,", 1)]) + "\n", encoding="utf-8")
    done = run("registry", "import", "--check", "--store", tmp_path / "store", tmp_path / "twice.csv")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty.csv", ""), ("columns.csv", "a,b\n1,2\n"), ("bytes.csv", "\udcff\udcfe\n"), ("not.parquet", "PAR1"),
        ("bomb.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), ("cut.json", '{"CongdanCollection":'),
    ],
)
def test_files_that_are_none_are_refused_with_a_reason(tmp_path, name, text):
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run("registry", "import", "--store", tmp_path / "store", tmp_path / name)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and len(done.stderr) > 12
    assert "panicked" not in done.stderr
