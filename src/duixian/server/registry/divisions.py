"""The divisions of Wuhan, Changsha and Chengdu by GB/T 2260, with the years in which a code bore a name.

The codes begin like those above them, so a scope is a code's first digits: 42 a province, 4201 a city.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Place(NamedTuple):
    """A code in one of its times; `since` is None where the first edition of the standard has it already."""

    code: str
    name: str
    since: int | None = None
    until: int | None = None


_WUHAN: Final = (
    Place("420100", "武汉市"),
    Place("420102", "江岸区", 1983),
    Place("420103", "江汉区", 1983),
    Place("420104", "硚口区", 1983),
    Place("420105", "汉阳区", 1983),
    Place("420106", "武昌区", 1983),
    Place("420107", "青山区", 1983),
    Place("420111", "洪山区", 1983),
    Place("420112", "东西湖区", 1983),
    Place("420113", "汉南区", 1984),
    Place("420114", "蔡甸区", 1992),
    Place("420115", "江夏区", 1995),
    Place("420116", "黄陂区", 1998),
    Place("420117", "新洲区", 1998),
    Place("420121", "汉阳县", None, 1992),
    Place("420122", "武昌县", None, 1995),
    Place("420123", "黄陂县", 1983, 1998),
    Place("420124", "新洲县", 1983, 1998),
)
_CHANGSHA: Final = (
    Place("430100", "长沙市"),
    Place("430102", "东区", 1983, 1995),
    Place("430102", "芙蓉区", 1996),
    Place("430103", "南区", 1983, 1995),
    Place("430103", "天心区", 1996),
    Place("430104", "西区", 1983, 1995),
    Place("430104", "岳麓区", 1996),
    Place("430105", "北区", 1983, 1995),
    Place("430105", "开福区", 1996),
    Place("430111", "郊区", 1983, 1995),
    Place("430111", "雨花区", 1996),
    Place("430112", "望城区", 2011),
    Place("430121", "长沙县"),
    Place("430122", "望城县", None, 2011),
    Place("430123", "浏阳县", 1983, 1993),
    Place("430124", "宁乡县", 1983, 2017),
    Place("430181", "浏阳市", 1993),
    Place("430182", "宁乡市", 2017),
)
_CHENGDU: Final = (
    Place("510100", "成都市"),
    Place("510102", "东城区", 1983, 1990),
    Place("510103", "西城区", 1983, 1990),
    Place("510104", "锦江区", 1990),
    Place("510105", "青羊区", 1990),
    Place("510106", "金牛区", 1990),
    Place("510107", "武侯区", 1990),
    Place("510108", "成华区", 1990),
    Place("510111", "金牛区", 1983, 1990),
    Place("510112", "龙泉驿区", 1983),
    Place("510113", "青白江区", 1983),
    Place("510114", "新都区", 2001),
    Place("510115", "温江区", 2002),
    Place("510116", "双流区", 2015),
    Place("510117", "郫都区", 2016),
    Place("510118", "新津区", 2020),
    Place("510121", "金堂县"),
    Place("510122", "双流县", None, 2015),
    Place("510123", "温江县", 1983, 2002),
    Place("510124", "郫县", 1983, 2016),
    Place("510125", "新都县", 1983, 2001),
    Place("510126", "彭县", 1983, 1993),
    Place("510127", "灌县", 1983, 1988),
    Place("510128", "崇庆县", 1983, 1994),
    Place("510129", "大邑县", 1983),
    Place("510130", "邛崃县", 1983, 1994),
    Place("510131", "蒲江县", 1983),
    Place("510132", "新津县", 1983, 2020),
    Place("510181", "都江堰市", 1989),
    Place("510182", "彭州市", 1993),
    Place("510183", "邛崃市", 1994),
    Place("510184", "崇州市", 1994),
    Place("510185", "简阳市", 2016),
)
PLACES: Final = (*_WUHAN, *_CHANGSHA, *_CHENGDU)
"""What a new registry starts with; an administrator adds others."""


def prefix(code: str) -> str:
    """What the codes of a division and of all below it begin with: 42 for 420000, 4201 for 420100."""
    return code.removesuffix("00").removesuffix("00") if len(code) == 6 else code
