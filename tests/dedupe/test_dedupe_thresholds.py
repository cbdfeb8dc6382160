import random
from itertools import combinations

import pytest

from evals.dedupe import draw, retouch, reword
from tasks.dedupe.embed import LexicalEmbedder, normal_text, program_text
from tasks.model.offline.archetype import slugs
from tasks.settings import DedupeSettings

SETTINGS = DedupeSettings()


@pytest.mark.parametrize("kind", ["problem", "program"])
async def test_twins_are_found_and_sisters_pass(kind: str) -> None:
    embedder = LexicalEmbedder(SETTINGS.dimension)
    least = SETTINGS.problem if kind == "problem" else SETTINGS.program
    found = pages = repeats = pairs = 0
    for slug in slugs()[:5]:
        drawn = [draw(slug, seed) for seed in range(6)]
        if kind == "problem":
            texts = [normal_text(problem.prompt) for problem, _ in drawn]
            altered = [normal_text(reword(problem, random.Random(at)).prompt) for at, (problem, _) in enumerate(drawn)]
        else:
            texts = [program_text(program) for _, program in drawn]
            altered = [program_text(retouch(program, random.Random(at))) for at, (_, program) in enumerate(drawn)]
        own, twins = await embedder.embed(texts), await embedder.embed(altered)
        found += sum(float(a @ b) >= least for a, b in zip(own, twins, strict=True))
        pages += len(drawn)
        repeats += sum(float(a @ b) >= least for a, b in combinations(own, 2))
        pairs += len(drawn) * (len(drawn) - 1) // 2
    assert found / pages >= 0.95
    assert repeats / pairs <= 0.05
