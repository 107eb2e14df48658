"""How lines are broken in a terminal."""

import pytest

from duixian.cli.terminal import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("an industrial-internet award", 30, ["an industrial-internet award"]),
        ("an industrial-internet award", 20, ["an", "industrial-internet", "award"]),
        ("an industrial-internet award", 12, ["an", "industrial-", "internet", "award"]),
        ("措施（补助）", 6, ["措施", "（补", "助）"]),
    ],
)
def test_a_word_breaks_after_its_hyphen_only_where_it_does_not_fit(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap(text, width).split("\n") == lines
