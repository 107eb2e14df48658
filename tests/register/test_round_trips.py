"""What is written is what is read: Arrow, Parquet and workbooks of generated applicants, and the template."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from tests.register.facts import REGISTERS, V

from duixian.calendar.days import Language
from duixian.language.units import Type
from duixian.register.applicant import Applicant
from duixian.register.cells import cell_of
from duixian.register.columns import from_arrow, to_arrow
from duixian.register.layout import choices, columns_of
from duixian.register.names import Lexicon
from duixian.register.problems import InputError
from duixian.register.read import read_register
from duixian.register.schema import register_schema
from duixian.register.template import write_template, write_workbook

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
slow = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(REGISTERS)
def test_arrow(register: list[Applicant]) -> None:
    table = to_arrow(register, V)
    assert table.schema.equals(register_schema(V), check_metadata=True)
    table.validate(full=True)
    assert from_arrow(table, V) == register


@slow
@given(REGISTERS)
def test_parquet(register: list[Applicant]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r.parquet"
        pq.write_table(to_arrow(register, V), path)
        assert read_register(path, V).applicants == tuple(register)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbook(lang: Language) -> None:
    @slow
    @given(REGISTERS)
    def check(register: list[Applicant]) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "r.xlsx"
            write_workbook(path, register, V, lang)
            assert read_register(path, V).applicants == tuple(register)

    check()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_is_read_back_without_a_problem_and_without_its_examples(
    tmp_path: Path, lang: Language
) -> None:
    write_template(tmp_path / "t.xlsx", V, lang)
    result = read_register(tmp_path / "t.xlsx", V)
    assert (result.applicants, result.problems) == ((), ())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_title_and_every_choice_names_one_thing(lang: Language) -> None:
    lexicon = Lexicon(V)
    for entity in V.entities.values():
        names = lexicon.columns(entity)
        for column in columns_of(entity, V, lang):
            title = (
                column.title
                if names.find(column.title)
                else column.title[: column.title.rindex("（" if lang == "zh" else " (")]
            )
            assert names.find(title) == column.key, column.title
    for name, words in choices(V, lang).items():
        if name != "flag":
            assert [lexicon.enum(name).find(word) for word in words] == list(V.enums[name])


def test_the_schema_says_known_to_be_none_apart_from_unknown() -> None:
    schema = register_schema(V)
    hire = schema.field("hire").type.field("items").type.value_type
    assert [(f.name, str(f.type), f.nullable) for f in hire if f.name.startswith("left")] == [
        ("left", "date32[day]", True),
        ("left_none", "bool", False),
    ]


def test_what_64_bits_do_not_hold_is_refused() -> None:
    big = Applicant("A", {}, {"home": ({"id": "h", "market_price": Fraction(1, 2**63)},)})
    with pytest.raises(InputError, match=r"\$\.home\.market_price: .* does not fit 64-bit integers"):
        to_arrow([big], V)


def test_what_the_vocabulary_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="2 problems"):
        to_arrow([Applicant("A", {"nmae": "x"}, {}, frozenset({"yaer"}))], V)


def test_a_parquet_of_another_shape_is_refused(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": ["A", "A"], "kind": ["firm", "person"], "yaer": [1, 2]}), tmp_path / "a.parquet"
    )
    with pytest.raises(InputError, match="unknown column `yaer`; did you mean `year`"):
        read_register(tmp_path / "a.parquet", V)
    pq.write_table(pa.table({"id": ["A", "A"], "kind": ["firm", "person"]}), tmp_path / "b.parquet")
    with pytest.raises(
        InputError, match=r"(?s)'A' stands twice.*found 'firm'|found 'firm'.*'A' stands twice"
    ):
        read_register(tmp_path / "b.parquet", V)
    pq.write_table(pa.table({"id": ["A"], "founded": ["soon"]}), tmp_path / "c.parquet")
    with pytest.raises(
        InputError, match=r"column `founded` is string, expected date32\[day\]; write days as date32"
    ):
        read_register(tmp_path / "c.parquet", V)


def test_areas_and_prices_are_written_in_a_unit_that_holds_them() -> None:
    price = V.entities["home"].fields["market_price"]
    area = msgspec.structs.replace(price, type=Type("area"))
    share = msgspec.structs.replace(price, type=Type("ratio"))
    assert cell_of(price, Fraction(1_500_050), V, "zh") == "15000.5元/平方米"
    assert cell_of(area, Fraction(401, 2), V, "zh") == "200.5平方米"
    assert cell_of(area, Fraction(20_000, 3), V, "zh") == "10亩"
    assert cell_of(share, Fraction(3, 20), V, "zh") == "15%"
    with pytest.raises(ValueError, match="1/3 is no finite decimal"):
        cell_of(share, Fraction(1, 300), V, "zh")
