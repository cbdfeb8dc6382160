"""One answer from any model: `Gateway.ask` fills a prompt, and gives back a validated record or the reason why there is
none.

LiteLLM speaks to the providers, instructor turns replies into records. Both are imported when the first call is made:
that takes seconds.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from tasks.model.call import Asking, Caller
from tasks.model.ledger import Ledger
from tasks.model.prompt import Message, PromptBook
from tasks.model.provider import litellm_module
from tasks.model.purse import Purse
from tasks.model.routes import Declined
from tasks.model.salvage import Fault, Salvaged, words_for
from tasks.model.shape import with_shape
from tasks.model.store import Kept, Store
from tasks.model.trace import SILENT, Tracer
from tasks.record import Candidate, Usage
from tasks.settings import LimitSettings, ModelSettings

T = TypeVar("T", bound=BaseModel)

_LONGEST_ECHO = 4000
"""Characters of a bad reply that the model is shown again."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What a model made of a prompt. Either `value` is there, or `fault` says why not; the cost is there in any
    case."""

    value: T | None
    fault: str
    usage: Usage
    """What the answer cost when its calls were made; a reply that was kept cost what it cost then."""
    kind: Fault = ""
    """The fault by its kind; empty if there is none, or if the provider declined."""


@dataclass
class _Turn:
    """What the transport has to tell of the one call that instructor has it make."""

    asking: Asking
    messages: list[Message]
    """As they are sent: without what instructor says of the schema, which stands in them as `with_shape` says it."""
    salvaged: Salvaged | None = None
    """None until there is a reply; what instructor complains of before is the transport's."""


_turn: ContextVar[_Turn] = ContextVar("turn")


class Gateway:
    """Calls models by their roles, through as many endpoints as the settings name."""

    def __init__(
        self,
        settings: ModelSettings,
        offline_url: str | None = None,
        *,
        limits: LimitSettings | None = None,
        store: Store | None = None,
        ledger: Ledger | None = None,
        purse: Purse | None = None,
        tracer: Tracer = SILENT,
        prompts: PromptBook | None = None,
    ) -> None:
        """`offline_url`: the base URL of the stand-in server, if a model is `offline`; `store`: where replies are kept,
        None keeps none; `ledger`: of the calls; `purse`: None spends without limit."""
        self.purse = purse or Purse()
        self._prompts = prompts or PromptBook()
        self._settings = settings
        self._caller = Caller(
            settings, limits or LimitSettings(), offline_url, store, ledger or Ledger(None), self.purse, tracer
        )
        self._client: Any = None
        self._spent = Usage()

    async def ask(
        self,
        prompt: str,
        data: Mapping[str, object],
        kind: type[T],
        *,
        seed: int,
        candidate: Candidate | None = None,
    ) -> Answer[T]:
        """Fill `prompts/<prompt>.md` with `data` and have it answered as a `kind`.

        A reply that is not what was asked (no JSON, the wrong shape, cut off) is mended where that is safe, else asked
        for again, `settings.attempts` calls in all, and is then a fault of the sample: it comes back as
        `Answer.fault`. `candidate`: whom the ledger and the trace name.

        Raises:
            ModelDown: the endpoints can't be used at all: no such model, wrong key, out of reach.
            BrokenRun: replies can't be kept any more.
            Stopped: the run may not spend any more.
        """
        if self._client is None:
            self._client = await asyncio.to_thread(self._connect)
        file = self._prompts.load(prompt)
        asking = Asking(file, kind, candidate)
        try:
            value, fault, which = await self._settle(asking, with_shape(file.messages(data), kind), kind, seed)
        finally:
            self._spent += asking.spent
        if asking.made:
            self.purse.heard(failed=value is None)
        return Answer(value, fault, sum(asking.paid, Usage()), which)

    @property
    def spent(self) -> Usage:
        """What this session's calls have cost so far."""
        return self._spent

    async def _settle(
        self, asking: Asking, messages: list[Message], kind: type[T], seed: int
    ) -> tuple[T | None, str, Fault]:
        """Ask until there is a value, or no attempt is left."""
        from instructor.core.exceptions import InstructorRetryException

        which: Fault = ""
        detail = ""
        for _ in range(self._settings.attempts):
            turn = _Turn(asking, messages)
            _turn.set(turn)
            try:
                value = await self._client.create(
                    messages=messages,
                    response_model=_prepared(kind),
                    max_retries=0,
                    strict=False,
                    seed=seed,
                    temperature=self._settings.temperature,
                    max_tokens=self._settings.max_tokens,
                )
                return value, "", ""
            except InstructorRetryException as error:
                cause = error.__cause__ or error
                if isinstance(cause, Declined):
                    return None, str(cause), ""
                if turn.salvaged is None:
                    raise cause from None
                which, detail = "wrong shape", " ".join(str(cause).split())
            if turn.salvaged.fault:
                which, detail = turn.salvaged.fault, turn.salvaged.detail
            words = words_for(which, detail)
            if words is None:
                break
            said = turn.salvaged.text[:_LONGEST_ECHO]
            echo: list[Message] = [{"role": "assistant", "content": said}] if said else []
            messages = [*messages, *echo, {"role": "user", "content": words}]
        why = f"{which}: {detail}" if detail else which
        return None, f"no valid answer in {asking.calls} attempts: {why}", which

    def _connect(self) -> Any:
        """An instructor client whose every call goes through `Caller`."""
        litellm = litellm_module()
        import instructor

        logging.getLogger("instructor").setLevel(logging.CRITICAL)

        async def transport(*args: Any, messages: list[Message], **parameters: Any) -> Any:
            turn = _turn.get()
            kept, read = await self._caller.reply(turn.asking, turn.messages, parameters)
            response = litellm.ModelResponse(**_as_response(kept, "" if read.fault else read.text))
            turn.salvaged = read
            return response

        return instructor.from_litellm(transport, mode=instructor.Mode.JSON, async_client=True)


def load_libraries() -> None:
    """Import what calls take: seconds of processor, well spent while something else is waited for."""
    litellm_module()
    import instructor  # noqa: F401


@cache
def _prepared(kind: type[BaseModel]) -> Any:
    """A record as instructor takes it: the schema of `kind`, made once, and answers that `kind` validates.

    Instructor would make the schema for each call, and walk through all that `kind` holds five times: 30 ms of
    processor for a problem with its checks. Of a model without fields it finds nothing to walk through.
    """
    from instructor import openai_schema

    schema = openai_schema(kind).model_json_schema()

    class Prepared(BaseModel):
        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return schema

        @classmethod
        def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Any:
            return kind.model_validate_json(json_data, **how)

    Prepared.__name__ = kind.__name__
    return openai_schema(Prepared)


def _as_response(kept: Kept, text: str) -> dict[str, Any]:
    """A reply as instructor reads it; empty if it has a fault, so that nothing can be read into it."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return {"id": "kept", "object": "chat.completion", "created": 0, "model": kept.model, "choices": [choice]}
