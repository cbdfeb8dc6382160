"""The ways to have a model answer in JSON of a given shape, and a schema as the strictest of them takes it.

The prompt shows the shape in any case. What a parameter adds is that the provider holds the model to it.
"""

from collections.abc import Mapping
from typing import Any, Literal

Way = Literal["json_schema", "json_schema_loose", "json_object", "tools", "text"]
"""`json_schema_loose` is a schema that the provider need not enforce: `strict` is false."""

TOOL = "answer"
"""The name of the schema, and of the tool whose arguments are the answer."""

DOWN: dict[Way, tuple[Way, ...]] = {
    "json_schema": ("json_schema_loose", "json_object", "text"),
    "json_schema_loose": ("json_object", "text"),
    "tools": ("json_object", "text"),
    "json_object": ("text",),
    "text": (),
}
"""What is tried next of a way that an endpoint refuses, unless it says what it takes."""

_KEPT = ("type", "description", "enum", "items", "anyOf", "properties", "required", "additionalProperties", "$ref")
"""Keywords that every provider's strict mode takes. Bounds and patterns are left out, as some refuse them (Groq:
"minItems is not supported"); the reply is validated with them here, and the prompt has them."""


def asked_as(way: Way, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a call, as OpenAI names them."""
    if way == "json_object":
        return {"response_format": {"type": "json_object"}}
    if way == "tools":
        takes = strict_schema(schema) or dict(schema)
        function = {"name": TOOL, "description": "Takes the answer.", "parameters": takes}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": TOOL}},
        }
    if way == "text":
        return {}
    strict = strict_schema(schema) if way == "json_schema" else None
    told = {"name": TOOL, "schema": strict or dict(schema), "strict": strict is not None}
    return {"response_format": {"type": "json_schema", "json_schema": told}}


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """A schema as OpenAI's strict mode demands it; None if it can't say so.

    Each object is closed and needs all of its properties, so what fits it fits the schema too, its bounds aside. An
    object with free keys, a tuple, `allOf`, or a choice at the root can't be said
    (https://platform.openai.com/docs/guides/structured-outputs).
    """
    if schema.get("type") != "object" or "properties" not in schema:
        return None
    try:
        root = _strict(schema)
        named = {name: _strict(one) for name, one in schema.get("$defs", {}).items()}
    except _Unsayable:
        return None
    return root | ({"$defs": named} if named else {})


class _Unsayable(Exception):
    """The strict mode has no words for it."""


def _strict(node: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:  # takes no keyword beside it
        return {"$ref": node["$ref"]}
    if "allOf" in node or "prefixItems" in node or "patternProperties" in node:
        raise _Unsayable
    kept = {key: value for key, value in node.items() if key in _KEPT}
    if "const" in node:
        kept["enum"] = [node["const"]]
    if choices := node.get("anyOf") or node.get("oneOf"):
        kept["anyOf"] = [_strict(one) for one in choices]
    elif "enum" not in kept and "type" not in kept:
        raise _Unsayable  # anything at all
    if isinstance(node.get("items"), Mapping):
        kept["items"] = _strict(node["items"])
    elif node.get("type") == "array":
        raise _Unsayable
    if node.get("type") == "object":
        if "properties" not in node or node.get("additionalProperties"):
            raise _Unsayable
        kept["properties"] = {name: _strict(one) for name, one in node["properties"].items()}
        kept["required"] = list(node["properties"])
        kept["additionalProperties"] = False
    return kept
