"""What the synthetic society looks like: cities, branches and other applicants. Our own judgement, no statistics.

Every figure here was chosen by the authors from general knowledge so that a register looks plausible; none
is an official statistic. `docs/lab.md` says so to the readers, and `--calibrate` puts known totals in place.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class City(NamedTuple):
    """A city: its code, name, share of the firms and districts, each with its weight inside the city."""

    code: str
    zh: str
    share: float
    districts: dict[str, float]


class Branch(NamedTuple):
    """A branch of business and how its firms are distributed.

    `median` is the median revenue in 万元 and `spread` the standard deviation of its logarithm; above
    `TAIL_FROM` standard deviations the tail is Pareto with exponent `tail`. `active` is the share of firms of
    10 million yuan that do R&D, `intensity` their median share of revenue, `growth` the mean yearly growth of
    the logarithm of revenue, `output` the revenue a head in 万元. `fields` are the sets of business fields with
    their weights.
    """

    name: str
    zh: str
    share: float
    median: float
    spread: float
    tail: float
    active: float
    intensity: float
    growth: float
    output: float
    fields: tuple[tuple[float, tuple[str, ...]], ...]


class Other(NamedTuple):
    """A kind of applicant that is no firm: its share (other applicants a firm), name, fields, whether a body."""

    kind: str
    zh: str
    share: float
    fields: tuple[str, ...]
    body: bool = True


TAIL_FROM: Final = 1.7
"""Standard deviations above which revenue is Pareto: about the upper 4.5% of a branch."""
LARGEST: Final = 3e13
"""No firm has more revenue than this, in fen (3000亿元)."""

CITIES: Final = (
    City(
        "420100", "武汉", 0.36,
        {"420102": 9, "420103": 7, "420104": 6, "420105": 6, "420106": 10, "420107": 4, "420111": 20,
         "420112": 9, "420113": 2, "420114": 5, "420115": 10, "420116": 7, "420117": 5},
    ),
    City(
        "510100", "成都", 0.28,
        {"510104": 9, "510105": 9, "510106": 10, "510107": 18, "510108": 8, "510112": 7, "510113": 3,
         "510114": 6, "510115": 4, "510116": 11, "510117": 6, "510118": 2, "510121": 2, "510181": 2,
         "510185": 3},
    ),
    City(
        "430100", "长沙", 0.16,
        {"430102": 10, "430103": 11, "430104": 25, "430105": 11, "430111": 18, "430112": 7, "430121": 11,
         "430181": 4, "430182": 3},
    ),
    City("440300", "深圳", 0.05, {"440303": 1, "440304": 2, "440305": 4, "440306": 3, "440307": 2}),
    City("330100", "杭州", 0.04, {"330106": 2, "330108": 3, "330109": 2, "330110": 3}),
    City("610100", "西安", 0.03, {"610103": 1, "610104": 1, "610113": 3}),
    City("340100", "合肥", 0.03, {"340102": 1, "340103": 1, "340104": 2, "340111": 2}),
    City("420500", "宜昌", 0.03, {"420502": 2, "420503": 2}),
    City("420600", "襄阳", 0.02, {"420602": 1, "420606": 2}),
)  # fmt: skip
"""Codes are GB/T 2260; development zones have none of their own and lie in the districts around them."""

BRANCHES: Final = (
    Branch("service", "服务", 0.47, 120, 1.75, 1.15, 0.03, 0.020, 0.05, 70,
           ((0.95, ("service",)), (0.05, ("digital_economy", "service")))),
    Branch("manufacturing", "制造", 0.14, 420, 1.80, 1.10, 0.30, 0.025, 0.06, 95,
           ((0.93, ("manufacturing",)), (0.07, ("digital_economy", "manufacturing")))),
    Branch("construction", "建筑", 0.10, 350, 1.80, 1.15, 0.06, 0.018, 0.04, 80,
           ((1.0, ("construction",)),)),
    Branch("agriculture", "农业", 0.05, 90, 1.50, 1.30, 0.06, 0.015, 0.04, 40,
           ((1.0, ("agriculture",)),)),
    Branch("information", "信息", 0.10, 130, 1.70, 1.15, 0.30, 0.060, 0.10, 60,
           ((0.7, ("information_service",)), (0.3, ("digital_economy", "information_service")))),
    Branch("software", "软件", 0.08, 180, 1.70, 1.12, 0.55, 0.120, 0.12, 55,
           ((0.5, ("software",)), (0.5, ("digital_economy", "information_service", "software")))),
    Branch("intelligence", "智能", 0.025, 200, 1.75, 1.08, 0.80, 0.220, 0.20, 55,
           ((0.9, ("artificial_intelligence", "digital_economy", "software")),
            (0.1, ("artificial_intelligence", "cybersecurity", "digital_economy", "software")))),
    Branch("security", "网安", 0.015, 350, 1.65, 1.12, 0.75, 0.160, 0.15, 60,
           ((0.55, ("cybersecurity", "information_service", "software")),
            (0.05, ("artificial_intelligence", "cybersecurity", "digital_economy", "software")),
            (0.2, ("cybersecurity", "digital_economy", "industrial_security", "software")),
            (0.1, ("cybersecurity", "industrial_security")), (0.1, ("cybersecurity", "pk_system", "software")))),
    Branch("optics", "光芯", 0.015, 900, 1.90, 1.00, 0.70, 0.070, 0.13, 110,
           ((0.9, ("manufacturing", "opto_chip_screen")), (0.1, ("manufacturing", "opto_chip_screen", "pk_system")))),
    Branch("military", "军民", 0.004, 1200, 1.60, 1.10, 0.75, 0.090, 0.11, 90,
           ((0.7, ("manufacturing", "military_civil")), (0.3, ("cybersecurity", "military_civil", "software")))),
    Branch("guarantee", "担保", 0.001, 1500, 1.20, 1.30, 0.02, 0.005, 0.03, 150,
           ((1.0, ("finance_guarantee",)),)),
)  # fmt: skip

OTHERS: Final = (
    Other("person", "个人", 0.020, (), body=False),
    Other("institution", "事业单位", 0.004, ()),
    Other("association", "协会", 0.004, ("service",)),
    Other("nonprofit", "服务中心", 0.003, ("service",)),
    Other("team", "团队", 0.003, ("artificial_intelligence", "software"), body=False),
    Other("research_institute", "研究院", 0.002, ("artificial_intelligence", "digital_economy")),
    Other("vocational_school", "职业学院", 0.0008, ()),
    Other("platform_operator", "平台运营中心", 0.0008, ("digital_economy", "information_service")),
    Other("park", "产业园", 0.0006, ("digital_economy", "software")),
    Other("university", "大学", 0.0004, ()),
    Other("consortium", "联合体", 0.0004, ("digital_economy", "manufacturing"), body=False),
)
OTHERS_A_FIRM: Final = sum(other.share for other in OTHERS)
KINDS: Final = ("enterprise", *(other.kind for other in OTHERS))

DISTRICTS: Final = tuple(code for city in CITIES for code in city.districts)
CITY_OF: Final = tuple(number for number, city in enumerate(CITIES) for _ in city.districts)
"""The number of each district's city."""

FIELD_SETS: Final[tuple[tuple[str, ...], ...]] = tuple(
    sorted(
        {
            *(fields for branch in BRANCHES for _, fields in branch.fields),
            *(other.fields for other in OTHERS),
            ("cybersecurity",),
            ("industrial_security",),
            ("digital_economy",),
            ("pk_system",),
        }
    )
)
"""Every set of fields that occurs, each sorted; a column of sets holds numbers of this list."""
