"""How one endpoint wants to be spoken to: what its settings say, and what it has said itself when it refused a call.

What is learned lasts for the run, and holds for all calls, those under way too: a call that was refused for what is
known by then is only made again. Each lesson takes a parameter away, or a way to ask, so that there is an end to them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.model.complaint import Complaint, complaint_in
from tasks.model.provider import body_of, litellm_module
from tasks.model.structured import DOWN, Way, asked_as
from tasks.settings import OFFLINE, Deployment

SEEDS = 2**31
"""Seeds are below that: Gemini's is a signed number of 32 bits, and no provider's is shorter."""

_LEAST_TOKENS = 256
"""An endpoint that takes fewer tokens out than that is of no use."""

_MOST_LESSONS = 24
"""More than there are parameters and ways."""


@dataclass(frozen=True)
class Spoken:
    """A call as one endpoint gets it."""

    arguments: Mapping[str, Any]
    """For LiteLLM, without model and endpoint."""
    way: Way | None
    """How JSON is asked for; None if it is not."""
    streams: bool
    lessons: int
    """How many had been learned by then."""


class Dialect:
    """What is known of one endpoint's parameters."""

    def __init__(self, settings: Deployment) -> None:
        """By its settings, at first."""
        self._settings = settings
        self._way: Way | None = None
        self._refused: set[Way] = set()
        self._dropped, self._renamed = set(settings.drop), dict(settings.rename)
        self._at_most: dict[str, int] = {}
        self._streams = settings.stream
        self._whole = False
        """Whether it has refused to stream."""
        self.lessons: list[str] = []
        """What was learned, each in a sentence."""

    def speak(self, request: Mapping[str, Any], schema: Mapping[str, Any] | None) -> Spoken:
        """A call as this endpoint takes it, as far as is known.

        Args:
            request: as LiteLLM's functions take it.
            schema: of the JSON that is to be answered; None if there is none.
        """
        arguments, way = dict(request), None
        if "seed" in arguments:
            arguments["seed"] %= SEEDS
        if schema is not None:
            way = self._way = self._way or self._first_way()
            arguments.pop("response_format", None)
            arguments |= asked_as(way, schema)
        streams = self._streams and "messages" in arguments
        if streams:
            arguments |= {"stream_options": {"include_usage": True}}
        arguments |= self._settings.extra
        for name, most in self._at_most.items():
            if name in arguments:
                arguments[name] = min(arguments[name], most)
        for name, to in self._renamed.items():
            if name in arguments:
                arguments[to] = arguments.pop(name)
        for name in self._dropped & arguments.keys():
            del arguments[name]
        return Spoken(arguments, way, streams, len(self.lessons))

    def hear(self, spoken: Spoken, said: str, named: str | None) -> str:
        """Learn from a refusal; gives the lesson in a sentence, empty if there is none in it.

        Args:
            spoken: the call as it was made.
            said: the whole text of the error.
            named: the parameter that its body names in a field of its own, if there is one.
        """
        if spoken.lessons < len(self.lessons):
            return f"made again: {self.lessons[-1]}"  # another call has learned meanwhile
        if len(self.lessons) >= _MOST_LESSONS:
            return ""
        complaint = complaint_in(said, named, spoken.arguments.keys(), spoken.streams)
        lesson = self._learn(complaint, spoken) if complaint is not None else ""
        if lesson:
            self.lessons.append(lesson)
        return lesson

    def _learn(self, complaint: Complaint, spoken: Spoken) -> str:
        name = complaint.name
        if complaint.remedy == "stream" and not self._whole:
            self._streams = True
            return "it only streams: replies are read in pieces"
        if complaint.remedy == "no_stream" and not self._whole:
            self._streams, self._whole = False, True
            return "it does not stream: replies are read whole"
        if complaint.remedy == "format":
            return self._other_way(complaint, spoken)
        if complaint.remedy == "rename":
            first = next((ours for ours, theirs in self._renamed.items() if theirs == name), name)
            if first == name and complaint.to not in (*self._renamed, *self._dropped):
                self._renamed[name] = complaint.to
                return f"`{name}` is sent as `{complaint.to}`"
        if complaint.remedy == "at_most":
            most = complaint.most
            before = spoken.arguments.get(name)
            if isinstance(before, int) and _LEAST_TOKENS <= most < before:
                for one in {name, *(ours for ours, theirs in self._renamed.items() if theirs == name)}:
                    self._at_most[one] = most
                return f"`{name}` is at most {most:,}"
        if complaint.remedy in ("rename", "at_most", "without") and name and name not in self._dropped:
            self._dropped.add(name)
            return f"`{name}` is not sent"
        return ""

    def _other_way(self, complaint: Complaint, spoken: Spoken) -> str:
        """The next way to ask for JSON that was not refused yet."""
        if spoken.way is None:
            return ""
        self._refused |= {spoken.way} if complaint.of_schema else {spoken.way, "json_schema_loose"}
        takes = [way for way in complaint.takes if way not in self._refused]
        further = [way for way in DOWN[spoken.way] if way not in self._refused]
        if not takes and not further:
            return ""
        self._way = (takes or further)[0]
        return f"JSON is asked for by {self._way.removesuffix('_loose')}, not {spoken.way.removesuffix('_loose')}" + (
            " with a schema that is not strict" if self._way.endswith("_loose") else ""
        )

    def _first_way(self) -> Way:
        """What the settings say; else what LiteLLM's lists say of the model."""
        one = self._settings
        if one.structured != "auto":
            return one.structured
        if one.model == OFFLINE:
            return "json_object"
        litellm = litellm_module()
        if litellm.supports_response_schema(one.listed):
            return "json_schema"
        name, provider, _, _ = litellm.get_llm_provider(one.model)
        takes = litellm.get_supported_openai_params(name, custom_llm_provider=provider, base_model=one.base_model)
        return "json_object" if takes is None or "response_format" in takes else "text"


def parameter_named(error: BaseException) -> str | None:
    """The parameter that an error's body names in a field of its own: `param`, as OpenAI has it."""
    told = body_of(error).get("param")
    return told if isinstance(told, str) and re.fullmatch(r"[A-Za-z_][\w.]*", told) else None
