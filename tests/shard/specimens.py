"""Small whole records for the tests of dedupe, shard and feed."""

import random
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from tasks.bundle import bundle
from tasks.check import Check
from tasks.content import content_id
from tasks.diff import file_diff
from tasks.record import (
    Candidate,
    Edit,
    Ladder,
    Measures,
    Neighbour,
    Persona,
    Posed,
    Problem,
    Program,
    Proven,
    Quality,
    Ranked,
    Rejected,
    Render,
    Repair,
    Topic,
    Usage,
    Verdict,
    Version,
    task_id_of,
)
from tasks.seal.page import seal
from tasks.shard.write import RunStamp

TOPICS: tuple[Topic, ...] = ("games", "science", "animation", "tools")
_VOCABULARY = """
anchor basil copper drum ember ferry garden harbour island jacket kettle lantern meadow needle orchard pepper quarry
ribbon saddle timber umbrella valley walnut yarrow zither beacon cradle dagger engine feather goblet hammer
"""
WORDS = _VOCABULARY.split()
RUN = RunStamp(run_id="run-1", config_hash="c0ffee", seed=7, created_at=datetime(2026, 11, 22, 12, tzinfo=UTC))


def candidate(index: int) -> Candidate:
    return Candidate(
        index=index,
        seed=1000 + index,
        topic=TOPICS[index % 4],
        persona=Persona(persona_id=f"p{index}", text=f"A lighthouse keeper, no. {index}", source="tests"),
    )


def problem(index: int, title: str | None = None, statement: str | None = None) -> Problem:
    words = random.Random(index)
    title = title or " ".join(words.sample(WORDS, 3))
    statement = statement or " ".join(words.choices(WORDS, k=240))
    check = Check.model_validate(
        {
            "id": "start",
            "title": "Start starts the game",
            "severity": "critical",
            "steps": [{"do": "click", "target": {"role": "button", "name": "Start"}}],
            "expect": [{"see": "text", "target": {"css": "#out"}, "how": "equals", "value": "on"}],
        }
    )
    return Problem(
        problem_id=content_id(title, statement),
        topic=TOPICS[index % 4],
        title=title,
        statement=statement,
        features=(" ".join(words.sample(WORDS, 8)),),
        user_actions=(" ".join(words.sample(WORDS, 8)),),
        checks=(check,),
    )


def program(index: int, note: str = "") -> Program:
    words = random.Random(f"program {index}")
    lines = [f"  {a}.{b}('{c} {d}');" for a, b, c, d in (words.sample(WORDS, 4) for _ in range(60))]
    return Program.of(
        [
            ("index.html", f"<h1>{words.choice(WORDS)}</h1><script src='script.js'></script><!-- {note} -->"),
            ("style.css", f"/* {note} */ h1 {{ color: #{words.randrange(0xFFFFFF):06x}; }}"),
            ("script.js", f"// {note}\nfunction start() {{\n" + "\n".join(lines) + "\n}\n"),
        ]
    )


def render(page: Program, q: float, screenshot: str | None = None) -> Render:
    return Render(
        program_id=page.program_id,
        outcome="ok",
        verdicts=(Verdict(check_id="start", value="pass" if q > 0.5 else "fail"),),
        errors=(),
        measures=Measures(),
        quality=Quality(q=q, function=q, visual=1.0, performance=0.9, accessibility=0.8),
        dom_hash="d",
        pixel_hash="p",
        screenshot=screenshot,
    )


USAGE = Usage(calls=2, prompt_tokens=100, completion_tokens=50, usd=0.25, models=("offline",))


def posed(index: int, of: Problem | None = None) -> Posed:
    return Posed(candidate=candidate(index), problem=of or problem(index), usage=USAGE)


def proven(index: int, page: Program | None = None, of: Problem | None = None) -> Proven:
    page = page or program(index)
    return Proven(
        candidate=candidate(index),
        problem=of or problem(index),
        program=page,
        render=render(page, 1.0),
        usage=USAGE,
        rounds=1,
    )


def ranked(index: int, screenshots: Path | None = None, seed: int | None = None) -> Ranked:
    """A task; with a folder for screenshots, four small PNGs are put there."""
    place = candidate(index) if seed is None else candidate(index).model_copy(update={"seed": seed})
    original, ids = program(index), random.Random(f"ids {place.seed}")
    text = original.text("script.js") or ""
    versions = []
    for rank, q in enumerate((0.95, 0.8, 0.65, 0.5)):
        page = original.replaced("script.js", text + f"window.delay = {rank}0;\n") if rank else original
        picture = None
        if screenshots is not None:
            picture = f"{index}-{rank}.png"
            Image.new("RGB", (64, 48), (40 * rank, 80, 120)).save(screenshots / picture)
        edit = Edit(
            mutator="delay",
            family="performance",
            file="script.js",
            line=text.count("\n") + 1,
            start=len(text.encode()),
            before="",
            after=f"window.delay = {rank}0;\n",
            strength=max(1, rank),
            note="Start answers late.",
        )
        versions.append(
            Version(
                completion_id=f"{ids.getrandbits(64):016x}",
                rank=rank,
                program=page,
                edits=(edit,) if rank else (),
                natural=render(page, q),
                render=render(page, q, picture),
            )
        )
    a, b, c, d = versions
    made = seal([bundle(version.program) for version in versions])
    return Ranked(
        task_id=task_id_of(problem(index), original),
        candidate=place,
        problem=problem(index),
        program=original,
        clean=render(original, 1.0).quality,
        ladder=Ladder(versions=(a, b, c, d), seal=made, renders=9),
        usage=USAGE,
        rounds=1,
        repairs=(repair(original),),
        nearest=Neighbour(task_id="other", similarity=0.5) if index % 2 else None,
    )


def repair(page: Program) -> Repair:
    """A draft with a misspelt name, and what mended it."""
    text = page.text("script.js") or ""
    draft = page.replaced("script.js", text.replace("function start", "function strat"))
    patch = file_diff("script.js", draft.text("script.js") or "", text)
    return Repair(draft=draft, findings=("script.js:2: start is not defined",), patch=patch)


def rejected(index: int) -> Rejected:
    return Rejected(
        candidate=candidate(index),
        stage="render",
        reason="fewer than 4 checks",
        detail="Only 2 of 6 checks are worth anything.",
        usage=USAGE,
        problem=problem(index),
        program=program(index) if index % 2 else None,
    )
