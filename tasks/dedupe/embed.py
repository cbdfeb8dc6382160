"""A text as a vector whose cosine says how alike two texts are."""

import asyncio
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tasks.record import Program

Kind = Literal["problem", "program"]
Vectors = NDArray[np.float32]
"""One row a text; rows have length 1, or 0 for a text without a word."""

_HTML_COMMENT = re.compile(r"<!--.*?-->", re.S)
_CSS_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|/\*.*?\*/""", re.S)
_JS_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|/\*.*?\*/|//[^\n]*""", re.S)
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.S | re.I)
_SCRIPT = re.compile(r"(<script\b[^>]*>)(.*?)(</script\s*>)", re.S | re.I)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"\w+")
_GRAM = 4
"""Letters in a character n-gram."""


class Embedder(Protocol):
    """Whatever turns texts into vectors: the lexical one below, or a model behind LiteLLM."""

    @property
    def name(self) -> str:
        """Names the way of embedding; vectors of two names are not comparable."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in order, shape (texts, dimension), L2-normalised float32."""


class LexicalEmbedder:
    """Hashed words, pairs of tokens and character n-grams, by scikit-learn's `HashingVectorizer`.

    It needs no model and keeps no vocabulary. A feature that occurs n times weighs 1 + log2(n), rounded down, so that
    braces do not drown the words.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    @property
    def name(self) -> str:
        """Changes whenever the vectors do."""
        return f"lexical-1-{self.dimension}"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, in order; the work is done in a thread."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors: Vectors = _vectorizer(self.dimension).transform(texts).toarray().astype(np.float32)
        return vectors


@cache
def _vectorizer(dimension: int) -> Any:
    """Built at first use: importing scikit-learn takes about a second."""
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(n_features=dimension, analyzer=_features, norm="l2", alternate_sign=True)


def _features(text: str) -> Iterator[str]:
    tokens = _TOKEN.findall(text)
    counts = Counter(f"w {token}" for token in tokens if _WORD.match(token))
    counts.update(f"p {a} {b}" for a, b in pairwise(tokens))
    counts.update(
        f"c {word[at : at + _GRAM]}"
        for word in (f"<{token}>" for token in tokens if _WORD.match(token))
        for at in range(max(1, len(word) - _GRAM + 1))
    )
    for feature, count in counts.items():
        for level in range(1 + int(math.log2(count))):
            yield f"{feature} {level}"


def normal_text(text: str) -> str:
    """One case, one space between words."""
    return " ".join(text.casefold().split())


def program_text(program: Program) -> str:
    """A program as it is compared: all its files in order, comments left out, literals kept, one case, one space."""
    return normal_text("\n".join(f"{f.filename}\n{_uncommented(f.filename, f.content)}" for f in program.files))


def _uncommented(filename: str, content: str) -> str:
    if filename.endswith((".html", ".htm")):
        content = _HTML_COMMENT.sub(" ", content)
        content = _STYLE.sub(lambda m: m[1] + _CSS_COMMENT.sub(_kept, m[2]) + m[3], content)
        return _SCRIPT.sub(lambda m: m[1] + _JS_COMMENT.sub(_kept, m[2]) + m[3], content)
    if filename.endswith(".css"):
        return _CSS_COMMENT.sub(_kept, content)
    return _JS_COMMENT.sub(_kept, content)


def _kept(match: re.Match[str]) -> str:
    """A string literal stays; a comment becomes a space."""
    return match[1] or " "
