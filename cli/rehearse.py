"""``chairside rehearse``: simulated patients, by text or by phone, judged by what they leave behind."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.data_folder import with_records
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, print_json, writing
from cli.practice import read
from practice.practice_file.folder import PracticeFolder, read_demo
from practice.practice_file.service import PracticeFiles
from rehearsal.conditions import LINES
from rehearsal.phone_patient import PATIENCE_SECONDS
from rehearsal.rehearse import Played, transcript
from rehearsal.results import as_html, as_json, as_junit
from rehearsal.scenario import ScenarioError, find_scenarios
from rehearsal.speech import SpeechError
from rehearsal.verdict import summary
from rehearsal.wording import Spelling


def rehearse(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="Scenarios: TOML files, folders, or names of those that come with it; all by default.",
        ),
    ] = None,
    voice: Annotated[
        bool, typer.Option("--voice", help="By phone instead of by text: in real time.")
    ] = False,
    practice: Annotated[
        Path | None,
        typer.Option(help="The practice's folder, with practice.toml in it.", show_default="the demo's"),
    ] = None,
    data_dir: DataDir = None,
    bot: Annotated[
        str | None,
        typer.Option(
            help="Phone this bot, any that speaks Twilio: its server's address. Its bookings are not seen."
        ),
    ] = None,
    to: Annotated[str | None, typer.Option(help="The number of --bot, E.164.")] = None,
    line: Annotated[
        list[str] | None,
        typer.Option(help=f"By phone, the lines to try: {', '.join(LINES)}.", show_default="clean"),
    ] = None,
    patience: Annotated[
        float, typer.Option(min=1, help="By phone, silence in seconds after which a patient says hello.")
    ] = PATIENCE_SECONDS,
    spelling: Annotated[
        str,
        typer.Option(help="How what patients say is written: whisper (as recognised), or plain (as typed)."),
    ] = "whisper",
    seed: Annotated[int, typer.Option(help="Another seed, other wordings.")] = 0,
    report: Annotated[Path | None, typer.Option(help="Write a page with every conversation there.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit's XML there.")] = None,
    as_json_: AsJson = False,
) -> None:
    """Let simulated patients talk with the bot, and judge what is in the calendar and the inbox afterwards.

    On a practice of its own, in a temporary folder: the demo's, the one of --practice, or a copy of the one
    in --data-dir, whose records are not touched. Ends with exit code 1 when a conversation went wrong.
    """
    if spelling not in {"whisper", "plain"}:
        raise UserError(f"There is no spelling {spelling}; there are whisper and plain.")
    unknown = [name for name in line or () if name not in LINES]
    if unknown:
        raise UserError(f"There is no line {unknown[0]}; there are {', '.join(LINES)}.")
    try:
        scenarios = find_scenarios(files or [])
    except ScenarioError as error:
        raise UserError(f"{error}.") from error
    console = Console(highlight=False, soft_wrap=True, quiet=as_json_)
    written: Spelling = "plain" if spelling == "plain" else "whisper"
    # Each takes seconds to load, and only one of them is wanted.
    module = importlib.import_module("cli.rehearsal_calls" if voice or bot else "cli.rehearsal_text")
    played: list[Played]
    try:
        if voice or bot:
            calling = module.Calling(tuple(line or ("clean",)), seed, report, patience, _tell(console))
            if bot:
                played = asyncio.run(module.call_outside(scenarios, calling, bot, to, data_dir))
            else:
                played = asyncio.run(module.call_own(scenarios, calling, _folder(practice, data_dir)))
        else:
            folder = _folder(practice, data_dir)
            played = asyncio.run(module.play_by_text(scenarios, folder, written, seed, _tell(console)))
    except SpeechError as error:
        raise UserError(f"The caller's voice does not work: {error}.") from error
    _write(report, as_html(played))
    _write(junit, as_junit(played))
    if as_json_:
        print_json(as_json(played))
    else:
        console.print(_figures(played))
    raise typer.Exit(0 if all(one.verdict.passed for one in played) else 1)


def _folder(practice: Path | None, data_dir: Path | None) -> PracticeFolder:
    """Give the practice to rehearse with."""
    if practice is not None:
        return read(practice)
    if data_dir is None:
        return read_demo()

    async def export(files: PracticeFiles) -> PracticeFolder:
        found = await files.list_practices()
        if len(found) != 1:
            raise UserError(
                f"There are {len(found)} practices in {data_dir}. Export one, and give --practice."
            )
        return await files.export(found[0].practice_id)

    return with_records(data_dir, lambda records: export(records.of(PracticeFiles)))


def _tell(console: Console) -> Callable[[Played], None]:
    """Print a scenario as it ends: a line, and of one that failed why and what was said."""

    def tell(one: Played) -> None:
        verdict = one.verdict
        mark = "[green]passed[/green]" if verdict.passed else "[red]failed[/red]"
        console.print(f"{mark}  {one.scenario.name}  [dim]{verdict.turns} turns, {one.seconds:.1f} s[/dim]")
        if verdict.passed:
            return
        for line in verdict.complaints():
            console.print(f"        {line}", style="red", markup=False)
        for who, said, called in transcript(one.talk):
            console.print(f"        {who}: {said}" + (f"  [{called}]" if called else ""), markup=False)

    return tell


def _figures(played: Sequence[Played]) -> Table:
    table = Table(box=None, show_header=False)
    for name, value in summary([one.verdict for one in played]).items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    with writing(path):
        path.write_text(text, encoding="utf-8")
