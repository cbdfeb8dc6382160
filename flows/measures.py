"""The commands that measure: `dojo eval` the ladders of a dataset, `dojo bench` how fast the stages are."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from flows.start import make_tasks
from tasks.errors import BadInput, Stopped

if TYPE_CHECKING:
    from evals.bench.figures import Figures
    from evals.paper import Paper

evals = typer.Typer(
    help="Measure the ladders of a dataset: each eval writes a table, plots and a page.", no_args_is_help=True
)
benches = typer.Typer(help="Measure how fast a stage is, beside the alternative in the same run.", no_args_is_help=True)

T = TypeVar("T")

_EVALUATED = "data/eval"

Ladders = Annotated[int, typer.Option(help="How many: the first of the dataset. Missing ones are made.")]
Dataset = Annotated[str, typer.Option(help="Dataset folder: a path or an fsspec URL.")]
Page = Annotated[
    Path | None, typer.Option(help="Folder for table, plots and page; by default in the dataset's evals/.")
]
Json = Annotated[Path | None, typer.Option(help="File for the figures.")]
Compare = Annotated[Path | None, typer.Option(help="An earlier --json file, to show beside.")]
Pages = Annotated[
    Path | None,
    typer.Option(help="Folder of pages: each a folder with index.html, what it links, and checks.json if it has any."),
]


@evals.command()
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
    from tasks.model.provider import check_routes
    from tasks.settings import ModelSettings

    judge = ModelSettings(name=model) if model else ModelSettings()
    check_routes(judge, ["judge"])
    folder = _provide(ladders, 2, dataset, out, "leaks")
    from evals.leaks.report import paper_of
    from evals.leaks.run import run

    _tell(_stoppable(lambda: paper_of(run(dataset, ladders, folder, judge, typer.echo, browser=browser))), folder)


@evals.command()
def ladder(ladders: Ladders = 400, dataset: Dataset = _EVALUATED, out: Page = None) -> None:
    """Render every version once more, and see whether the ladders are what they promise."""
    folder = _provide(ladders, 1, dataset, out, "ladder")
    from evals.ladder.run import run

    _tell(_stoppable(lambda: run(dataset, ladders, folder, typer.echo)), folder)


@benches.command("render")
def bench_render(
    count: Annotated[int, typer.Option(min=10, help="Versions to render in the pool.")] = 300,
    pages: Pages = None,
    naive: Annotated[int, typer.Option(min=2, help="Versions to render the naive way.")] = 10,
    settings: Annotated[Path | None, typer.Option(help="Settings in JSON or TOML.")] = None,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Rendered and checked versions a minute, beside a fresh context in full Chromium for each."""
    from evals.bench.pages import folder_orders, offline_orders
    from evals.bench.render import bench_render as bench
    from flows.order import read_settings
    from tasks.settings import Settings

    orders = folder_orders(pages) if pages else offline_orders(min(count, 100))
    _bench(lambda: bench(orders, count, naive, read_settings(settings) or Settings(), typer.echo), json, compare)


@benches.command("diagnose")
def bench_diagnose(
    count: Annotated[int, typer.Option(min=10, help="Programs to diagnose.")] = 200,
    pages: Pages = None,
    linted: Annotated[int, typer.Option(min=1, help="Programs to lint with ESLint.")] = 6,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Milliseconds of the language servers a program, beside `npx eslint --stdin`."""
    from evals.bench.diagnose import bench_diagnose as bench
    from evals.bench.pages import folder_orders, offline_orders
    from tasks.settings import Settings

    programs = [order.program for order in (folder_orders(pages) if pages else offline_orders(min(count, 100)))]
    _bench(lambda: bench(programs, count, linted, Settings(), typer.echo), json, compare)


@benches.command("generate")
def bench_generate(
    tasks: Annotated[int, typer.Option(min=1, help="Accepted tasks to make.")] = 16,
    personas: Annotated[str, typer.Option(help="As for `dojo generate`.")] = "starter",
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    overlap: Annotated[
        int | None, typer.Option(min=1, help="Batches under way at once; with 1, each stage's time is its own.")
    ] = None,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Accepted tasks a minute and CPU-seconds of each by stage, with a model that answers at once."""
    from evals.bench.generate import bench_generate as bench

    _bench(lambda: bench(tasks, personas, seed, overlap, typer.echo), json, compare)


def _bench(measure: "Callable[[], Figures]", json: Path | None, compare: Path | None) -> None:
    from evals.bench.figures import read_older

    older = read_older(compare) if compare else None
    if json is not None and not json.parent.is_dir():
        raise BadInput(f"--json {json} can't be written: there is no folder {json.parent}.")
    try:
        figures = measure()
    except KeyboardInterrupt:
        raise Stopped("Stopped; a bench that is not over has no figures.") from None
    table = figures.table(older)
    typer.echo(f"\n{table.markdown}\n\n{table.note}")
    if json is not None:
        figures.save(json)


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
        make_tasks(tasks, "starter", OFFLINE, None, dataset, None)
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
