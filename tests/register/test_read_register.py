"""One applicant, however it is written, is one and the same; and what --skip-bad leaves out."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from duixian.language.problems import Report
from duixian.language.source import read_yaml
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Absent, Applicant
from duixian.register.columns import to_arrow
from duixian.register.problems import InputError, Problems
from duixian.register.read import read_register
from duixian.register.read_facts import applicant_from_mapping, applicant_from_node

DATA = Path(__file__).parent.parent / "data" / "register"
V = shared_vocabulary()
FIRM = Applicant(
    "WH-001",
    {
        "kind": "enterprise",
        "name": "武汉示例软件有限公司",
        "uscc": "91420100MA00000025",
        "division": "420106",
        "founded": dt.date(2015, 3, 8),
        "fields": frozenset({"software", "cybersecurity"}),
        "settled": Absent.NONE,
        "legal_person": True,
    },
    {
        "year": (
            {"id": "y2022", "year": 2022, "revenue": 500_000_000, "rnd_spend": 75_000_000},
            {"id": "y2023", "year": 2023, "revenue": 123_456, "headcount": 12_000},
        ),
        "platform": ({"id": "p1", "kind": "public_service", "opened": dt.date(2023, 5, 1)},),
        "platform_year": ({"id": "py1", "platform": "p1", "year": 2023, "service_cost": 0},),
        "home": ({"id": "h1", "market_price": Fraction(1_500_000)},),
    },
    frozenset({"year", "sanction"}),
)
TABLES = {
    "申报主体.csv": "申报主体编号,主体类型,名称,统一社会信用代码,注册地,成立日期,行业领域,"
    "落户（来本市创业）日期,"
    "独立法人,企业规模,年度经营清单完整,失信与禁申报清单完整,合同清单完整\n"
    "示例-1,企业,错,错,错,错,错,错,错,错,错,错,错\n"
    "WH-001,企业,武汉示例软件有限公司,91420100MA00000025,420106,2015/3/8,软件；网络安全,无,是,,是,√,否\n",
    "year.csv": "applicant,id,year,revenue (万元),研发投入（元）,从业人数(人)\n"
    ",,,,,\nWH-001,y2022,2022,500,750000,\nWH-001,y2023,2023,0.123456,不详,12000人\n",
    "平台.csv": "申报主体编号,编号,平台类别,建成投产（上线运营）日期\nWH-001,p1,公共服务平台,2023年5月1日\n",
    "平台年度运营.csv": "申报主体编号,编号,平台,年度,实际产生服务费用\nWH-001,py1,p1,2023,0\n",
    "购房.csv": "申报主体编号,编号,区域同期市场均价（元/平方米）\nWH-001,h1,15000\n",
}


@pytest.mark.parametrize("name", ["firm.yaml", "firm.zh.yaml", "firm.json"])
def test_one_applicant_in_every_language_and_format(name: str) -> None:
    assert read_register(DATA / name, V).applicants == (FIRM,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_folder_of_csv(tmp_path: Path, encoding: str) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_bytes(text.encode(encoding))
    assert read_register(tmp_path, V).applicants == (FIRM,)


def test_a_plain_dict() -> None:
    facts = {
        "kind": "enterprise",
        "founded": dt.date(2015, 3, 8),
        "fields": {"software"},
        "settled": Absent.NONE,
        "year": [{"id": 2022, "year": 2022, "revenue": 1234.56}],
    }
    assert applicant_from_mapping(facts, V) == Applicant(
        "applicant",
        {
            "kind": "enterprise",
            "founded": dt.date(2015, 3, 8),
            "fields": frozenset({"software"}),
            "settled": Absent.NONE,
        },
        {"year": ({"id": "2022", "year": 2022, "revenue": 123_456},)},
    )
    with pytest.raises(InputError, match=r"\$\.year\[0\]\.revenue"):
        applicant_from_mapping({"year": [{"id": 1, "year": 2022, "revenue": dt.date(2022, 1, 1)}]}, V)


def test_a_yaml_node() -> None:
    node = read_yaml(DATA / "firm.yaml", Report())
    assert node is not None
    problems = Problems()
    assert applicant_from_node(node, V, problems) == FIRM
    assert not problems.found


def test_a_sum_with_thousands_and_a_scale_is_exact() -> None:
    facts = {"year": [{"id": "y", "year": 2022, "revenue": "12,345.6万"}]}
    assert applicant_from_mapping(facts, V).records["year"][0]["revenue"] == 12_345_600_000


def test_complete_all_and_none_of_a_kind() -> None:
    assert applicant_from_mapping({"complete": "all"}, V).complete == frozenset(V.records)
    assert applicant_from_mapping({"sanction": "无", "year": [], "hire": None}, V).complete == {"sanction"}


def test_skip_bad_leaves_out_whole_applicants(tmp_path: Path) -> None:
    (tmp_path / "申报主体.csv").write_text(
        "编号,名称,失信与禁申报清单完整,年度经营清单完整\nA1,甲,是,是\nA2,乙,是,是\n", "utf-8"
    )
    (tmp_path / "year.csv").write_text("applicant,id,year,revenue\nA1,y,2023,5\nA2,y,2023,很多\n", "utf-8")
    result = read_register(tmp_path, V, skip_bad=True)
    assert [applicant.id for applicant in result.applicants] == ["A1"]
    assert (result.skipped, len(result.problems), result.loosened) == (("A2",), 1, frozenset())


def test_a_record_without_its_applicant_makes_its_list_incomplete_for_all(tmp_path: Path) -> None:
    (tmp_path / "申报主体.csv").write_text(
        "编号,名称,失信与禁申报清单完整,年度经营清单完整\nA1,甲,是,是\n", "utf-8"
    )
    (tmp_path / "sanction.csv").write_text("applicant,id,kind\nA9,s,barred\n", "utf-8")
    result = read_register(tmp_path, V, skip_bad=True)
    assert result.loosened == {"sanction"}
    assert [applicant.complete for applicant in result.applicants] == [{"year"}]


def test_skip_bad_cannot_skip_a_column(tmp_path: Path) -> None:
    (tmp_path / "申报主体.csv").write_text("编号,名字称呼\nA1,甲\n", "utf-8")
    with pytest.raises(InputError, match="unknown column"):
        read_register(tmp_path, V, skip_bad=True)


def test_skip_bad_names_the_place_of_one_without_an_id() -> None:
    result = read_register(DATA / "bad" / "facts.yaml", V, skip_bad=True)
    assert result.applicants == ()
    assert result.skipped == ("A1", "A3", "A4", f"{DATA / 'bad' / 'facts.yaml'}:13:5")


def test_only_the_wanted_are_read_and_only_their_problems_told(tmp_path: Path) -> None:
    (tmp_path / "申报主体.csv").write_text("编号,名称\nA1,甲\nA2,乙\nA3,丙\n", "utf-8")
    (tmp_path / "year.csv").write_text(
        "applicant,id,year,revenue\nA1,y,2023,5\nA2,y,2023,很多\nA3,y,2023,更多\n", "utf-8"
    )
    result = read_register(tmp_path, V, only=frozenset({"A1"}))
    assert [applicant.id for applicant in result.applicants] == ["A1"]
    with pytest.raises(InputError) as told:
        read_register(tmp_path, V, only=frozenset({"A1", "A3"}))
    assert [problem.applicant for problem in told.value.problems] == ["A3"]
    assert read_register(tmp_path, V, only=frozenset({"B"})).applicants == ()


def test_of_a_parquet_file_only_the_groups_with_the_wanted_are_read(tmp_path: Path) -> None:
    path = tmp_path / "register.parquet"
    names = [*(f"f{number}" for number in range(9)), "f3"]  # f3 stands twice
    applicants = [Applicant(name, {"uscc": "91420100MA00000025"}, {}, frozenset()) for name in names]
    pq.write_table(to_arrow(applicants, V), path, row_group_size=2)
    found = read_register(path, V, only=frozenset({"f8", "f1", "f2"})).applicants
    assert [applicant.id for applicant in found] == ["f1", "f2", "f8"]
    with pytest.raises(InputError) as told:
        read_register(path, V, only=frozenset({"f3"}))
    (problem,) = told.value.problems
    assert (problem.code, problem.place.at) == ("duplicate-id", "10")
