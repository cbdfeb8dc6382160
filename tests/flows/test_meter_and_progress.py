import subprocess
import sys
import time

from flows.meter import Meter
from flows.progress import Progress, Snapshot, listener
from tasks.record import Candidate, Persona, Rejected, Usage
from tests.shard.specimens import ranked


def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_a_stage_is_charged_for_its_own_processor_time_and_that_of_its_children():
    meter = Meter()
    with meter.stage("own"):
        burn(0.3)
    with meter.stage("child"):
        subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"], check=True)
    spells = meter.spells()
    assert spells["own"].cpu_seconds >= 0.28  # the system counts in hundredths
    assert spells["child"].cpu_seconds >= 0.28
    assert spells["child"].seconds >= 0.29


def test_what_passes_while_stages_overlap_is_divided_between_them():
    meter = Meter()
    with meter.stage("a"), meter.stage("b"):
        burn(0.3)
    spells = meter.spells()
    assert abs(spells["a"].cpu_seconds - spells["b"].cpu_seconds) < 0.05
    assert spells["a"].cpu_seconds + spells["b"].cpu_seconds >= 0.28


def test_progress_is_on_disk_and_in_the_listeners_ears(tmp_path):
    heard = []
    path = tmp_path / "progress.json"
    spent = Usage(calls=2, prompt_tokens=30, usd=0.5)
    progress = Progress("seed0-x", 4, path, lambda: spent)
    token = listener.set(heard.append)
    try:
        progress.launch(3)
        with progress.stage("render", 3):
            on_disk = Snapshot.model_validate_json(path.read_text("utf-8"))
            assert on_disk.under_way["render"] == 3
            assert on_disk.usage == spent
        persona = Persona(persona_id="p", text="A glazier.", source="s")
        candidate = Candidate(index=0, seed=1, topic="tools", persona=persona)
        lost = Rejected(candidate=candidate, stage="render", reason="checks fail", detail="", usage=Usage())
        for _ in range(2):
            progress.conclude(ranked(1))
        progress.conclude(lost)
    finally:
        listener.reset(token)
    last = heard[-1]
    assert (last.accepted, last.candidates, last.rejected) == (2, 3, {"checks fail": 1})
    assert last.under_way["render"] == 0
    assert last.done["render"] == 3
    assert last.seconds_left is not None
    assert Snapshot.model_validate_json(path.read_text("utf-8")).accepted == 2
