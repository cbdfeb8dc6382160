"""The commands `dojo eval`: ladders, natural edits, the diagnosis, the repair strategies, two sides of a choice."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from flows.benches import PAGES
from flows.start import make_tasks
from tasks.errors import BadInput, Stopped
from tasks.output import print_line

if TYPE_CHECKING:
    from evals.paper import Paper

evals = typer.Typer(
    help="Measure ladders, diagnoses, repairs and choices: each eval writes a table, plots and a page.",
    no_args_is_help=True,
)
T = TypeVar("T")

_EVALUATED = "data/eval"
_AGAIN = "is kept; the same command goes on from there"

Ladders = Annotated[int, typer.Option(help="How many: the first of the dataset. Missing ones are made.")]
Dataset = Annotated[str, typer.Option(help="Dataset folder: a path or an fsspec URL.")]
Page = Annotated[
    Path | None, typer.Option(help="Folder for table, plots and page; by default in the dataset's evals/.")
]
Json = Annotated[Path | None, typer.Option(help="File for the figures.")]
Pages = Annotated[Path | None, typer.Option(help=PAGES)]
Model = Annotated[str | None, typer.Option(help="`offline`, or any LiteLLM model name.")]
SettingsFile = Annotated[Path | None, typer.Option(help="Settings in JSON or TOML, as for generate.")]
MaxUsd = Annotated[float | None, typer.Option(help="Dollars that it may spend, all its sessions.")]
Price = Annotated[
    tuple[float, float] | None,
    typer.Option(help="Dollars a million tokens in and out, for models of which no price is known."),
]
Reuse = Annotated[bool, typer.Option(help="Take what was paid for before: replies, and what was made of them.")]


@evals.command()
def leaks(
    ladders: Ladders = 400,
    dataset: Dataset = _EVALUATED,
    out: Page = None,
    model: Annotated[
        str | None, typer.Option(help="Any LiteLLM model name; it is shown every ladder, sealed and natural.")
    ] = None,
    settings: SettingsFile = None,
    max_usd: MaxUsd = None,
    assume_price: Price = None,
    reuse: Reuse = True,
    browser: Annotated[bool, typer.Option(help="Load every page untouched as well.")] = True,
) -> None:
    """Try to tell the order of four versions: by reading, with the loader run, untouched, in use."""
    from flows.chosen import limited, read_settings, with_model
    from flows.order import check_models
    from flows.tools import door

    chosen = with_model(
        limited(read_settings(settings), max_usd, None, None, assume_price, reuse=reuse, prompts=None), model
    )
    check_models(chosen, ["judge"])
    folder = _provide(ladders, 2, dataset, out, "leaks")
    from evals.leaks.report import paper_of
    from evals.leaks.run import run

    def work() -> "Paper":
        return paper_of(run(dataset, ladders, folder, chosen, print_line, browser=browser, door=door(folder)))

    _tell(_stoppable(work, f"What was answered and rendered {_AGAIN}"), folder)


@evals.command()
def ladder(ladders: Ladders = 400, dataset: Dataset = _EVALUATED, out: Page = None) -> None:
    """Render every version once more, sealed and natural, and see whether the ladders are what they promise."""
    folder = _provide(ladders, 1, dataset, out, "ladder")
    from evals.ladder.run import run

    _tell(_stoppable(lambda: run(dataset, ladders, folder, print_line), f"What was rendered {_AGAIN}"), folder)


@evals.command()
def people(
    ratings: Annotated[Path, typer.Option(help="Folder that `dojo rate import` wrote.")] = Path("evals/ratings"),
    settings: SettingsFile = None,
    out: Annotated[Path, typer.Option(help="Folder for table and page.")] = Path("data/eval/people"),
) -> None:
    """Measure rated versions, and see whether q's order is the raters', and which weights agree best."""
    from evals.paper import check_folder
    from evals.people.run import run
    from flows.chosen import read_settings
    from tasks.settings import Settings

    check_folder(out)
    chosen = read_settings(settings) or Settings()
    _tell(_stoppable(lambda: run(ratings, out, chosen, print_line), f"What was rendered {_AGAIN}"), out)


@evals.command()
def natural(
    pages: Pages = None,
    clean: Annotated[int, typer.Option(min=0, help="Pages of the offline model's beside them.")] = 26,
    most: Annotated[int, typer.Option(min=1, help="Edits of one mutator on one page.")] = 4,
    model: Annotated[
        str | None, typer.Option(help="Any LiteLLM model name; it is asked which of two programs was edited.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Pairs of programs shown to the model.")] = 60,
    drafts: Annotated[
        str | None, typer.Option(help="Dataset whose faulty drafts are the untouched programs of the pairs.")
    ] = None,
    settings: SettingsFile = None,
    max_usd: MaxUsd = None,
    assume_price: Price = None,
    reuse: Reuse = True,
    out: Annotated[Path, typer.Option(help="Folder for tables and page.")] = Path("data/eval/natural"),
) -> None:
    """Each mutator's edits: new errors, lines changed, formatting kept, and whether a model tells edited programs."""
    from evals.natural.run import run
    from evals.paper import check_folder
    from flows.chosen import limited, read_settings, with_model
    from flows.order import check_models
    from flows.tools import door

    chosen = with_model(
        limited(read_settings(settings), max_usd, None, None, assume_price, reuse=reuse, prompts=None), model
    )
    check_models(chosen, ["judge"])
    check_folder(out)

    def work() -> "Paper":
        return run(pages, out, chosen, print_line, clean=clean, most=most, pairs=pairs, drafts=drafts, door=door(out))

    _tell(_stoppable(work, f"What was answered {_AGAIN}"), out)


@evals.command()
def diagnose(
    pages: Pages = None,
    clean: Annotated[int, typer.Option(min=1, help="Clean programs of the offline model's.")] = 100,
    out: Annotated[Path, typer.Option(help="Folder for tables, plot and page.")] = Path("data/eval/diagnose"),
    json: Json = None,
) -> None:
    """Recall by kind of planted fault, and false alarms on clean programs."""
    from evals.diagnosis.run import run
    from evals.paper import check_file, check_folder

    check_folder(out)
    check_file(json)
    _tell(
        _stoppable(
            lambda: run(pages, out, print_line, clean=clean, figures=json),
            "A diagnosis that is not over has no figures",
        ),
        out,
    )


@evals.command()
def repair(
    strategies: Annotated[str, typer.Option(help="Names between commas.")] = "none,direct,cot,rewoo",
    model: Model = None,
    faults: Annotated[int, typer.Option(help="How many of the bank's.")] = 126,
    tokens: Annotated[int, typer.Option(help="Tokens out for one fault, the same for every strategy.")] = 8000,
    settings: SettingsFile = None,
    max_usd: MaxUsd = None,
    assume_price: Price = None,
    reuse: Reuse = True,
    out: Annotated[Path, typer.Option(help="Folder for tables, plots, page and attempts.")] = Path("data/eval/repair"),
    json: Json = None,
) -> None:
    """Repair strategies on the same faults with the same budget: fixed, broken further, tokens and dollars a fix."""
    from evals.paper import check_file, check_folder
    from evals.repairs.run import read_strategies, run
    from flows.chosen import limited, read_settings, with_model
    from flows.order import check_models
    from flows.tools import door

    named = read_strategies(strategies)
    chosen = with_model(
        limited(read_settings(settings), max_usd, None, None, assume_price, reuse=reuse, prompts=None), model
    )
    check_models(chosen, ["repairer"] if set(named) - {"none"} else [])
    check_folder(out)
    check_file(json)

    def work() -> "Paper":
        return run(named, faults, tokens, chosen, out, print_line, door=door(out), figures=json)

    _tell(_stoppable(work, f"What was tried and answered {_AGAIN}"), out)


@evals.command("generate")
def eval_generate(
    candidates: Annotated[int, typer.Option(min=2, help="How many each side tries, the same ones.")] = 40,
    a: Annotated[Path | None, typer.Option(help="Settings of the one side, in JSON or TOML.")] = None,
    b: Annotated[Path | None, typer.Option(help="Settings of the other side.")] = None,
    model_a: Annotated[str | None, typer.Option(help="The one side's model, if its settings name none.")] = None,
    model_b: Annotated[str | None, typer.Option(help="The other side's.")] = None,
    prompts_a: Annotated[Path | None, typer.Option(help="The one side's folder of prompts.")] = None,
    prompts_b: Annotated[Path | None, typer.Option(help="The other side's.")] = None,
    personas: Annotated[str, typer.Option(help="As for generate.")] = "starter",
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    max_usd: Annotated[float | None, typer.Option(help="Dollars that each side may spend, all its sessions.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Minutes after which a side's session ends.")] = None,
    assume_price: Price = None,
    out: Annotated[Path, typer.Option(help="Folder for both datasets, table and page.")] = Path("data/eval/generate"),
    json: Json = None,
) -> None:
    """Two settings beside each other: yield, q of the clean program, diversity, cost per accepted task."""
    from evals.paper import check_file, check_folder
    from evals.sides.run import run
    from flows.chosen import limited, read_settings, with_model
    from flows.order import place_order
    from flows.start import carry_out

    check_folder(out)
    check_file(json)
    orders = {}
    for side, path, model, prompts in (("a", a, model_a, prompts_a), ("b", b, model_b, prompts_b)):
        chosen = limited(
            read_settings(path), max_usd, max_minutes, candidates, assume_price, reuse=True, prompts=prompts
        )
        orders[side] = place_order(candidates, personas, None, seed, str(out / side), with_model(chosen, model), None)
    if len({order.run_id for order in orders.values()}) == 1:
        raise BadInput("Both sides are the same; name other settings, another model or other prompts for one of them.")
    made = f"What was made {_AGAIN}"
    _stoppable(lambda: carry_out([*orders.values()]), made)
    runs = {side: order.folder for side, order in orders.items()}
    models = {side: order.settings.model.models for side, order in orders.items()}
    _tell(_stoppable(lambda: run(runs, models, out, print_line, json), made), out)


def _provide(ladders: int, least: int, dataset: str, out: Path | None, name: str) -> Path:
    """See to it that the dataset has so many ladders; gives the folder for what comes of them."""
    from evals.paper import check_folder
    from flows.order import place_order
    from tasks.address import local_folder
    from tasks.settings import OFFLINE
    from tasks.shard.read import check_version, count_rows, read_side

    if ladders < least:
        raise BadInput(f"--ladders is {ladders}; ask for at least {least}.")
    folder = local_folder(dataset)
    if out is None and folder is None:
        raise BadInput(f"{dataset} is no folder of this machine; name one for table, plots and page with --out.")
    if folder is not None and folder.is_file():
        raise BadInput(f"--dataset {dataset} is a file; name the folder that `dojo generate --out` has written.")
    check_version(dataset)
    missing = ladders - count_rows(dataset).tasks
    tasks = 0
    if missing > 0:
        run_id = place_order(missing, "starter", OFFLINE, None, dataset, None).run_id
        tasks = missing + read_side(dataset, "private", ["run_id"])["run_id"].to_pylist().count(run_id)
    page = out or (folder or Path()) / "evals" / name
    check_folder(page)
    if missing > 0:
        print_line(f"{dataset} has {ladders - missing} of {ladders} ladders; the offline model makes the others.")
        make_tasks(tasks, "starter", OFFLINE, None, dataset, None)
    return page


def _tell(paper: "Paper", folder: Path) -> None:
    for table in paper.tables:
        print_line(f"\n{table.title}\n\n{table.plain}")
    for remark in paper.remarks:
        print_line(f"\n{remark}")
    print_line(f"\npage  {folder / 'index.html'}")


def _stoppable(work: Callable[[], T], kept: str) -> T:
    """What `work` gives; `kept`: what a second run finds there if this one is stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return work()
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Stopped(f"Stopped. {kept}.") from None
