"""The command `dojo`: a thin door over the flows. Nothing heavy is imported before a command needs it."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.benches import benches
from flows.cache import cache
from flows.halt import say
from flows.measures import evals
from flows.rate import rate
from flows.start import make_tasks, run_flow
from tasks.caches import lead_libraries
from tasks.errors import BadInput, DojoError, Stopped
from tasks.loopback import spare_loopback
from tasks.output import print_anything, print_line

app = typer.Typer(
    name="dojo",
    help="Interactive web pages with a measured order of quality.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(evals, name="eval")
app.add_typer(benches, name="bench")
app.add_typer(cache, name="cache")
app.add_typer(rate, name="rate")

_DATASET = "data/default"


class Purpose(StrEnum):
    """What a published dataset is for."""

    labelling = "labelling"
    training = "training"


@app.command()
def generate(
    tasks: Annotated[
        int | None, typer.Option(help="How many accepted tasks are wanted, exactly: 8, or all pages of --programs.")
    ] = None,
    personas: Annotated[
        str,
        typer.Option(
            help="`starter`, a JSONL or Parquet file or folder, `-` for a pipe, or a Hub id (owner/name[:config])."
        ),
    ] = "starter",
    programs: Annotated[
        str | None,
        typer.Option(help="Pages that exist, in place of personas: a folder with one each, Parquet or JSONL."),
    ] = None,
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
    max_usd: Annotated[float | None, typer.Option(help="Dollars that the run may spend, all its sessions.")] = None,
    max_minutes: Annotated[float | None, typer.Option(help="Minutes after which this session ends.")] = None,
    max_candidates: Annotated[int | None, typer.Option(help="Candidates tried at the most.")] = None,
    assume_price: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Dollars a million tokens in and out, for models of which no price is known."),
    ] = None,
    reuse: Annotated[bool, typer.Option(help="Take replies that were paid for before.")] = True,
    prompts: Annotated[Path | None, typer.Option(help="Folder of prompts that stand in for ours.")] = None,
) -> None:
    """Make ranked tasks from personas or from given pages. The same command again goes on where it was stopped."""
    from flows.chosen import limited, read_settings

    chosen = limited(
        read_settings(settings), max_usd, max_minutes, max_candidates, assume_price, reuse=reuse, prompts=prompts
    )
    make_tasks(tasks, personas, model, seed, out, chosen, authors, programs)


@app.command()
def publish(
    dataset: Annotated[str, typer.Argument(help="Dataset folder: a path or an fsspec URL.")],
    as_: Annotated[Purpose, typer.Option("--as", help="The public columns only, or natural programs for trainers.")],
    repo: Annotated[str | None, typer.Option(help="Hub dataset to push to: org/name.")] = None,
    to: Annotated[str | None, typer.Option(help="Folder to write to instead.")] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Training rows tell the order of their tasks to everyone: say so.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="A new dataset on the Hub is private; one for training always, unless:")
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="A new dataset on the Hub is public.")] = False,
    take_over: Annotated[
        bool,
        typer.Option(
            "--take-over",
            help="Publish into a place that people, or another publication, made. What people have stays.",
        ),
    ] = False,
) -> None:
    """Make a dataset into what the Hugging Face Hub takes. Given again, only what has changed is written."""
    from tasks.feed.endpoint import check_endpoint

    check_endpoint()
    from flows.local_server import prefect_server, wait_until_up
    from tasks.feed.publish import check_request
    from tasks.shard.read import need_tasks

    if private and public:
        raise BadInput("--private and --public were both said; choose one.")
    visibility: Literal["private", "public"] | None = "private" if private else "public" if public else None
    check_request(as_.value, repo, to, reveal, visibility, take_over)
    need_tasks(dataset)
    with prefect_server():
        from flows.publish import publish as flow

        wait_until_up()
        published = run_flow(
            flow(
                dataset=dataset,
                as_=as_.value,
                repo=repo,
                to=to,
                reveal=reveal,
                visibility=visibility,
                take_over=take_over,
            )
        )
    print_line(str(published))


@app.command()
def report(dataset: Annotated[str, typer.Argument(help="Dataset folder: a path or an fsspec URL.")] = _DATASET) -> None:
    """Write the report of a dataset's latest run again, and say where it is."""
    from flows.report import report_again

    print_line(report_again(dataset))


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


@app.command("trace-copy")
def trace_copy(
    copy: Annotated[str, typer.Argument(help="A sealed page: its file, or its key.")],
    dataset: Annotated[str, typer.Option(help="Dataset that it was made from.")] = _DATASET,
    copies: Annotated[int, typer.Option(min=1, help="Numbers of copies that are tried, from 0.")] = 10_000,
) -> None:
    """Say of which task and version a sealed page is a copy, and which one."""
    from flows.traced_copy import trace_copy as trace

    print_line(trace(copy, dataset, copies))


@app.command()
def estimate(
    tasks: Annotated[int, typer.Option(help="How many accepted tasks are wanted.")] = 100,
    model: Annotated[str | None, typer.Option(help="`offline`, or any LiteLLM model name.")] = None,
    dataset: Annotated[
        str, typer.Option(help="Dataset whose earlier runs are gone by; without tasks in it, by a prior.")
    ] = _DATASET,
    settings: Annotated[Path | None, typer.Option(help="Settings in JSON or TOML, as for generate.")] = None,
    authors: Annotated[str | None, typer.Option(help="As for generate: `rules`, `model` or `both`.")] = None,
    assume_price: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Dollars a million tokens in and out, for models of which no price is known."),
    ] = None,
    every: Annotated[float, typer.Option(help="Minutes between two tasks of one validator.")] = 15,
    validators: Annotated[int, typer.Option(help="How many there are.")] = 10,
    miners: Annotated[int, typer.Option(help="How many each validator has.")] = 240,
    outputs: Annotated[int, typer.Option(help="Versions that each miner gets.")] = 4,
    renders_per_minute: Annotated[float | None, typer.Option(help="Of this machine, as measured.")] = None,
    bench: Annotated[Path | None, typer.Option(help="The same, from a file of `dojo bench render --json`.")] = None,
    json: Annotated[Path | None, typer.Option(help="File for the figures.")] = None,
) -> None:
    """Say what so many tasks will take, and how many machines a cadence takes; nothing is spent."""
    from evals.paper import check_file
    from flows.cadence import Demand, read_rate
    from flows.estimate import estimate as foretell
    from flows.estimate import settings_for, tables
    from tasks.rows import write_whole

    check_file(json)
    demand = Demand(every_minutes=every, validators=validators, miners=miners, outputs=outputs)
    rate = read_rate(bench) if bench is not None and renders_per_minute is None else renders_per_minute
    found = foretell(tasks, settings_for(settings, model, authors, assume_price), dataset, demand, rate)
    for table in tables(found):
        print_line(f"{table.title}\n\n{table.plain}\n\n{table.note}\n")
    print_line("\n".join(f"- {remark}" for remark in found.remarks))
    if json is not None:
        write_whole(json, (found.model_dump_json(indent=2) + "\n").encode())


@app.command()
def prompts(
    folder: Annotated[Path | None, typer.Option("--prompts", help="Folder of prompts that stand in for ours.")] = None,
) -> None:
    """List the prompts: who answers them, their versions, and where they are asked."""
    from flows.prompts import list_prompts, prompts_table

    table = prompts_table(list_prompts(folder))
    print_line(f"{table.plain}\n{table.note}".rstrip())


@app.command()
def doctor(
    model: Annotated[
        str | None, typer.Option(help="Make small calls to this model instead, and say how it wants to be asked.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="The same with the deployments of a settings file.")] = None,
) -> None:
    """Say what is there, what is missing, and how to get it; or whether models answer."""
    from flows.doctor import examine, tell

    if model is None and settings is None:
        signs = examine()
    else:
        from flows.chosen import read_settings, with_model
        from flows.probe import try_models
        from tasks.settings import Settings

        signs = try_models(with_model(read_settings(settings) or Settings(), model))
    if not tell(signs):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; a mistake of the user's is one sentence and exit code 2, a stop is 3, a broken run is 1."""
    print_anything()
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # what goes wrong reaches the user once, as our sentence
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # Milvus Lite complains of its own pings
    spare_loopback()
    try:
        lead_libraries()
        app()
    except BadInput as error:
        _end(str(error), 2)
    except Stopped as error:
        _end(str(error), 3)
    except DojoError as error:
        _end(str(error), 1)


def _end(sentence: str, code: int) -> None:
    say(sentence)
    sys.exit(code)


if __name__ == "__main__":
    main()
