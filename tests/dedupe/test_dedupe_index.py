import multiprocessing
from pathlib import Path

import fsspec
import numpy as np
import pytest
from milvus_lite.server_manager import server_manager_instance

from tasks.dedupe.embed import normal_text, program_text
from tasks.dedupe.index import Index
from tasks.errors import BadInput, BrokenRun
from tasks.settings import DedupeSettings
from tasks.shard.write import write_shard
from tests.shard.specimens import RUN, ranked

SETTINGS = DedupeSettings()


def dataset_of(folder: Path, *indices: int) -> str:
    """A dataset with one shard of these tasks."""
    write_shard(str(folder), "s", RUN, [ranked(i) for i in indices], [], folder)
    return str(folder)


async def test_an_accepted_task_is_its_own_nearest(tmp_path: Path) -> None:
    tasks = [ranked(i) for i in range(5)]
    async with Index(str(tmp_path), SETTINGS) as index:
        assert await index.count() == 0
        empty = await index.nearest("problem", await index.embedder.embed(["anything"]))
        assert empty == [None]
        await index.add(tasks, "run-1")
        assert await index.count() == 5
        problems = await index.embedder.embed([normal_text(t.problem.prompt) for t in tasks])
        programs = await index.embedder.embed([program_text(t.ladder.versions[0].program) for t in tasks])
        for kind, vectors in (("problem", problems), ("program", programs)):
            near = await index.nearest(kind, vectors)  # type: ignore[arg-type]
            assert [n and n.task_id for n in near] == [t.task_id for t in tasks]
            assert all(n and n.similarity == pytest.approx(1, abs=1e-5) for n in near)
        assert await index.nearest("program", programs, not_run="run-1") == [None] * 5
        await index.add(tasks[:2], "run-1")
        assert await index.count() == 5


async def test_many_questions_at_once(tmp_path: Path) -> None:
    async with Index(dataset_of(tmp_path, 0, 1), SETTINGS) as index:
        vectors = await index.embedder.embed([f"question {n}" for n in range(300)])
        assert len([n for n in await index.nearest("problem", vectors) if n]) == 300


async def test_it_is_rebuilt_from_the_shards_and_is_the_same(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, 0, 1, 2)
    probe = await Index(dataset, SETTINGS).embedder.embed([normal_text(ranked(i).problem.prompt) for i in range(4)])
    async with Index(dataset, SETTINGS) as index:
        assert await index.count() == 3
        rebuilt = await index.nearest("problem", probe)
    async with Index(str(tmp_path / "other"), SETTINGS) as index:
        await index.add([ranked(i) for i in range(3)], RUN.run_id)
        assert await index.nearest("problem", probe) == rebuilt


async def test_an_index_behind_the_shards_catches_up(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, 0)
    async with Index(dataset, SETTINGS) as index:
        assert await index.count() == 1
    write_shard(dataset, "s-2", RUN, [ranked(1), ranked(2)], [], tmp_path)
    async with Index(dataset, SETTINGS) as index:
        assert await index.count() == 3
    (tmp_path / "public" / "tasks-s-2.parquet").unlink()
    async with Index(dataset, SETTINGS) as index:
        assert await index.count() == 1


async def test_it_outlives_the_process_and_moves_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / 'a "quoted" [name]'
    dataset = dataset_of(folder, 0, 1)
    async with Index(dataset, SETTINGS):
        pass
    moved = folder.rename(tmp_path / "moved")
    async with Index(str(moved), SETTINGS) as index:
        near = await index.nearest("problem", await index.embedder.embed([normal_text(ranked(1).problem.prompt)]))
        assert near[0] is not None and near[0].task_id == ranked(1).task_id


async def test_another_dimension_is_refused_with_the_way_out(tmp_path: Path) -> None:
    async with Index(dataset_of(tmp_path, 0), SETTINGS):
        pass
    with pytest.raises(BadInput, match=r"384 dimensions .* ask for 128 .* remove .*tasks\.db"):
        async with Index(str(tmp_path), DedupeSettings(dimension=128)):
            pass
    async with Index(str(tmp_path), SETTINGS) as index:
        assert await index.count() == 1


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    settings = DedupeSettings(uri="http://root:secret@127.0.0.1:9")
    with pytest.raises(BadInput, match=r"127\.0\.0\.1:9 can't be opened; start that server") as caught:
        async with Index(str(tmp_path), settings):
            pass
    assert "secret" not in str(caught.value)


async def test_datasets_on_one_server_do_not_mix(tmp_path: Path) -> None:
    one, other = dataset_of(tmp_path / "one", 0, 1), dataset_of(tmp_path / "other", 0, 2)
    server = server_manager_instance.start_and_get_uri(str(tmp_path / "server.db"))
    settings = DedupeSettings(uri=server)
    try:
        async with Index(one, settings) as first, Index(other, settings) as second:
            assert (await first.count(), await second.count()) == (2, 2)
            assert await first.rebuild() == 2 and await second.count() == 2
            probe = await first.embedder.embed([normal_text(ranked(2).problem.prompt)])
            near, same = await first.nearest("problem", probe), await second.nearest("problem", probe)
        assert near[0] is not None and near[0].task_id != ranked(2).task_id
        assert same[0] is not None and same[0].task_id == ranked(2).task_id
        with pytest.raises(BadInput, match="use another server"):
            async with Index(one, DedupeSettings(uri=server, dimension=64)):
                pass
    finally:
        server_manager_instance.release_server(str(tmp_path / "server.db"))


async def test_a_folder_that_cannot_be_made_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("in the way")
    with pytest.raises(BadInput, match="can't be opened"):
        async with Index(str(tmp_path), SETTINGS):
            pass


async def test_a_second_process_is_refused(tmp_path: Path) -> None:
    async with Index(str(tmp_path), SETTINGS):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert "if another process has it open, wait" in pool.apply(open_in_another_process, (str(tmp_path),))


def open_in_another_process(dataset: str) -> str:
    import asyncio

    async def opened() -> str:
        try:
            async with Index(dataset, SETTINGS):
                return "opened"
        except BadInput as error:
            return str(error)

    return asyncio.run(opened())


async def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = Index(str(tmp_path), SETTINGS)
    with pytest.raises(BrokenRun, match="not open"):
        await index.nearest("problem", np.zeros((1, 384), dtype=np.float32))


def test_the_index_of_a_remote_dataset_is_kept_at_home() -> None:
    one, other = Index("memory://set/one", SETTINGS), Index("memory://set/two", SETTINGS)
    assert one.uri != other.uri and Path(one.uri).parts[-4:-2] == ("data", "index")


async def test_a_remote_dataset_is_read_through_fsspec(tmp_path: Path) -> None:
    write_shard("memory://remote", "s", RUN, [ranked(0)], [], tmp_path)
    async with Index("memory://remote", DedupeSettings(uri=str(tmp_path / "tasks.db"))) as index:
        assert await index.count() == 1
    fsspec.filesystem("memory").rm("/remote", recursive=True)
