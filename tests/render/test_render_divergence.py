"""What a version does otherwise than the clean program: told from journeys alone, no browser."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.record import Action, Effect, Journey
from tasks.render.divergence import PICTURE_SHARE, PICTURE_STEP, compare

CELLS = 144
STEADY = ("text #o", "text #p", "value #f", "state #b", "said #live", "look #b", "control #b", "focus ")


def click(place: str) -> Action:
    return Action(do="click", place=place)


def effect(soon: dict[str, str | None] | None = None, later: dict[str, str | None] | None = None) -> Effect:
    return Effect(note="", soon=soon or {}, later=later or {})


def journey(*done: tuple[Action, Effect], begun: dict[str, str] | None = None, **more) -> Journey:
    actions, effects = [action for action, _ in done], [seen for _, seen in done]
    return Journey(
        **{
            "late": 1000,
            "begun": begun or {},
            "looks": {},
            "actions": tuple(actions),
            "effects": tuple(effects),
            **more,
        }
    )


def ended(whole: Journey, after: int, note: str = "") -> Journey:
    return whole.model_copy(update={"effects": whole.effects[:after], "note": note})


changes = st.dictionaries(st.sampled_from(STEADY), st.none() | st.sampled_from(["1", "2", "three"]), max_size=4)
done = st.tuples(
    st.builds(
        Action,
        do=st.sampled_from(["click", "type", "press"]),
        place=st.sampled_from(["#a", "#b", "0/1/2"]),
        text=st.sampled_from(["", "x"]),
    ),
    st.builds(Effect, note=st.just(""), soon=changes, later=changes),
)
journeys = st.lists(
    st.builds(
        lambda steps, begun: journey(*steps, begun=begun),
        st.lists(done, max_size=6),
        st.dictionaries(st.sampled_from(STEADY), st.sampled_from(["1", "2"]), max_size=4),
    ),
    max_size=2,
)


@given(journeys)
def test_equal_journeys_have_no_divergence(clean):
    found = compare(clean, [one.model_copy(deep=True) for one in clean])
    assert (found.found, found.diverged, found.shrunk) == ((), 0, 0)


@given(journeys, st.data())
def test_any_other_effects_stay_in_bounds_and_name_each_action_once(clean, data):
    version = [
        one.model_copy(
            update={"effects": tuple(data.draw(done)[1] for _ in one.effects[: data.draw(st.integers(0, 6))])}
        )
        for one in clean
    ]
    found = compare(clean, version)
    assert 0 <= found.diverged <= 1
    where = [(one.journey, one.action) for one in found.found]
    assert where == sorted(set(where))
    assert all(number < len(clean[one].actions) for one, number in where)


@given(journeys, st.sampled_from(STEADY))
def test_what_differs_from_the_beginning_is_no_action_s_doing(clean, key):
    """A label with other words stays another label: nothing that was done made it so."""
    assume(all(key not in {**seen.soon, **seen.later} for one in clean for seen in one.effects))
    version = [one.model_copy(update={"begun": {**one.begun, key: "otherwise"}}) for one in clean]
    found = compare(clean, version)
    assert (found.found, found.diverged) == ((), 0)


def test_what_follows_from_a_divergence_is_not_named_again():
    clean = journey(
        (click("#add"), effect({"text #n": "1"})),
        (click("#add"), effect({"text #n": "2"})),
        (click("#other"), effect({"text #o": "yes"})),
    )
    version = journey(
        (click("#add"), effect({"text #n": "9"})),
        (click("#add"), effect({"text #n": "8"})),
        (click("#other"), effect({"text #o": "no"})),
    )
    found = compare([clean], [version]).found
    assert [(one.action, one.kind) for one in found] == [(0, "wrong"), (2, "wrong")]


def test_a_fresh_load_counts_anew():
    clean = journey((click("#add"), effect({"text #n": "1"})))
    version = journey((click("#add"), effect({"text #n": "9"})))
    found = compare([clean, clean], [version, version]).found
    assert [(one.journey, one.action) for one in found] == [(0, 0), (1, 0)]


def test_the_kinds_are_told_apart():
    clean = journey(
        (click("#wrong"), effect({"text #o": "1"})),
        (click("#slow"), effect({"text #p": "1"})),
        (click("#quiet"), effect({"state #quiet": "true", "look #quiet": "1"})),
        (click("#mute"), effect({"said #live": "Saved"})),
    )
    version = journey(
        (click("#wrong"), effect({"text #o": "2"})),
        (click("#slow"), effect({}, {"text #p": "1"})),
        (click("#quiet"), effect({"look #quiet": "1"})),
        (click("#mute"), effect()),
    )
    found = compare([clean], [version])
    assert [one.kind for one in found.found] == ["wrong", "late", "unannounced", "unannounced"]
    # what is only said is no effect that a person sees, and what is only late is none that lacks
    assert found.diverged == 0


def test_an_effect_that_is_wrong_and_late_and_unannounced_is_wrong():
    clean = journey((click("#b"), effect({"text #o": "1", "state #b": "true", "text #p": "x"})))
    version = journey((click("#b"), effect({"text #o": "2"}, {"text #p": "x"})))
    assert [one.kind for one in compare([clean], [version]).found] == ["wrong"]


def test_controls_are_weighed_alike_however_often_they_are_used():
    many = [(click("#often"), effect({"text #n": str(n)})) for n in range(9)]
    clean = journey(*many, (click("#once"), effect({"text #o": "yes"})))
    dead = journey(*many, (click("#once"), effect()))
    assert compare([clean], [dead]).diverged == 0.5
    sometimes = journey(*many[:6], *[(action, effect()) for action, _ in many[6:]], (click("#once"), clean.effects[-1]))
    assert compare([clean], [sometimes]).diverged == pytest.approx(0.5 * 3 / 9)


def test_keys_are_controls_of_their_own_and_texts_that_are_typed_are_not():
    def press(key: str) -> Action:
        return Action(do="press", text=key)

    def types(text: str) -> Action:
        return Action(do="type", place="#f", text=text)

    clean = journey(*[(press(key), effect({"text #o": key})) for key in "ababad"])
    dead = journey(*[(press(key), effect({"text #o": key} if key != "d" else {})) for key in "ababad"])
    assert compare([clean], [dead]).diverged == pytest.approx(1 / 3)
    clean = journey((types("x"), effect({"value #f": "x"})), (types("y"), effect({"value #f": "y"})))
    dead = journey((types("x"), effect({"value #f": "x"})), (types("y"), effect()))
    assert compare([clean], [dead]).diverged == 0.5
    assert compare([clean, journey((click("#o"), effect({"text #o": "1"})))], [dead, journey()]).diverged == 0.75


def test_what_has_no_effect_on_the_clean_program_does_not_weigh():
    clean = journey((click("#idle"), effect()), (click("#b"), effect({"text #o": "1"})))
    version = journey((click("#idle"), effect({"text #p": "!"})), (click("#b"), effect({"text #o": "1"})))
    found = compare([clean], [version])
    assert found.diverged == 0
    assert [(one.action, one.kind) for one in found.found] == [(0, "wrong")]


def test_what_a_version_did_not_come_to_has_another_effect():
    clean = journey(*[(click(f"#b{n}"), effect({f"text #o{n}": "1"})) for n in range(4)])
    found = compare([clean], [ended(clean, 1, "the page broke")])
    assert found.diverged == 0.75
    assert [(one.action, one.kind) for one in found.found] == [(1, "wrong"), (2, "wrong"), (3, "wrong")]
    assert "#b3" in found.found[2].what and "the page broke" in found.found[2].what
    assert "the page had ended" in compare([clean], [ended(clean, 3)]).found[0].what


@given(st.integers(0, CELLS), st.integers(0, 15), st.integers(0, 15))
def test_a_picture_is_another_if_enough_of_it_is(cells, before, after):
    one = f"{before:x}" * CELLS
    other = f"{after:x}" * cells + one[cells:]
    clean = journey((click("#c"), effect({"picture #c": one})))
    version = journey((click("#c"), effect({"picture #c": other})))
    seen = bool(compare([clean], [version]).found)
    assert seen == (abs(before - after) > PICTURE_STEP and cells >= PICTURE_SHARE * CELLS)


def test_a_canvas_that_stays_as_it_was_is_seen_where_the_clean_one_changes():
    white, drawn = "f" * CELLS, "f" * 100 + "0" * 44
    clean = journey((click("#c"), effect({"picture #c": drawn})), begun={"picture #c": white})
    version = journey((click("#c"), effect()), begun={"picture #c": white})
    found = compare([clean], [version])
    assert (found.diverged, len(found.found)) == (1, 1)
    assert "#c looks otherwise" in found.found[0].what
    gone = journey((click("#c"), effect({"picture #c": None})), begun={"picture #c": white})
    assert compare([clean], [gone]).found


def test_shrunk_is_a_share_by_size_of_letters():
    def looks(**sizes: int) -> Journey:
        return journey(looks={f"#{name}": (0, 0, 100, 20, size) for name, size in sizes.items()})

    clean = looks(title=30, text=15, small=5)
    assert compare([clean], [clean]).shrunk == 0  # small on the clean program too
    assert compare([clean], [looks(title=6, text=15, small=5)]).shrunk == pytest.approx(0.6)
    assert compare([clean], [looks(title=30, text=13, small=5)]).shrunk == 0
    assert compare([clean], [looks(title=30, text=11, small=5)]).shrunk == pytest.approx(0.3)
    assert compare([looks(text=11)], [looks(text=9)]).shrunk == 1  # by little, but hardly to be read
    assert compare([clean], [looks(title=60, text=15, small=5)]).shrunk == 0
    assert compare([clean], [looks(text=15)]).shrunk == 0  # what is gone has not shrunk
    assert compare([journey()], [journey()]).shrunk == 0


@pytest.mark.parametrize(
    ("action", "named"),
    [
        (click("#b"), "After a click on #b"),
        (Action(do="type", place="#f", text="Maple"), "After typing 'Maple' into #f"),
        (Action(do="press_sequentially", place="#f", text="ab"), "After typing 'ab' into #f"),
        (Action(do="press", text="ArrowLeft"), "After pressing 'ArrowLeft' at the page"),
        (Action(do="choose", place="#s", text="Tea"), "After choosing 'Tea' in #s"),
        (Action(do="drag", place="#c", dx=60), "After dragging #c"),
        (Action(do="wait", ms=3000), "After 3000 ms"),
    ],
)
def test_a_sentence_names_the_deed_and_both_values(action, named):
    clean, version = (journey((action, effect({"text #total": value}))) for value in ("$12.00", "$9.00"))
    [found] = compare([clean], [version]).found
    assert found.what == f"{named} the text of #total is '$9.00', not '$12.00'."
    [late] = compare([clean], [journey((action, effect({}, {"text #total": "$12.00"})))]).found
    assert late.what == f"The effect of {named.removeprefix('After ')} comes late."


def test_a_loss_of_the_page_counts_once_and_is_said():
    clean = journey(*[(click(f"#b{n}"), effect({"text #o": str(n)})) for n in range(3)])
    lost = [effect({"text #o": "0"}, {"loss ": "the form reloads"}), effect({"text #o": "1", "loss ": None})]
    found = compare([clean], [clean.model_copy(update={"effects": (*lost, clean.effects[2])})])
    assert [one.what for one in found.found] == ["After a click on #b0 the form reloads."]
    assert found.diverged == pytest.approx(1 / 3)


def test_a_sentence_names_what_lacks_and_stays_short():
    clean = journey((click("#b"), effect({f"text #o{n}": "word " * 99 for n in range(9)})))
    [found] = compare([clean], [journey((click("#b"), effect()))]).found
    assert "the text of #o0 is nothing, not 'word" in found.what
    assert found.what.endswith(", and 6 more.")
    assert len(found.what) < 400
