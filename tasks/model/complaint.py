"""What an endpoint that refuses a call complains of, read from its words: a table of kinds.

The words are those of the providers, as they stand in reports of users (`tests/model/test_complaint.py` has the texts,
each with its provider). A complaint is only taken for one if it names something that was sent: an error that quotes the
prompt is none.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from tasks.model.structured import Way

Remedy = Literal["stream", "no_stream", "rename", "at_most", "without", "format"]
"""What to do: have the reply in pieces or whole, send a parameter by another name, with a smaller number or not at all,
or ask for JSON in another way."""

_LONGEST = 4000
"""Characters of an error that are read; some providers add the whole request."""

_NAME = r"[\[(]{0,2}[`'\"]{0,2}(?P<name>[A-Za-z_][\w.]*)"
"""A parameter as it stands in a sentence, with quotes or without."""

_STREAM_ONLY = re.compile(
    r"stream['\"`]? (?:must|has to|should|needs to) be (?:set to )?['\"`]?true|only supports? stream|"
    r"non-?stream(?:ing)? (?:calls?|requests?|mode|is|not)|stream ?[=:] ?['\"`]?false|streaming is (?:strongly )?"
    r"(?:required|recommended)|(?:please )?(?:enable|use) (?:the )?stream(?:ing)?\b",
    re.I,
)
_NO_STREAM = re.compile(
    r"stream(?:ing)?['\"`]? (?:mode )?(?:is|are|was)(?: not|n't) (?:supported|allowed|available|enabled)|"
    r"(?:does|do)(?: not|n't) support stream(?:ing)?\b|(?:parameter|value):? ['\"`]?stream['\"`]?(?![\w.])|"
    r"stream['\"`]? must be (?:set to )?['\"`]?false|tools with stream",
    re.I,
)
_RENAMED = re.compile(r"\buse ['\"`]?(?P<to>\w+)['\"`]? instead|\binstead,? use ['\"`]?(?P<so>\w+)", re.I)
_BEFORE = 160
"""Characters before the name that is asked for, among which the other one stands."""
_AT_MOST = re.compile(
    r"max_(?:completion_|output_)?tokens\b.{0,160}?(?:"
    r"supports? at most (?P<a>\d+)|> ?(?P<b>\d+), which is the maximum|valid range of \S+ is \[\d+, ?(?P<c>\d+)\]|"
    r"less than or equal to [`'\"]?(?P<d>\d+)|between \d+ and (?P<e>\d+)|cannot exceed (?P<f>\d+)|"
    r"maximum (?:value )?(?:is|of) (?P<g>\d+))",
    re.I | re.S,
)
_WITHOUT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:unsupported|unrecogni[sz]ed|unknown|unexpected|extraneous|forbidden|invalid)"
        r"(?: request)? (?:parameters?|values?|arguments?|params?|fields?|names?|keys?|keywords?|propert(?:y|ies)|"
        r"inputs?|options?)(?:\(s\))?(?: supplied| provided| received| in request| at| for)*:? ?" + _NAME,
        r"(?:do|does)(?: not|n't) support(?: the)?(?: following)?(?: parameters?| arguments?| settings?)?:? ?" + _NAME,
        r"arguments? (?:is |are )?not supported(?: on| by| with)?(?: this)?(?: model)?:? ?" + _NAME,
        r"\"loc\": ?\[\"body\", ?\"(?P<name>\w+)\"|'loc': ?\[?\(?'body', ?'(?P<other>\w+)'",
        r"\binvalid (?:value for )?" + _NAME,
        r"\bextraneous key " + _NAME,
        _NAME + r"['\"`]?\]?:? ?(?:(?:is|are|has been) (?:deprecated|un\w+|not |no longer|only|invalid)|"
        r"(?:may|must|can|should) (?:only|be)|cannot|can't|(?:do|does)(?: not|n't)|not (?:supported|allowed|permitted)|"
        r"unsupported|only (?:the )?(?:default|support|accept)|extra inputs|: ?(?:value must|extra inputs)|"
        r"and \S+ cannot both|(?:parameter|field) (?:is|was) )",
        _NAME + r"\s+extra inputs are not permitted",
        r"only the default.{0,40}?for " + _NAME,
    )
)
_FORMAT = re.compile(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json mode|structured (?:outputs?|generation)|"
    r"response[_ ]mime[_ ]?type|responsemimetype|response[_ ]?schema|responseschema|guided (?:decoding|json)|grammar|"
    r"must contain the word 'json'",
    re.I,
)
_SCHEMA = re.compile(
    r"invalid (?:json )?schema|in context=|additionalproperties|\bstrict\b|schema (?:contains|is not valid|is too|has)|"
    r"(?:minitems|maxitems|minimum|maximum|pattern|oneof|anyof|\$ref|nesting) ",
    re.I,
)
_TOOLS = re.compile(r"\btools?\b|tool[_ ]choice|tool[_ ]calls?|function[_ ]call", re.I)
_TAKES = re.compile(
    r"(?:must be|one of|expected|allowed|supported (?:values|types|formats)(?: are)?|available|only)[^.]{0,80}", re.I
)
_ASKED = ("messages", "input")
"""What no call can do without."""
_SAME = (
    {"max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict"},
    {"seed", "random_seed"},
    {"response_format", "response_mime_type", "response_schema", "response_json_schema", "output_format"},
    {"tools", "tool_choice", "functions", "function_call", "function_declarations"},
)
"""Names of the same thing: an endpoint may complain of what LiteLLM has made of a parameter."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a call, and what to do about it."""

    remedy: Remedy
    name: str = ""
    """The parameter, as it was sent."""
    to: str = ""
    """The name that the endpoint asks for."""
    most: int = 0
    """The largest number that it takes."""
    takes: tuple[Way, ...] = ()
    """The ways to ask for JSON that it says it takes."""
    of_schema: bool = False
    """Whether it is the schema that does not suit it, and not schemas."""


def complaint_in(said: str, named: str | None, sent: Collection[str], streams: bool) -> Complaint | None:
    """Read an error.

    Args:
        said: the error's whole text.
        named: the parameter that its body names in a field of its own, as OpenAI's does; None if there is none.
        sent: the names of the parameters of the call.
        streams: whether the call asked for a stream.
    """
    said, sent = said[:_LONGEST], [name for name in sent if name not in _ASKED]
    if not streams and _STREAM_ONLY.search(said):
        return Complaint("stream")
    if streams and "stream_options" not in said and _NO_STREAM.search(said):
        return Complaint("no_stream")
    if match := _RENAMED.search(said):
        to = match["to"] or match["so"]
        words = re.findall(r"[A-Za-z_][\w.]*", said[max(0, match.start() - _BEFORE) : match.start()])
        name = next((name for word in (*reversed(words), named or "") if (name := _sent(word, sent))), "")
        if name and name != to:
            return Complaint("rename", name, to)
    if (match := _AT_MOST.search(said)) and (name := _sent("max_tokens", sent)):
        return Complaint("at_most", name, most=int(next(number for number in match.groups() if number)))
    for called in _named(said, named):
        name = _sent(called, sent)
        if name in ("response_format", "tools", "tool_choice"):
            return _of_format(name, said)
        if name:
            return Complaint("without", name)
    for name, pattern in (("response_format", _FORMAT), ("tools", _TOOLS)):
        if name in sent and pattern.search(said):
            return _of_format(name, said)
    return None


def _of_format(name: str, said: str) -> Complaint:
    return Complaint("format", name, takes=_taken(said), of_schema=_SCHEMA.search(said) is not None)


def _named(said: str, named: str | None) -> Iterator[str]:
    """All that may be a parameter that is complained of, what says so most plainly first."""
    if named:
        yield named
    for pattern in _WITHOUT:
        for match in pattern.finditer(said):
            yield next(name for name in match.groups() if name)


def _sent(called: str, sent: Collection[str]) -> str:
    """The parameter that was sent, by what an endpoint calls it; empty if none was: `generationConfig.maxOutputTokens`
    is `max_tokens`."""
    parts = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower() for part in called.strip(".").split(".")]
    for part in reversed(parts):
        if part in sent:
            return part
        for group in _SAME:
            if part in group and (same := group & set(sent)):
                return min(same)
    return ""


def _taken(said: str) -> tuple[Way, ...]:
    """The ways to ask for JSON that an endpoint says it takes, in its order."""
    known = [way for way in get_args(Way) if way != "json_schema_loose"]
    words = [word for match in _TAKES.finditer(said) for word in re.findall(r"[`'\"](\w+)[`'\"]", match[0])]
    return tuple(dict.fromkeys(way for word in words for way in known if way == word))
