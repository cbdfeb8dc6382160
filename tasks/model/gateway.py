"""One call to any model: `Gateway.ask` fills a prompt, and gives back a validated record or the reason why there is
none.

LiteLLM speaks to the providers, instructor turns replies into records and re-asks with the validator's words. Both are
imported when the first call is made: that takes seconds.
"""

import asyncio
import contextvars
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from tasks.errors import BadInput, Missing, ModelDown
from tasks.model.prompt import Message, load_prompt
from tasks.record import Usage
from tasks.settings import OFFLINE, ModelSettings

T = TypeVar("T", bound=BaseModel)

_TRIES = 5
"""For a call that a provider refused for a passing reason (429, 5xx, a broken connection)."""

_LONGEST_PAUSE_S = 20
"""Between two such tries; they back off exponentially, with jitter."""

_CUT_OFF = "Your last reply was cut off before its end. Answer again, whole and shorter."

_spent: contextvars.ContextVar[list[Usage]] = contextvars.ContextVar("spent")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What a model made of a prompt. Either `value` is there, or `fault` says why not; the cost is there in any
    case."""

    value: T | None
    fault: str
    usage: Usage


class Gateway:
    """Calls a model by its LiteLLM name; at most `settings.concurrency` calls are under way at once."""

    def __init__(self, settings: ModelSettings, offline_url: str | None = None) -> None:
        """`offline_url`: the base URL of the stand-in server, if `settings.name` is `offline`."""
        self._settings = settings
        self._places = asyncio.Semaphore(settings.concurrency)
        self._client: Any = None
        self._spent = Usage()
        self._route: dict[str, Any] = {"model": settings.name}
        if settings.name == OFFLINE:
            self._route = {"model": "openai/offline", "api_base": offline_url, "api_key": "offline"}

    async def ask(self, prompt: str, data: Mapping[str, object], kind: type[T], *, seed: int) -> Answer[T]:
        """Fill `prompts/<prompt>.md` with `data` and have it answered as a `kind`.

        A reply that is not what was asked (no JSON, the wrong shape, cut off, a refusal) is asked for again,
        `settings.attempts` calls in all, and is then a fault of the sample: it comes back as `Answer.fault`.

        Raises:
            ModelDown: the endpoint can't be used at all: no such model, wrong key, out of reach.
        """
        if self._client is None:
            self._client = await asyncio.to_thread(_connect)
        bill: list[Usage] = []
        _spent.set(bill)
        messages = load_prompt(prompt).messages(data)
        async with self._places:
            value, fault = await self._settle(messages, kind, seed, bill)
        usage = sum(bill, Usage())
        self._spent += usage
        return Answer(value, fault, usage)

    @property
    def spent(self) -> Usage:
        """What all answers so far have cost."""
        return self._spent

    async def _settle(
        self, messages: list[Message], kind: type[T], seed: int, bill: list[Usage]
    ) -> tuple[T | None, str]:
        """Ask until there is a value, or no attempt is left."""
        from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException

        while True:
            try:
                value = await self._client.create(
                    messages=messages,
                    response_model=kind,
                    max_retries=self._settings.attempts - len(bill) - 1,
                    strict=False,
                    seed=seed,
                    temperature=self._settings.temperature,
                    max_tokens=self._settings.max_tokens,
                    timeout=self._settings.timeout_s,
                    **self._route,
                )
                return value, ""
            except IncompleteOutputException:
                if len(bill) >= self._settings.attempts:
                    return None, f"the reply was cut off at {self._settings.max_tokens} tokens"
                messages = [*messages, {"role": "user", "content": _CUT_OFF}]
            except InstructorRetryException as error:
                if isinstance(error.__cause__, ModelDown):
                    raise error.__cause__ from None
                if isinstance(error.__cause__, _Declined):
                    return None, str(error.__cause__)
                return None, f"no valid answer in {len(bill)} attempts: {_last_words(error)}"


def load_libraries() -> None:
    """Import what calls take: seconds of processor, well spent while something else is waited for."""
    _litellm()
    import instructor  # noqa: F401


def check_model(settings: ModelSettings) -> None:
    """Refuse a model that can't be called from here, before anything is spent.

    Raises:
        BadInput: LiteLLM knows no such provider.
        Missing: the provider's key is not in the environment.
    """
    if settings.name == OFFLINE:
        return
    litellm = _litellm()
    try:
        litellm.get_llm_provider(settings.name)
    except litellm.exceptions.BadRequestError:
        raise BadInput(
            f"The model {settings.name!r} names no provider that LiteLLM knows; write it as provider/model, "
            "e.g. openrouter/anthropic/claude-sonnet-4.5, or use --model offline."
        ) from None
    found = litellm.validate_environment(settings.name)
    if not found["keys_in_environment"] and found["missing_keys"]:
        keys = " and ".join(found["missing_keys"])
        raise Missing(
            f"The model {settings.name!r} needs {keys} in the environment (see .env.example), or use --model offline."
        )


def _litellm() -> Any:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    litellm.drop_params = True
    litellm.suppress_debug_info = True
    return litellm


class _Declined(Exception):
    """The provider took the call, and would not answer this one."""


def _connect() -> Any:
    """An instructor client over LiteLLM that bills every call, failed parses included."""
    litellm = _litellm()
    import instructor
    import openai
    import tenacity

    logging.getLogger("instructor").setLevel(logging.CRITICAL)
    faults = litellm.exceptions
    passing = (
        faults.RateLimitError,
        faults.InternalServerError,
        faults.ServiceUnavailableError,
        faults.BadGatewayError,
        faults.APIConnectionError,
        faults.Timeout,
    )
    patient = tenacity.retry(
        retry=tenacity.retry_if_exception_type(passing),
        wait=tenacity.wait_random_exponential(multiplier=0.5, max=_LONGEST_PAUSE_S),
        stop=tenacity.stop_after_attempt(_TRIES),
        reraise=True,
    )(litellm.acompletion)

    async def billed(*args: Any, **kwargs: Any) -> Any:
        try:
            reply = await patient(*args, max_retries=0, **kwargs)
        except (faults.ContentPolicyViolationError, faults.ContextWindowExceededError) as error:
            raise _Declined(f"the provider declined: {_first_line(error)}") from error
        except openai.APIError as error:  # the base of all that LiteLLM raises
            raise ModelDown(f"The model {kwargs.get('model')} can't be used: {_first_line(error)}") from error
        _spent.get().append(_price(reply))
        return reply

    return instructor.from_litellm(billed, mode=instructor.Mode.JSON, async_client=True)


def _price(reply: Any) -> Usage:
    """The bill of one reply; 0 dollars where LiteLLM knows no price."""
    usage = getattr(reply, "usage", None)
    return Usage(
        calls=1,
        prompt_tokens=getattr(usage, "prompt_tokens", 0) or 0,
        completion_tokens=getattr(usage, "completion_tokens", 0) or 0,
        usd=float(reply._hidden_params.get("response_cost") or 0),
        models=(str(reply.model),),
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]


def _last_words(error: Exception) -> str:
    return " ".join(str(error.__cause__ or error).split())[:400]
