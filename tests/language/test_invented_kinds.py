"""What the invented packs brought into the language: wrong uses of it are refused with their place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from duixian.language.pack import load_pack
from duixian.language.problems import PackError
from duixian.language.vocabulary import load_vocabulary, shared_vocabulary, vocabulary_of

INVENTED = Path(__file__).parent.parent / "packs" / "invented"


def changed(tmp_path: Path, pack: str, file: str, old: str, new: str) -> Path:
    """Return a copy of an invented pack with one text of a file replaced."""
    shutil.copy(INVENTED / "vocabulary.yaml", tmp_path)
    folder = tmp_path / pack
    shutil.copytree(INVENTED / pack, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("pack", "file", "old", "new", "code", "words"),
    [
        (
            "trade-in-2025",
            "policy.yaml",
            "  listed:\n    per: purchase\n",
            "  listed:\n    per: purchese\n",
            "unknown-name",
            "`purchese` is not a record type",
        ),
        (
            "trade-in-2025",
            "policy.yaml",
            "  listed:\n    per: purchase\n    is: purchase.listed",
            "  listed:\n    per: rental\n    is: rental.owns_home",
            "unused",
            "no measure inherits the condition `listed`",
        ),
        (
            "trade-in-2025",
            "policy.yaml",
            "per: [applicant, purchase.category]",
            "per: [applicant, purchase.colour]",
            "unknown-name",
            "`purchase.colour` is not a key that claims can share",
        ),
        (
            "trade-in-2025",
            "policy.yaml",
            "    ceiling: 5000元\n",
            "    ceiling: 5000元\n    at_most: 2\n",
            "missing-key",
            "either `ceiling:` (a sum) or `at_most:`",
        ),
        (
            "trade-in-2025",
            "policy.yaml",
            "    at_most: 3件\n",
            "    at_most: 3元\n",
            "wrong-type",
            "this must be a count, found a sum of money",
        ),
        (
            "talent-2025",
            "policy.yaml",
            "    between: [rent-subsidy, home-subsidy]\n",
            "    between: [rent-subsidy, home-subsidi]\n",
            "unknown-name",
            "`home-subsidi` is not a measure of this policy",
        ),
        (
            "talent-2025",
            "policy.yaml",
            "    between: [rent-subsidy, home-subsidy]\n",
            "    between: [rent-subsidy, home-subsidy]\n    partners: document\n",
            "missing-key",
            "`partners:`, or `between:`",
        ),
        (
            "talent-2025",
            "measures.yaml",
            "- share: 40%",
            "- share: 30%",
            "wrong-form",
            "the shares of the stages make 90%, not 100%",
        ),
        (
            "talent-2025",
            "measures.yaml",
            "      at: 二（五）#3\n",
            "      at: 二（五）#9\n",
            "unknown-place",
            "#9",
        ),
        (
            "talent-2025",
            "measures.yaml",
            "until: employment.signed + 5年",
            "until: employment.term",
            "wrong-type",
            "this must be a day",
        ),
        (
            "talent-2025",
            "measures.yaml",
            "each.days < 183天",
            "each.days < 6个月",
            "wrong-unit",
            "cannot be compared",
        ),
    ],
)
def test_wrong_uses(tmp_path: Path, pack: str, file: str, old: str, new: str, code: str, words: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(changed(tmp_path, pack, file, old, new))
    found = [problem for problem in caught.value.problems if problem.code == code]
    assert any(words in problem.message for problem in found), str(caught.value)


@pytest.mark.parametrize("months", ["36", "36月", "36个月", "3年"])
def test_months_that_a_fact_counts_may_be_written_as_the_text_does(tmp_path: Path, months: str) -> None:
    folder = changed(
        tmp_path, "talent-2025", "measures.yaml", "employment.term >= 36月", f"employment.term >= {months}"
    )
    assert load_pack(folder).measure("settling-allowance") is not None


def test_the_vocabulary_is_the_file_beside_the_pack() -> None:
    assert "purchase" in vocabulary_of(INVENTED / "trade-in-2025").entities
    inner = INVENTED / "talent-2025" / "cases" / "linjiang-district-talent"
    assert "employment" in vocabulary_of(inner).entities
    assert vocabulary_of(INVENTED.parent / "sample-policy") is shared_vocabulary()


def test_a_vocabulary_needs_an_applicant_and_its_kinds(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text("evidence: {}\nenums: {}\nentities: {}\n", "utf-8")
    with pytest.raises(PackError) as caught:
        load_vocabulary(path)
    needed = {problem.message.rpartition(" the ")[2] for problem in caught.value.problems}
    assert needed == {"entity `applicant` with a field `kind`", "enum `applicant_kind`", "enum `role`"}
