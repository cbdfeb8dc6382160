"""The shape of an answer as a model reads it: one line a kind of record, generated from its JSON schema.

A tenth of the schema's tokens, with every name, type, limit, default and description that the schema has. What a model
answers is validated by the record itself.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from tasks.model.prompt import Message

Schema = Mapping[str, Any]

_WORDS = {"string": "text", "integer": "whole number", "boolean": "true | false"}


def with_shape(messages: list[Message], kind: type[BaseModel]) -> list[Message]:
    """The messages of a prompt, the shape of the answer at the end of the system's."""
    first, *others = messages
    return [{"role": first["role"], "content": f"{first['content']}\n\n{shape_of(kind)}"}, *others]


@cache
def shape_of(kind: type[BaseModel]) -> str:
    """How an answer of this kind is written, in words and in a notation close to TypeScript's."""
    schema = kind.model_json_schema()
    wanted: dict[str, str] = {}
    root = ",\n  ".join(_fields(schema, wanted))
    lines = [f"Answer with one JSON object and nothing else (`?`: may be left out):\n\n{{ {root} }}"]
    told: set[str] = set()
    while left := [name for name in wanted if name not in told]:
        name = left[0]
        told.add(name)
        lines.append(_record(name, wanted[name], schema["$defs"][name], wanted))
    return "\n".join(lines)


def _record(name: str, called: str, schema: Schema, wanted: dict[str, str]) -> str:
    """A record in one line: its name, unless it is told from its relatives by a constant; its fields; its meaning."""
    if "properties" not in schema:
        return f"{called or name}: {_type(schema, wanted)}"
    fields = f"{{ {', '.join(_fields(schema, wanted))} }}"
    meaning = " ".join(str(schema.get("description", "")).split())
    return f"{called}{': ' if called else '- '}{fields}{' ' if meaning else ''}{meaning}"


def _fields(schema: Schema, wanted: dict[str, str]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        default = field.get("default")
        shown = f" = {json.dumps(default)}" if name not in required and default not in (None, "", [], 0) else ""
        meaning = f" ({field['description']})" if field.get("description") else ""
        yield f"{name}{'' if name in required else '?'}: {_type(field, wanted)}{shown}{meaning}"


def _type(field: Schema, wanted: dict[str, str]) -> str:
    """A type in a word or a few."""
    if "$ref" in field:
        name = str(field["$ref"]).rpartition("/")[2]
        wanted.setdefault(name, name)
        return name
    if "const" in field:
        return json.dumps(field["const"])
    if "enum" in field:
        return " | ".join(json.dumps(one) for one in field["enum"])
    choices = [one for one in field.get("oneOf", field.get("anyOf", ())) if one.get("type") != "null"]
    if "discriminator" in field:
        by = field["discriminator"]["propertyName"]
        for one in choices:
            wanted.setdefault(str(one["$ref"]).rpartition("/")[2], "")
        return f"one of those told by `{by}`"
    if choices:
        return " | ".join(_type(one, wanted) for one in choices)
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}), wanted)}]{_range(field, 'Items')}"
    if field.get("type") == "object":
        return "object"
    word = {"string": "text", "integer": "whole number", "boolean": "true | false"}.get(
        str(field.get("type")), "number"
    )
    like = f" like {field['pattern']}" if "pattern" in field else ""
    return word + _range(field, "Length") + _range(field, "imum") + like


def _range(field: Schema, what: str) -> str:
    """Limits, e.g. ` 3..80`."""
    least, most = field.get(f"min{what}"), field.get(f"max{what}")
    if what == "Length" and most is not None:
        return f" of {least or 0}..{most}"
    if least is None and most is None:
        return ""
    return f" {'' if least is None else f'{least:g}'}..{'' if most is None else f'{most:g}'}"
