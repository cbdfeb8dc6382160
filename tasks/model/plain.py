"""A reply's text as it was meant: in the right letters, and without the thoughts before the answer."""

import html
import re

_TAG = r"(?:think|thinking|thought|reasoning)"
_THOUGHTS = re.compile(rf"\s*<({_TAG})>.*?(?:</\1>|\Z)", re.S)
_THOUGHT_SO_FAR = re.compile(rf"</{_TAG}>(?=[ \t]*(?:\n|[\[{{`]|\Z))")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#34|#39|#x22|#x27);")
_CP1252 = {ord(bytes([byte]).decode("cp1252")): byte for byte in range(128, 160) if byte not in b"\x81\x8d\x8f\x90\x9d"}
"""Windows-1252 as browsers read it: its five unassigned bytes are control characters, as in Latin-1."""


def respell(text: str, mended: list[str]) -> str:
    """The text without stray zero bytes, entities for quotes, and letters that were read in the wrong encoding.

    `mended`: gets what was done, in words.
    """
    wide = text[:64].count("\x00") > 2  # UTF-16 that was read as bytes, which are all there only below U+0100
    if "\x00" in text and (not wide or not text[1::2].strip("\x00")):
        text = text[::2] if wide else text.replace("\x00", "")
        mended.append("left zero bytes out")
    escaped = not re.search('["<>]', text) and len(_ENTITY.findall(text)) == text.count("&")
    if text[:1] in ("{", "[") and "&" in text and escaped:  # all of it; else an entity may be what the content says
        text = html.unescape(text)
        mended.append("read its entities")
    if (right := _right_encoding(text)) is not None:
        text = right.lstrip("\ufeff")
        mended.append("read it as UTF-8")
    return text


def _right_encoding(text: str) -> str | None:
    """The text that was meant, if it is UTF-8 that was read as Windows-1252 or Latin-1: all of it must be."""
    if text.isascii():
        return None
    try:
        return text.translate(_CP1252).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def leave_thoughts(text: str, mended: list[str]) -> str:
    """What comes after the thoughts; empty if nothing does. `mended` as in `respell`."""
    at = 0
    while (thought := _THOUGHTS.match(text, at)) is not None:
        at = thought.end()
    if not at and text[:1] not in ("{", "[", "`", "<"):  # the model's template may have opened them already
        ended = _THOUGHT_SO_FAR.search(text)
        at = ended.end() if ended else 0
    if at:
        mended.append("left its thoughts out")
    return text[at:].strip()
