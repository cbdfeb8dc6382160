"""`dojo rate`: whether people see the order that was measured. Blind packs go out, ratings come in."""

from pathlib import Path
from typing import Annotated

import typer

from tasks.errors import BadInput
from tasks.output import print_line

rate = typer.Typer(
    help="Whether people see the measured order: blind packs go out, ratings come in.", no_args_is_help=True
)


@rate.command()
def export(
    dataset: Annotated[str, typer.Argument(help="Dataset folder: a path or an fsspec URL.")],
    to: Annotated[str, typer.Option(help="Folder for the pack; empty, or not there yet.")],
    tasks: Annotated[int | None, typer.Option(help="How many: 40, or all if there are fewer.")] = None,
    seed: Annotated[int, typer.Option(help="Of the choice of tasks and of the order of their pages.")] = 0,
) -> None:
    """Write a pack that people rate blind: a form that opens in a browser, with no server and no network."""
    from tasks.rate.pack import check_place, choose_tasks, refuse_unsealed, write_pack
    from tasks.shard.identity import identify_dataset
    from tasks.shard.read import need_tasks, pick_rows, read_side

    place = check_place(to)
    need_tasks(dataset)
    held = read_side(dataset, "public", ["task_id", "topic", "schema_version"]).to_pylist()
    refuse_unsealed({row["task_id"]: row["schema_version"] for row in held}, dataset)
    dataset_id = identify_dataset(dataset)
    if not dataset_id:
        raise BadInput(
            f"There is no private/order.key in {dataset}, so nobody could tell which dataset ratings are of; take the "
            "dataset's own folder."
        )
    chosen = choose_tasks({row["task_id"]: row["topic"] for row in held}, tasks, seed, dataset)
    rows = pick_rows(dataset, "public", chosen)
    pack = write_pack([rows[task_id] for task_id in chosen], dataset_id, seed, place)
    print_line(
        f"{_many(len(pack.tasks), 'task')} in pack {pack.pack_id}.\n  form  {place / 'index.html'}\n"
        f"  then  dojo rate import RATING.json --dataset {dataset} --to RATINGS"
    )


@rate.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="What raters saved: JSON, a file each.")],
    dataset: Annotated[str, typer.Option(help="Dataset that the pack was made from.")],
    to: Annotated[str, typer.Option(help="Folder of rated tasks; what it holds stays.")],
) -> None:
    """Check raters' files and join them with the measured order: all of them, or nothing."""
    from tasks.rate.answer import check_answers, read_answer
    from tasks.rate.join import check_folder, join_answers
    from tasks.rate.pack import refuse_unsealed
    from tasks.shard.identity import identify_dataset
    from tasks.shard.read import need_tasks, pick_rows

    folder = check_folder(to)
    answers = [read_answer(path) for path in files]
    need_tasks(dataset)
    wanted = sorted({task.task_id for answer in answers for task in answer.tasks})
    public = pick_rows(dataset, "public", wanted)
    refuse_unsealed({task_id: row["schema_version"] for task_id, row in public.items()}, dataset)
    check_answers(answers, public, identify_dataset(dataset), dataset)
    joined = join_answers(answers, pick_rows(dataset, "private", wanted), folder)
    print_line(
        f"{_many(joined.added, 'rating')} of {_many(len(wanted), 'task')} by {_many(joined.raters, 'rater')} added.\n"
        f"  ratings  {folder}, {_many(joined.tasks, 'task')} now"
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
