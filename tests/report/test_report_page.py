from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tasks.check import Check
from tasks.record import FAMILIES, Amendment, Edit
from tasks.report.changes import Change
from tasks.report.facts import LossFacts, RunFacts, SpellFacts, TaskFacts, VersionFacts
from tasks.report.page import GALLERY, render_report

HOSTILE = '</template></script><img src=x onerror="alert(1)">'


def version(rank, q):
    edit = Edit(
        mutator="m",
        family="visual",
        file="style.css",
        line=3,
        start=0,
        before="a",
        after=HOSTILE,
        strength=max(1, rank),
        note="It fades.",
    )
    hunk = f"@@ -1 +1 @@\n-a\n+{HOSTILE}\rb\u2028c\n\\ No newline at end of file\n"
    change = Change(head="--- a/style.css\n+++ b/style.css\n", hunk=hunk, edits=(edit,))
    return VersionFacts(
        completion_id=f"c{rank}", rank=rank, q=q, parts=dict.fromkeys(FAMILIES, q), passed=7 - rank, checks=7,
        picture="", page=f"<h1>{rank}</h1>{HOSTILE}", changes=(change,) if rank else (),
    )  # fmt: skip


def task(number, qs=(1.0, 0.8, 0.7, 0.4)):
    return TaskFacts(
        task_id=f"t{number}", title=f"Lamps {HOSTILE}", topic="tools", prompt=HOSTILE, persona=HOSTILE, repair_rounds=1,
        nearest=None, tokens=100, usd=0.5, versions=tuple(version(rank, q) for rank, q in enumerate(qs)),
    )  # fmt: skip


def loss(number, stage="render", reason="checks fail"):
    return LossFacts(candidate=number, stage=stage, reason=reason, detail=HOSTILE, title="x", tokens=10, usd=0.25)


def amendment(verdict, **changes):
    check = Check.model_validate(
        {
            "id": "counts",
            "title": HOSTILE,
            "severity": "major",
            "expect": [{"see": "text", "target": {"css": "#o"}, "how": "equals", "value": "three"}],
        }
    )
    return Amendment(
        check_id="counts", round=2, why=HOSTILE, verdict=verdict, reason="By the words.", before=check
    ).model_copy(update=changes)


def run(tasks=(), losses=()):
    return RunFacts(
        run_id="seed0-x", dataset="d", status="finished", model="offline", personas="starter", seed=0,
        wanted=len(tasks), config_hash="h", created_at=datetime(2026, 11, 22, tzinfo=UTC), tasks=tuple(tasks),
        losses=tuple(losses),
        spells=(SpellFacts("render", 4.0, 8.0),), tasks_timed=len(tasks),
    )  # fmt: skip


def test_the_figures_follow_from_the_facts():
    facts = run([task(0), task(1, (1.0, 0.9, 0.8, 0.7))], [loss(2), loss(3), loss(4, "problem", "no valid problem")])
    assert facts.candidates == 5
    assert facts.strict == 2
    assert facts.mean_span == pytest.approx(0.45)
    assert facts.worst_off_line == pytest.approx(1 / 6)
    assert facts.usd == pytest.approx(1.75)
    assert facts.tokens == 230
    assert [(stage, reason, count) for stage, reason, count, _, _ in facts.reasons] == [
        ("render", "checks fail", 2),
        ("problem", "no valid problem", 1),
    ]
    assert ("problem", 5, 4) in facts.funnel
    assert ("render", 4, 2) in facts.funnel
    assert ("shard", 2, 2) in facts.funnel
    assert facts.harm == pytest.approx(dict.fromkeys(FAMILIES, 0.25))


def test_what_models_and_personas_say_is_text_and_never_markup():
    page = render_report(run([task(0)], [loss(1)]))
    assert HOSTILE not in page
    assert page.count("<img") == 0
    assert "default-src 'none'" in page
    assert 'sandbox="allow-scripts allow-forms"' in page


def test_a_line_of_a_diff_ends_where_patch_ends_it_and_a_carriage_return_is_seen():
    page = render_report(run([task(0)]))
    assert page.count("␍b\u2028c</span>") == 3
    assert page.count('<span class="at">\\ No newline at end of file</span>') == 3
    assert page.count("1 edit, shown below") == 3 and page.count("This is the clean program.") == 1


def test_disputed_checks_are_counted_and_shown_with_their_task():
    after = amendment("kept").before.model_copy(update={"id": "corrected-one"})
    amended = replace(task(0), amendments=(amendment("corrected", after=after), amendment("kept")))
    page = render_report(run([amended, task(1)], [replace(loss(1), amendments=(amendment("dropped"),))]))
    assert "looked at again: 3; 1 corrected, 1 dropped, 1 kept." in page
    first, second = page.split("<article")[1:]
    assert "2 disputed checks" in first and "counts · corrected in round 2" in first and "corrected-one" in first
    assert "By the words." in first
    assert "disputed check" not in second
    assert HOSTILE not in page
    assert 'id="disputed"' not in render_report(run([task(0)]))


def test_a_run_without_tasks_says_so_and_why():
    page = render_report(run([], [loss(0)]))
    assert "No task was accepted" in page
    assert "checks fail" in page
    assert "<svg" not in page


def test_a_long_gallery_is_cut_and_says_so():
    page = render_report(run([task(n) for n in range(GALLERY + 1)]))
    assert page.count("<article") == GALLERY
    assert f"The first {GALLERY} of {GALLERY + 1}" in page
