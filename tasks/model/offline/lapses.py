"""Replies that are not what was asked for: broken JSON, a reply cut off, prose round the JSON."""

import random
from dataclasses import dataclass
from typing import Literal

FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True)
class Draft:
    """What the model says, before it is put in OpenAI's shape."""

    content: str
    finish_reason: FinishReason = "stop"


def lapse(content: str, rng: random.Random, rate: float) -> Draft:
    """The reply, at the rate each as broken JSON, as its first part only, or with words round it."""
    draw = rng.random()
    if draw < rate:
        at = content.rfind('"', 0, max(2, int(len(content) * rng.uniform(0.3, 0.9))))
        return Draft(content[:at] + content[at + 1 :])
    if draw < 2 * rate:
        return Draft(content[: int(len(content) * rng.uniform(0.3, 0.9))], "length")
    if draw < 3 * rate:
        return Draft(f"Here is what you asked for:\n\n```json\n{content}\n```\n\nLet me know if you want any changes.")
    return Draft(content)
