import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedupe.embed import LexicalEmbedder, normal_text, program_text
from tasks.record import Program
from tests.shard.specimens import program

EMBEDDER = LexicalEmbedder(384)


async def likeness(one: str, other: str) -> float:
    a, b = await EMBEDDER.embed([one, other])
    return float(a @ b)


async def test_vectors_have_the_dimension_and_length_one() -> None:
    vectors = await LexicalEmbedder(64).embed(["a red kite", "two red kites", ""])
    assert vectors.shape == (3, 64) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors[:2], axis=1), 1, atol=1e-6)
    assert not vectors[2].any()
    assert (await EMBEDDER.embed([])).shape == (0, 384)


@given(text=st.text(min_size=1, max_size=200))
@settings(max_examples=40, deadline=None)
async def test_a_text_is_embedded_the_same_alone_and_in_company(text: str) -> None:
    alone = (await EMBEDDER.embed([text]))[0]
    in_company = (await EMBEDDER.embed(["another", text, "a third"]))[1]
    assert np.array_equal(alone, in_company)


async def test_the_nearer_the_words_the_nearer_the_vectors() -> None:
    base = "Sort the harbour's boats by length, drag each to its berth, and watch the tide rise as the clock runs."
    reworded = (
        "Sort the harbour's ships by length, drag each to its berth, and watch the tide rise while the clock runs."
    )
    other = "Mix two paints with the sliders and read the name of the resulting colour from the swatch beside them."
    assert await likeness(base, reworded) > 0.8 > 0.3 > await likeness(base, other)


def test_case_space_and_comments_do_not_count() -> None:
    assert normal_text(" A  Red\n\tKITE ") == "a red kite"
    assert program_text(program(3, note="one author")) == program_text(program(3, note="another author, at length"))


def test_literals_stay_even_when_they_look_like_comments() -> None:
    page = Program.of(
        [
            ("index.html", '<a title="/* keep */">x</a><!-- drop --><script>let u = "http://keep.me"; // drop\n'
             '</script><style>a::after { content: "/* keep2 */"; } /* drop */</style>'),
            ("style.css", "a { background: url('//keep3') } /* drop */"),
            ("script.js", "const t = `// keep4`; /* drop\n drop */ const s = '\\'/* keep5'; const n = 42;"),
        ]
    )  # fmt: skip
    text = program_text(page)
    assert "drop" not in text
    assert all(word in text for word in ("keep", "keep.me", "keep2", "keep3", "keep4", "keep5", "42"))
