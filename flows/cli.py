"""The command `dojo`: a thin door over the flows. Nothing heavy is imported before a command needs it."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from tasks.errors import BadInput, DojoError, Stopped

if TYPE_CHECKING:
    from evals.paper import Paper

app = typer.Typer(
    name="dojo",
    help="Interactive web pages with a measured order of quality.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

measures = typer.Typer(
    help="Measure the ladders of a dataset: each eval writes a table, plots and a page.", no_args_is_help=True
)
app.add_typer(measures, name="eval")

T = TypeVar("T")

_DATASET = "data/default"
_EVALUATED = "data/eval"


Ladders = Annotated[int, typer.Option(help="How many: the first of the dataset. Missing ones are made.")]
Dataset = Annotated[str, typer.Option(help="Dataset folder: a path or an fsspec URL.")]
Page = Annotated[
    Path | None, typer.Option(help="Folder for table, plots and page; by default in the dataset's evals/.")
]


class Purpose(StrEnum):
    """What a published dataset is for."""

    labelling = "labelling"
    training = "training"


@app.command()
def generate(
    tasks: Annotated[int, typer.Option(help="How many accepted tasks are wanted, exactly.")] = 8,
    personas: Annotated[
        str, typer.Option(help="`starter`, a JSONL or Parquet file, or a Hub dataset id (owner/name[:config]).")
    ] = "starter",
    model: Annotated[
        str | None, typer.Option(help="`offline`, or any LiteLLM model name, e.g. openrouter/provider/model.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Of the draw. Without one an unfinished run goes on, or the next unused seed is taken."),
    ] = None,
    out: Annotated[str, typer.Option(help="Dataset folder: a path or an fsspec URL.")] = _DATASET,
    settings: Annotated[Path | None, typer.Option(help="Settings in JSON or TOML; unknown keys are refused.")] = None,
    authors: Annotated[
        str | None, typer.Option(help="Who proposes the edits: `rules`, `model` (one more request a page) or `both`.")
    ] = None,
) -> None:
    """Make ranked tasks from personas. The same command again goes on where it was stopped."""
    _generate(tasks, personas, model, seed, out, settings, authors)


@app.command()
def publish(
    dataset: Annotated[str, typer.Argument(help="Dataset folder: a path or an fsspec URL.")],
    as_: Annotated[Purpose, typer.Option("--as", help="The public columns only, or pairs and best answers.")],
    repo: Annotated[str | None, typer.Option(help="Hub dataset to push to: org/name.")] = None,
    to: Annotated[str | None, typer.Option(help="Folder to write to instead.")] = None,
    reveal: Annotated[
        bool, typer.Option(help="Training rows tell the order of their tasks to everyone: say so.")
    ] = False,
) -> None:
    """Make a dataset into what the Hugging Face Hub takes."""
    from flows.local_server import prefect_server, wait_until_up
    from tasks.feed.publish import check_request
    from tasks.shard.read import need_tasks

    check_request(as_.value, repo, to, reveal)
    need_tasks(dataset)
    with prefect_server():
        from flows.publish import publish as flow

        wait_until_up()
        published = _run(flow(dataset=dataset, as_=as_.value, repo=repo, to=to, reveal=reveal))
    typer.echo(str(published))


@app.command()
def report(dataset: Annotated[str, typer.Argument(help="Dataset folder: a path or an fsspec URL.")] = _DATASET) -> None:
    """Write the report of a dataset's latest run again, and say where it is."""
    from flows.order import latest_run_folder
    from flows.report import write_report

    typer.echo(write_report(dataset, latest_run_folder(dataset)))


@app.command()
def show(
    task_id: Annotated[str, typer.Argument(help="As in the shards and the report.")],
    dataset: Annotated[
        str | None, typer.Option(help="Dataset folder; without one, all under data/ are looked through.")
    ] = None,
) -> None:
    """Show one task: its problem, its four versions, and what was measured of them."""
    from flows.display import show_task

    show_task(task_id, dataset)


@app.command()
def doctor() -> None:
    """Say what is there, what is missing, and how to get it."""
    from flows.doctor import examine, tell

    if not tell(examine()):
        raise typer.Exit(1)


@measures.command()
def leaks(
    ladders: Ladders = 400,
    dataset: Dataset = _EVALUATED,
    out: Page = None,
    model: Annotated[
        str | None, typer.Option(help="Any LiteLLM model name; it is shown the four texts, whole, of every ladder.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Load every page untouched as well.")] = True,
) -> None:
    """Try to tell the order of four versions from their texts."""
    from tasks.model.gateway import check_model
    from tasks.settings import ModelSettings

    judge = ModelSettings(name=model) if model else ModelSettings()
    check_model(judge)
    folder = _provide(ladders, 2, dataset, out, "leaks")
    from evals.leaks.report import paper_of
    from evals.leaks.run import run

    _tell(_stoppable(lambda: paper_of(run(dataset, ladders, folder, judge, typer.echo, browser=browser))), folder)


@measures.command()
def ladder(ladders: Ladders = 400, dataset: Dataset = _EVALUATED, out: Page = None) -> None:
    """Render every version once more, and see whether the ladders are what they promise."""
    folder = _provide(ladders, 1, dataset, out, "ladder")
    from evals.ladder.run import run

    _tell(_stoppable(lambda: run(dataset, ladders, folder, typer.echo)), folder)


def main() -> None:
    """Run the command; a mistake of the user's is one sentence and exit code 2, a stop is 3, a broken run is 1."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # what goes wrong reaches the user once, as our sentence
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # Milvus Lite complains of its own pings
    try:
        app()
    except BadInput as error:
        _end(str(error), 2)
    except Stopped as error:
        _end(str(error), 3)
    except DojoError as error:
        _end(str(error), 1)


def _generate(
    tasks: int,
    personas: str,
    model: str | None,
    seed: int | None,
    out: str,
    settings: Path | None,
    authors: str | None = None,
) -> None:
    from flows.display import show_outcome, watching
    from flows.local_server import prefect_server, wait_until_up
    from flows.order import place_order, read_settings

    order = place_order(tasks, personas, model, seed, out, read_settings(settings), authors)
    with watching(order), prefect_server():
        from flows.generate import generate as flow
        from tasks.model.gateway import load_libraries

        load_libraries()
        wait_until_up()
        outcome = _run(flow(tasks, personas, model, order.seed, out, order.settings))
    show_outcome(outcome)
    if outcome.short:
        raise Stopped(
            f"Only {outcome.accepted} of {outcome.wanted} tasks were accepted: all {outcome.candidates} candidates are "
            "used up. Look at the reasons in the report, or raise max_candidates in the settings and run it again."
        )


def _provide(ladders: int, least: int, dataset: str, out: Path | None, name: str) -> Path:
    """See to it that the dataset has so many ladders; gives the folder for what comes of them."""
    from evals.paper import check_folder
    from flows.order import is_remote, place_order
    from tasks.settings import OFFLINE
    from tasks.shard.read import check_version, count_rows, read_side

    if ladders < least:
        raise BadInput(f"--ladders is {ladders}; ask for at least {least}.")
    if out is None and is_remote(dataset):
        raise BadInput(f"{dataset} is no folder of this machine; name one for table, plots and page with --out.")
    if Path(dataset).is_file():
        raise BadInput(f"--dataset {dataset} is a file; name the folder that `dojo generate --out` has written.")
    check_version(dataset)
    missing = ladders - count_rows(dataset).tasks
    tasks = 0
    if missing > 0:
        run_id = place_order(missing, "starter", OFFLINE, None, dataset, None).run_id
        tasks = missing + read_side(dataset, "private", ["run_id"])["run_id"].to_pylist().count(run_id)
    folder = out or Path(dataset.removeprefix("file://")).expanduser() / "evals" / name
    check_folder(folder)
    if missing > 0:
        typer.echo(f"{dataset} has {ladders - missing} of {ladders} ladders; the offline model makes the others.")
        _generate(tasks, "starter", OFFLINE, None, dataset, None)
    return folder


def _tell(paper: "Paper", folder: Path) -> None:
    for table in paper.tables:
        typer.echo(f"\n{table.title}\n\n{table.plain}")
    for remark in paper.remarks:
        typer.echo(f"\n{remark}")
    typer.echo(f"\npage  {folder / 'index.html'}")


def _stoppable(work: Callable[[], T]) -> T:
    try:
        return work()
    except KeyboardInterrupt:
        raise Stopped("Stopped. What was rendered is kept; the same command goes on from there.") from None


def _run(flow: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(flow)
    except KeyboardInterrupt:
        raise Stopped("Stopped. What is done is kept; the same command goes on from here.") from None


def _end(sentence: str, code: int) -> None:
    typer.echo(f"dojo: {sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
