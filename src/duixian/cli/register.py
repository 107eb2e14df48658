"""`duixian template`: the workbook that an applicant or an office fills in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duixian.cli.options import check_target, fail, language

if TYPE_CHECKING:
    from duixian.calendar.days import Language


@click.command(short_help="写出可填写的登记表 / Write the register workbook to fill in.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite an existing file.")
@language
def template(file: Path, force: bool, lang: Language) -> None:
    """Write the register workbook to fill in: drop-downs, notes, an example row.

    写出一份可填写的登记表（.xlsx）。
    """
    from duixian.cli.files import replacing
    from duixian.language.vocabulary import shared_vocabulary
    from duixian.register.template import write_template

    check_target(file, (".xlsx",), lang)
    if file.exists() and not force:
        fail(
            lang,
            f"{file} 已存在，里面可能有填好的内容；要覆盖请加 --force",
            f"{file} exists and may be filled in; --force overwrites it",
        )
    with replacing(file, lang) as path:
        write_template(path, shared_vocabulary(), lang)
    click.echo(f"已写入 {file}" if lang == "zh" else f"written: {file}")
