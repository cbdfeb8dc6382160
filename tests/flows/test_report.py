"""What a run's report says of its calls, from the rows of its ledger."""

import json
import re
from datetime import UTC, datetime

from flows.progress import Snapshot
from flows.report import write_report
from tasks.model.ledger import Entry, Ledger
from tasks.rows import write_whole


def row(**told):
    given = {"time": 1.0, "stage": "program", "role": "author", "deployment": "d", "model": "m", "prompt": "program@0"}
    return Entry.model_validate(given | {"candidate": 0, "seconds": 2.0} | told)


def report_of(tmp_path, rows):
    folder = tmp_path / "runs" / "r"
    ledger = Ledger(folder)
    for each in rows:
        ledger.add(each)
    ledger.close()
    note = {"run_id": "r", "status": "stopped", "seed": 1, "tasks": 2, "personas": "starter", "model": "m"}
    note |= {"config_hash": "h", "created_at": datetime(2026, 11, 30, tzinfo=UTC).isoformat()}
    write_whole(folder / "run.json", json.dumps(note).encode())
    write_whole(folder / "progress.json", Snapshot(run_id="r", wanted=2).model_dump_json().encode())
    return write_report(str(tmp_path), folder).read_text("utf-8")


def test_calls_are_summed_by_what_was_paid_what_was_of_no_use_and_who_counted(tmp_path):
    page = report_of(
        tmp_path,
        [
            row(prompt_tokens=100, completion_tokens=10, usd=0.5),
            row(prompt_tokens=100, completion_tokens=30, usd=0.5, fault="truncated", counted="here"),
            row(prompt_tokens=100, completion_tokens=30, usd=0.5, fault="truncated"),
            row(prompt_tokens=100, usd=0.25, outcome="timeout", fault="no answer in 60 s", counted="here"),
            row(outcome="rate_limited", fault="slow down"),
            row(prompt_tokens=900, completion_tokens=90, outcome="reused", reused=True, fault="empty"),
        ],
    )
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", page.partition('id="calls"')[2].partition("</table>")[0])
    useless = "2 truncated, 1 empty"
    assert cells == ["program", "m", "4", "1", useless, "2", "400", "70", "$1.7500", "2.00"]
    assert "The tokens of 2 paid tries were counted here" in page


def test_of_calls_that_their_endpoint_counted_nothing_more_is_said(tmp_path):
    page = report_of(tmp_path, [row(prompt_tokens=100, completion_tokens=10)])
    assert "Calls to models" in page
    assert "were counted here" not in page
