"""`dojo eval diagnose`: the figures from what the servers said, and all of it on a small bank with real servers."""

import csv
import json
import os
import subprocess
import sys

import pytest

from evals.diagnosis.looks import Hit
from evals.diagnosis.outcome import Outcome, figures_of
from evals.diagnosis.page import paper_of
from evals.diagnosis.run import run
from evals.diagnosis.shares import Share
from evals.faults.bank import read_bank
from tasks.errors import BadInput
from tasks.record import Diagnostic
from tasks.settings import ROOT
from tests.model.receiver import receiver


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, 0, 1)]
)
def test_the_interval_is_wilsons(hits, of, low, high):
    assert Share(hits, of).interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def said(code, severity="error", message="what", source="script"):
    return Diagnostic(file="script.js", line=3, column=5, severity=severity, source=source, code=code, message=message)


def of_kind(kind, number=1):
    return [fault for fault in read_bank() if fault.kind == kind][:number]


def outcome(**clean):
    (syntax,), (tag, warned) = of_kind("syntax"), of_kind("tag", 2)
    (use,) = of_kind("throws-on-use")
    return Outcome(
        hits=(
            Hit(syntax, (said("TS1005"),), (), True),
            Hit(tag, (said("unclosed-tag"),), (), False),
            Hit(warned, (), (said("odd", "warning"),), False),
            Hit(use, (), (), False),
        ),
        clean={"archetypes": {"offline 0": (), "offline 1": ()}, **clean},
    )


def test_recall_is_over_what_a_server_can_see_and_a_warning_is_a_miss():
    found = figures_of(outcome())
    assert found["recall"] == pytest.approx(2 / 3)
    assert found["recall_with_warnings"] == 1
    assert found["recall_by_kind"] == {"syntax": 1.0, "tag": 0.5}
    assert [one["kind"] for one in found["missed"]] == ["tag"]
    assert found["false_alarm_rate"] == 0
    assert found["false_alarms_on"] == "archetypes"


def test_false_alarms_are_counted_on_the_pages_that_are_given():
    found = figures_of(
        outcome(pages={"good": (), "bad": (said("TS9"), said("TS8")), "fine": (), "well": (said("odd", "warning"),)})
    )
    assert found["false_alarm_rate"] == 0.25
    assert found["false_alarm_rate_with_warnings"] == 0.5
    assert found["false_alarms_on"] == "pages"
    assert found["false_alarms"]["archetypes"] == {"flagged": 0, "programs": 2}
    assert [(one["page"], one["code"], one["message"]) for one in found["flagged"]] == [
        ("bad", "TS9", "what"),
        ("bad", "TS8", "what"),
    ]


def test_a_rule_of_the_house_is_told_from_what_a_server_says():
    stores = said("no-storage", source="policy")
    one = outcome(pages={"stores": (stores,), "torn": (said("TS9"), stores), "open": (said("x", source="markup"),)})
    found = figures_of(one)
    assert found["false_alarm_rate"] == 1
    assert found["false_alarm_rate_without_rules"] == pytest.approx(2 / 3)
    by = [(flag["page"], flag["said_by"]) for flag in found["flagged"]]
    rule = "rule of the house"
    assert by == [("stores", rule), ("torn", "server"), ("torn", rule), ("open", "own look")]
    rows = {row[0]: row[1:3] for table in paper_of(one).tables if table.title == "False alarms" for row in table.rows}
    assert rows["pages"] == ("3", "3") and rows["pages, without rules of the house"] == ("2", "3")


def test_the_page_lists_what_was_missed_and_what_was_flagged():
    paper = paper_of(outcome(pages={"bad": (said("TS9", message="no such <b>"),)}))
    tables = {table.title: table for table in paper.tables}
    assert tables["Flagged clean programs"].rows == (("pages: bad", "server", "TS9", "script.js:3:5", "no such <b>"),)
    (missed,) = tables["Faults missed"].rows
    assert missed[0].startswith("tag: ") and missed[-1] == "odd"
    assert [row[0] for row in tables["Recall by kind of fault"].rows] == [
        *("syntax", "tag", "all", "all, warnings counted"),
    ]
    assert "1 faults of the bank that no server can see" in paper.remarks[0]


def test_from_end_to_end_with_real_servers(tmp_path):
    faults = [*of_kind("syntax"), *of_kind("undefined-name"), *of_kind("left-out")]
    bank = tmp_path / "bank.jsonl"
    bank.write_text("".join(fault.model_dump_json() + "\n" for fault in faults), "utf-8")
    pages = tmp_path / "pages"
    for name, script in {"good": "let score = 0;\nscore += 1;", "torn": "let score = 0;\nscroe += 1;"}.items():
        (pages / name).mkdir(parents=True)
        html = (
            f'<!doctype html><html lang="en"><head><title>t</title></head><body><script>{script}</script></body></html>'
        )
        (pages / name / "index.html").write_text(html, "utf-8")
    (pages / "other.html").write_bytes(b"<p>\xe4</p>")
    out, figures = tmp_path / "out", tmp_path / "figures.json"
    run(pages, out, lambda _: None, clean=2, figures=figures, bank=bank)
    found = json.loads(figures.read_text("utf-8"))
    assert found["recall"] == 1.0 and found["faults"] == 2
    assert found["false_alarm_rate"] == 0.5
    assert [(one["page"], one["code"]) for one in found["flagged"]] == [("torn", "TS2552")]
    page = (out / "index.html").read_text("utf-8")
    assert "The page other.html was left out" in page and "other.html" in found["unread"]
    assert "scroe" in page and page.count("<svg") == 1
    with (out / "table.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["seen"] for row in rows] == ["True", "True", "False"]


def test_it_is_recorded_in_langfuse_fault_by_fault_and_page_by_page(tmp_path):
    bank = tmp_path / "bank.jsonl"
    bank.write_text("".join(of_kind(kind)[0].model_dump_json() + "\n" for kind in ("syntax", "left-out")), "utf-8")
    code = (
        "from pathlib import Path; from evals.diagnosis.run import run; "
        f"run(None, Path({str(tmp_path / 'out')!r}), print, clean=2, bank=Path({str(bank)!r}))"
    )
    with receiver() as got:
        env = {**os.environ, "LANGFUSE_PUBLIC_KEY": "p", "LANGFUSE_SECRET_KEY": "s", "LANGFUSE_BASE_URL": got.url}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=200
        )
    assert done.returncode == 0, done.stderr
    assert got.datasets == ["dojo eval diagnose"] and len(got.items) == len(got.spans) == 4
    of = {span.trace: json.loads(span.attributes["langfuse.observation.input"]) for span in got.spans}
    scored = {
        (of[one["traceId"]].get("kind", "clean"), one["name"]): one["value"] for one in got.scores if one.get("traceId")
    }
    assert scored["syntax", "seen"] == 1 and scored["clean", "false alarm"] == 0
    assert not any(kind == "left-out" for kind, _ in scored)
    whole = {one["name"]: one["value"] for one in got.scores if one.get("datasetRunId")}
    assert whole == {"recall": 1, "false alarm rate": 0}


def test_a_folder_without_pages_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="has no page"):
        run(tmp_path, tmp_path / "out", lambda _: None, clean=1)
