"""The commands `dojo bench`: how fast the stages are, each beside the alternative in the same run."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasks.errors import Stopped
from tasks.output import print_line

if TYPE_CHECKING:
    from evals.bench.figures import Figures
    from tasks.record import RenderOrder

benches = typer.Typer(help="Measure how fast a stage is, beside the alternative in the same run.", no_args_is_help=True)

Json = Annotated[Path | None, typer.Option(help="File for the figures.")]
Compare = Annotated[Path | None, typer.Option(help="An earlier --json file, to show beside.")]
PAGES = (
    "Folder of pages: each a folder with index.html, what it links, and checks.json if it has any, or a file *.html. "
    "Or one such page's own folder."
)
Pages = Annotated[Path | None, typer.Option(help=PAGES)]


@benches.command("render")
def bench_render(
    count: Annotated[int, typer.Option(min=10, help="Versions to render in the pool.")] = 300,
    pages: Pages = None,
    naive: Annotated[int, typer.Option(min=2, help="Versions to render the naive way.")] = 10,
    busy: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Instead, render 100 pages (or --count) once quiet and twice beside so many spinning processes, and "
            "say which differ. --pages are varied; without, those in the repository's tests/real are, if it is there.",
        ),
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="Settings in JSON or TOML.")] = None,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Rendered and checked versions a minute, beside a fresh context in full Chromium for each."""
    from evals.bench.pages import offline_orders
    from evals.bench.render import bench_render as bench
    from flows.chosen import read_settings
    from tasks.settings import Settings

    if busy is not None:
        from evals.bench.busy import bench_busy, own_pages

        given = _named(pages) if pages else own_pages()
        number = min(count, 100)
        _bench(
            lambda: bench_busy(given, number, busy, read_settings(settings) or Settings(), print_line), json, compare
        )
        return
    orders = _given(pages) if pages else offline_orders(min(count, 100))
    _bench(lambda: bench(orders, count, naive, read_settings(settings) or Settings(), print_line), json, compare)


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
    from evals.bench.pages import offline_orders
    from tasks.settings import Settings

    programs = [order.program for order in (_given(pages) if pages else offline_orders(min(count, 100)))]
    _bench(lambda: bench(programs, count, linted, Settings(), print_line), json, compare)


@benches.command("generate")
def bench_generate(
    tasks: Annotated[int, typer.Option(min=1, help="Accepted tasks to make.")] = 16,
    personas: Annotated[str, typer.Option(help="As for `dojo generate`.")] = "starter",
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    under_way: Annotated[
        int | None, typer.Option(min=1, help="Candidates under way at once; with 1, each stage's time is its own.")
    ] = None,
    latency: Annotated[
        bool, typer.Option("--latency", help="With replies as slow as a real model's, beside the ideal.")
    ] = False,
    scale: Annotated[float, typer.Option(min=0.001, max=1, help="Of that slowness.")] = 0.5,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Accepted tasks a minute and CPU-seconds of each by stage, with a model that answers at once."""
    from evals.bench.generate import bench_generate as bench
    from evals.bench.latency import bench_latency

    if latency:
        _bench(lambda: bench_latency(tasks, personas, seed, scale, print_line), json, compare)
    else:
        _bench(lambda: bench(tasks, personas, seed, under_way, print_line), json, compare)


@benches.command("gateway")
def bench_gateway(
    count: Annotated[int, typer.Option(min=20, help="Calls for the time and the processor of one.")] = 400,
    seconds: Annotated[float, typer.Option(min=5, help="Of calls to three deployments with limits.")] = 20,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Calls a second and CPU a call beside raw httpx; three deployments' limits used beside LiteLLM's Router."""
    from evals.bench.gateway import bench_gateway as bench

    _bench(lambda: bench(count, seconds, print_line), json, compare)


@benches.command("seal")
def bench_seal(
    pages: Pages = None,
    loads: Annotated[int, typer.Option(min=3, help="Of each page, natural and sealed in turn.")] = 15,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Size of sealed pages, and their load beside the natural ones'; the mixing of keys."""
    from evals.bench.busy import mixed_orders, own_pages
    from evals.bench.seal import bench_seal as bench

    given = _named(pages) if pages else own_pages() or mixed_orders({}, 10)
    _bench(lambda: bench(given, loads, print_line), json, compare)


@benches.command("publish")
def bench_publish(
    tasks: Annotated[int, typer.Option(min=10, help="Made-up tasks.")] = 2_000,
    json: Json = None,
    compare: Compare = None,
) -> None:
    """Memory and time of publishing made-up tasks for trainers, all configs."""
    from evals.bench.publish import bench_publish as bench

    _bench(lambda: bench(tasks, print_line), json, compare)


def _given(pages: Path) -> "list[RenderOrder]":
    return [*_named(pages).values()]


def _named(pages: Path) -> "dict[str, RenderOrder]":
    from evals.bench.pages import read_pages

    given = read_pages(pages)
    for remark in given.remarks:
        print_line(remark)
    return given.orders


def _bench(measure: "Callable[[], Figures]", json: Path | None, compare: Path | None) -> None:
    from evals.bench.figures import read_older
    from evals.paper import check_file

    older = read_older(compare) if compare else None
    check_file(json)
    try:
        figures = measure()
    except KeyboardInterrupt:
        raise Stopped("Stopped; a bench that is not over has no figures.") from None
    table = figures.table(older)
    print_line(f"\n{table.markdown}\n\n{table.note}")
    if json is not None:
        figures.save(json)
