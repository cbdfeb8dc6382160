import pytest

from evals.ladders import load_quads, undone
from evals.leaks.restore import control, literal, texts_of
from tasks.errors import BadInput
from tasks.record import Edit, Program
from tests.evals.made import dataset_of, made, original


@pytest.mark.parametrize("menus", [True, False])
def test_every_version_gives_back_the_program_it_was_made_from(tmp_path, menus):
    quads = load_quads(dataset_of(tmp_path, 3, menus=menus), 3)
    for index, quad in enumerate(quads):
        assert quad.origin is not None
        assert quad.origin.program == original(index)
        for rung in quad.rungs:
            assert original(index) in [origin.program for origin in undone(rung.program, rung.edits)]
        for edit, at in zip(quad.rungs[0].edits, quad.origin.places, strict=True):
            assert (original(index).text(edit.file) or "")[at:].startswith(edit.before)


def test_a_program_that_can_not_be_had_back_is_not_guessed(tmp_path):
    (quad,) = load_quads(dataset_of(tmp_path, 1), 1)
    first = quad.rungs[0]
    other = first.program.replaced("script.js", (first.program.text("script.js") or "") + "more();\n")
    rung = type(first)(**{**vars(first), "program": other})
    broken = type(quad)(**{**vars(quad), "rungs": (rung, *quad.rungs[1:])})
    assert broken.origin is None
    assert control(broken, "rising") is None


def edit(after, means="", menu=""):
    return Edit(
        mutator="m", family="function", file="script.js", line=1, before="", after=after, means=means, menu=menu,
        strength=1, note="",
    )  # fmt: skip


def test_a_reference_is_written_out():
    menu = "const A = [1, 2];\n"
    assert literal(edit("wait(go, A[1], list[i])", "2", menu)) == "wait(go, 2, list[i])"
    assert literal(edit("color: var(--tone-3);", "#123", ":root {}")) == "color: #123;"
    assert literal(edit("RUNS[0](render)", "(go) => go", menu)) == "((go) => go)(render)"
    assert literal(edit("go([(a) => a[0], 'x'][1])", "'x'")) == "go('x')"
    assert literal(edit("40")) == "40"


@pytest.mark.parametrize("menus", [True, False])
def test_the_control_keeps_the_original_and_writes_harm_out(tmp_path, menus):
    quads = load_quads(dataset_of(tmp_path, 4, menus=menus), 4)
    orders = set()
    for index, quad in enumerate(quads):
        for construction, counts in (("rising", [0, 1, 2, 3]), ("single", [0, 1, 1, 1])):
            four = control(quad, construction)
            assert four is not None
            assert control(quad, construction) == four
            orders.add(four.ranks)
            by_rank = sorted(zip(four.ranks, four.programs, four.edits, strict=True), key=lambda one: one[0])
            assert [len(edits) for _, _, edits in by_rank] == counts
            assert by_rank[0][1] == original(index)
            assert len({program.program_id for program in four.programs}) == 4
            for _, program, edits in by_rank:
                assert program == applied(original(index), edits)
                assert all(one.strength > 0 and "MENU" not in one.after and "var(" not in one.after for one in edits)
    assert len(orders) > 2


def applied(program: Program, edits) -> Program:
    for one in edits:
        program = program.replaced(one.file, (program.text(one.file) or "").replace(one.before, one.after, 1))
    return program


def test_ladders_come_in_the_order_of_the_shards_and_as_they_were_published(tmp_path):
    dataset = dataset_of(tmp_path, 3)
    quads = load_quads(dataset, 2)
    assert [quad.task_id for quad in quads] == [made(index).task_id for index in range(2)]
    for index, quad in enumerate(quads):
        wanted = {version.rank: version.program for version in made(index).ladder.versions}
        assert {rung.rank: rung.program for rung in quad.rungs} == wanted
        assert [rung.q for rung in quad.ordered] == [0.95, 0.8, 0.65, 0.5]
        assert texts_of(quad).ranks == quad.ranks


def test_an_empty_dataset_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no accepted task"):
        load_quads(str(tmp_path), 4)
