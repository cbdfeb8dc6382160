"""The files of a model's reply, held to what a page may consist of."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tasks.program.loose import KINDS, NAME, read_loose
from tasks.record import Program

_NAME = re.compile(NAME)
_FENCE = re.compile(r"\A\s*```[a-z]*\n(?P<code>.*?)\n?```\s*\Z", re.S)

MAX_BYTES = 1_000_000
"""Of all files together: a page beyond it is not one that a labeller can be asked to judge."""


class ReplyFile(BaseModel):
    """One file; a leading `./` is dropped, and so is a code fence round the content."""

    model_config = ConfigDict(frozen=True)

    filename: str
    content: str

    @field_validator("filename")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        name = value.strip().removeprefix("./")
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{value[:80]!r} is no name for a page's file: use index.html, style.css, script.js and, for what else "
                f"the page needs, plain names of text files without folders ({', '.join(KINDS)})"
            )
        return name

    @field_validator("content")
    @classmethod
    def _unfenced(cls, value: str) -> str:
        fenced = _FENCE.match(value)
        return fenced["code"] + "\n" if fenced else value


class ProgramReply(BaseModel):
    """What the model is asked for: index.html and the text files that it uses, or one HTML file with everything
    inline."""

    model_config = ConfigDict(frozen=True)

    files: tuple[ReplyFile, ...] = Field(min_length=1, max_length=24)

    @model_validator(mode="after")
    def _one_page(self) -> Self:
        names = [file.filename for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError("two files have the same name")
        pages = [name for name in names if name.endswith(".html")]
        if len(pages) != 1:
            raise ValueError(f"exactly one HTML file is wanted, index.html; got {pages or 'none'}")
        size = sum(len(file.content.encode("utf-8", "surrogatepass")) for file in self.files)
        if size > MAX_BYTES:
            raise ValueError(f"the files hold {size:,} bytes; {MAX_BYTES:,} are the most")
        page = next(file.content for file in self.files if file.filename == pages[0])
        if "<" not in page:
            raise ValueError(f"{pages[0]} holds no HTML")
        return self

    @classmethod
    def otherwise(cls, text: str) -> dict[str, object] | None:
        """The fields, of a reply that is no such JSON but holds the files all the same."""
        return read_loose(text)

    def program(self) -> Program:
        """The files as a program; the one HTML file becomes index.html."""
        return Program.of(
            ("index.html" if file.filename.endswith(".html") else file.filename, file.content) for file in self.files
        )
