"""Every kind of bad pack is refused with place, line, mark and remedy, word for word as in bad/*/expected.txt.

Each folder of bad/ replaces files of the good pack base/ by its own; the cases of base/ stay away where the
measures are replaced. `UPDATE_EXPECTED=1 pytest tests/language/test_bad.py` writes the reports anew, for
review.
"""

import os
import shutil
from pathlib import Path

import pytest

from duixian.engine.assess import Rulebook
from duixian.engine.casework import read_applicant, run_case
from duixian.language.cases import load_with_cases
from duixian.language.pack import load_pack
from duixian.language.problems import PackError
from duixian.register.problems import InputError

HERE = Path(__file__).parent
BASE = HERE / "base"
BAD = sorted(path for path in (HERE / "bad").iterdir())


def laid_over(folder: Path, target: Path) -> Path:
    """The base pack with the files of a folder instead of its own."""
    pack = target / "base"
    shutil.copytree(BASE, pack)
    if (folder / "measures.yaml").exists():
        (pack / "cases.yaml").unlink()
    for path in folder.iterdir():
        if path.name != "expected.txt":
            shutil.copy(path, pack)
    return pack


def report(pack: Path) -> str:
    """What is wrong with a pack and with the facts of its cases; empty if nothing is."""
    try:
        policy, cases = load_with_cases(pack)
    except PackError as error:
        return str(error).replace(f"{pack}{os.sep}", "")
    book = Rulebook([policy])
    found = []
    for case in cases:
        try:
            found += run_case(case, policy, book, read_applicant(case, book))
        except InputError as error:
            found.append(error.text("en").replace(f"{pack}{os.sep}", ""))
    return "\n".join(found)


def test_the_base_pack_is_good(tmp_path: Path) -> None:
    assert report(laid_over(BASE, tmp_path)) == ""


@pytest.mark.parametrize("folder", BAD, ids=lambda path: path.name)
def test_a_bad_pack_is_refused_with_the_expected_report(folder: Path, tmp_path: Path) -> None:
    found = report(laid_over(folder, tmp_path)) + "\n"
    expected = folder / "expected.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(found, "utf-8")
    assert found.strip()
    assert found == expected.read_text("utf-8")


def test_a_file_of_five_megabytes_is_not_read(tmp_path: Path) -> None:
    pack = laid_over(BASE, tmp_path)
    with (pack / "measures.yaml").open("a", encoding="utf-8") as file:
        file.write("#" * 5_000_000)
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert str(caught.value) == (
        f"{pack / 'measures.yaml'}:1:1: too-large: the file is over 4000000 bytes\n"
        "    → split it into a folder of files\n"
        "1 problem"
    )


def test_a_folder_without_a_policy_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"policy.yaml:1:1: no-pack: .* has no policy.yaml"):
        load_pack(tmp_path)
