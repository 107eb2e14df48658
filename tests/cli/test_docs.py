"""What the README and the library page show is what comes out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from duixian.cli import main

ROOT = Path(__file__).parents[2]


def blocks(name: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_readme_is_what_comes_out(name: str) -> None:
    [block] = [block for block in blocks(name, "console") if "examples/firm.yaml" in block]
    command, _, *shown = block.splitlines()
    words = command.removeprefix("$ duixian ").replace("examples/", f"{ROOT}/examples/").split()
    result = CliRunner().invoke(main, words, env={"COLUMNS": "100"})
    found = [re.sub(r" +|─+", " ", line).strip() for line in result.stdout.splitlines()]
    for line in shown:
        assert re.sub(r" +|─+", " ", line).strip() in found


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_library_page_run_as_they_stand(number: int) -> None:
    code = blocks("docs/library.md", "python")[number]
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    notes = re.findall(r"^.*print\(.*\)\s+# (.*)$", code, re.MULTILINE)
    wanted = [note.partition(" (")[0].split() for note in notes]
    assert [line.split() for line in done.stdout.splitlines()] == wanted


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")],
    ids=lambda p: p.name,
)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
