"""How near are near-duplicates, and honest pages of one kind? The thresholds of `DedupeSettings` come from this.

python -m evals.dedupe --seeds 12

For each archetype of the offline model it draws pages by seed and compares, by the cosine that the dedupe room uses:

- *twins*: a page and itself with two names, one colour, three numbers and two strings changed; a problem and itself
  with four words changed
- *sisters*: two pages of one archetype drawn with different seeds
- *strangers*: two pages of different archetypes

and then plays whole runs: so many tasks with archetypes drawn at random, and how many the gate would turn away.
"""

import argparse
import asyncio
import random
import re
from collections.abc import Callable
from itertools import combinations

import numpy as np

from tasks.dedupe.embed import LexicalEmbedder, Vectors, normal_text, program_text
from tasks.model.offline import archetype as pages
from tasks.output import print_anything
from tasks.record import Problem, Program
from tasks.settings import DedupeSettings

_WORD = re.compile(r"\b[a-z]{4,}\b")
_NUMBER = re.compile(r"(?<![\w#.])\d+(?![\w.])")
_STRING = re.compile(r"""(["'])([^"'\\\n]{3,})\1""")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_NAME = re.compile(r"\b(?:const|let|function)\s+([A-Za-z_]\w{2,})")
_OTHER_WORDS = ("almost", "bright", "careful", "double", "every", "gentle", "lively", "modern", "narrow", "simple")


def draw(slug: str, seed: int) -> tuple[Problem, Program]:
    """A problem and its clean program, as the offline model would write them."""
    brief = pages.draw_brief(pages.rng_of("dedupe", str(seed)), slug)
    posed = pages.pose(brief)
    problem = Problem(
        problem_id="",
        topic="games",
        title=posed["title"],
        statement=posed["statement"],
        features=tuple(posed["features"]),
        user_actions=tuple(posed["user_actions"]),
        checks=(),
    )
    return problem, Program.of(pages.render(brief).items())


def reword(problem: Problem, rng: random.Random, words: int = 4) -> Problem:
    """The problem with a few words of its statement changed."""
    places = rng.sample(list(_WORD.finditer(problem.statement)), words)
    text = problem.statement
    for place in sorted(places, key=lambda match: -match.start()):
        text = text[: place.start()] + rng.choice(_OTHER_WORDS) + text[place.end() :]
    return problem.model_copy(update={"statement": text})


def retouch(program: Program, rng: random.Random) -> Program:
    """The program with two names, one colour, three numbers and two strings changed."""
    script, style = program.text("script.js") or "", program.text("style.css") or ""
    for name in rng.sample(sorted(set(_NAME.findall(script))), 2):
        script = re.sub(rf"\b{name}\b", rng.choice(_OTHER_WORDS) + name.title(), script)
    script = _change(script, _NUMBER, rng, 3, lambda _: str(rng.randrange(1000)))
    script = _change(script, _STRING, rng, 2, lambda match: f"{match[1]}{rng.choice(_OTHER_WORDS)}{match[1]}")
    style = _change(style, _COLOUR, rng, 1, lambda _: f"#{rng.randrange(0xFFFFFF):06x}")
    return program.replaced("script.js", script).replaced("style.css", style)


def _change(
    text: str, pattern: re.Pattern[str], rng: random.Random, count: int, new: Callable[[re.Match[str]], str]
) -> str:
    places = list(pattern.finditer(text))
    for place in sorted(rng.sample(places, min(count, len(places))), key=lambda match: -match.start()):
        text = text[: place.start()] + new(place) + text[place.end() :]
    return text


def spread(name: str, cosines: list[float]) -> None:
    """One line of the table."""
    low, median, high = np.quantile(cosines, [0.05, 0.5, 0.95])
    print(f"{name:24} {min(cosines):.3f}  {low:.3f}  {median:.3f}  {high:.3f}  {max(cosines):.3f}   n={len(cosines)}")


def turned_away(cosines: np.ndarray, order: list[int], least: float) -> int:
    """How many pages of a run in this order repeat one that passed."""
    passed: list[int] = []
    for page in order:
        if not passed or cosines[page, passed].max() < least:
            passed.append(page)
    return len(order) - len(passed)


async def main() -> None:
    """Print the distributions and what whole runs would lose."""
    options = argparse.ArgumentParser(description="Measure what dedupe tells apart.")
    options.add_argument("--seeds", type=int, default=12, help="pages per archetype")
    options.add_argument("--dimension", type=int, default=DedupeSettings().dimension)
    options.add_argument("--tasks", type=int, default=40, help="tasks in a played run")
    given = options.parse_args()
    embedder, chosen = LexicalEmbedder(given.dimension), DedupeSettings()
    drawn = {(slug, seed): draw(slug, seed) for slug in pages.slugs() for seed in range(given.seeds)}
    print(f"{len(pages.slugs())} archetypes, {given.seeds} seeds each, {given.dimension} dimensions")
    print(f"{'':24} {'min':5}  {'5 %':5}  {'half':5}  {'95 %':5}  {'max':5}")
    for kind, least in (("problem", chosen.problem), ("program", chosen.program)):
        texts, altered = [], []
        for key, (problem, program) in drawn.items():
            rng = random.Random(f"{key}")
            if kind == "problem":
                texts.append(normal_text(problem.prompt))
                altered.append(normal_text(reword(problem, rng).prompt))
            else:
                texts.append(program_text(program))
                altered.append(program_text(retouch(program, rng)))
        own: Vectors = await embedder.embed(texts)
        twins: Vectors = await embedder.embed(altered)
        keys = list(drawn)
        cosines = own @ own.T
        pairs = list(combinations(range(len(keys)), 2))
        spread(f"{kind}: twins", [float(a @ b) for a, b in zip(own, twins, strict=True)])
        spread(f"{kind}: sisters", [float(cosines[a, b]) for a, b in pairs if keys[a][0] == keys[b][0]])
        spread(f"{kind}: strangers", [float(cosines[a, b]) for a, b in pairs if keys[a][0] != keys[b][0]])
        for threshold in sorted({least, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98}):
            lost = [
                turned_away(
                    cosines, random.Random(run).sample(range(len(keys)), min(given.tasks, len(keys))), threshold
                )
                for run in range(50)
            ]
            found = np.mean([float(a @ b) >= threshold for a, b in zip(own, twins, strict=True)])
            share = np.mean(lost) / given.tasks
            mark = " <- chosen" if threshold == least else ""
            print(f"  from {threshold:.2f}: {found:6.1%} of twins found, {share:6.1%} of a run lost{mark}")


if __name__ == "__main__":
    print_anything()
    asyncio.run(main())
