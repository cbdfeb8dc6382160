"""Endpoints as LiteLLM knows them: where they are, whether they can be called from here, and what their errors mean."""

import json
import os
import re
import time
import warnings
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from tasks.errors import BadInput, Missing
from tasks.settings import OFFLINE, Deployment, ModelSettings, Role

Outcome = Literal["ok", "rate_limited", "adapted", "failed", "timeout", "declined", "refused", "cancelled"]
"""Of one try: `adapted` is the fault of how it was asked, and is mended, `declined` that of the call, `refused` that of
the key, the model or the account; one that was `cancelled` was given up here."""

_FOR_GOOD = (401, 402, 403, 404, 405, 410, 451)
"""Statuses that no waiting mends."""

_NO_MONEY = re.compile(
    r"insufficient[_ ](?:quota|balance|funds|credits?)|billing[_ ]hard[_ ]limit|credit balance is too low|"
    r"exceeded_current_quota|(?:used all|run out of|out of|no more|not enough) (?:\w+ ){0,2}credits?|"
    r"key limit exceeded|monthly (?:spending |usage )?limit|spend(?:ing)? limit|specified api usage limits|"
    r"payment required|overdue|arrear|"
    r"account(?: \S+)?(?: is| has been| was)?(?: not active| deactivated| disabled| suspended| terminated| banned)|"
    r"(?:organi[sz]ation|api[ _-]?key|key)(?: has been| is| was) (?:disabled|deactivated|revoked|suspended|expired)|"
    r"access_terminated|good standing",
    re.I,
)
_NO_MODEL = re.compile(
    r"model[_ ]?not[_ ]?found|model_not_exist|model_decommissioned|(?:model|deployment)\b.{0,80}?"
    r"(?:does not exist|not found|is not (?:a valid model|available|loaded)|no longer (?:available|supported)|"
    r"decommissioned|has been (?:retired|removed|shut down))|not a valid model|no models loaded|"
    r"deploymentnotfound|unknown model",
    re.I,
)
_MODERATED = re.compile(r"moderation|flagged|content (?:policy|filter)|safety", re.I)
"""A 403 that is about one prompt (OpenRouter)."""


def deployments(settings: ModelSettings) -> tuple[Deployment, ...]:
    """The endpoints: those of the settings, or one for everything."""
    return settings.deployments or (Deployment(name=_plain_name(settings.name), model=settings.name),)


def check_names(settings: ModelSettings, roles: Iterable[Role]) -> tuple[Deployment, ...]:
    """Refuse roles that nobody serves, and models of which nobody knows the provider; gives who serves the roles.

    Raises:
        BadInput: a role has no deployment, or LiteLLM knows no such provider.
    """
    wanted = tuple(roles)
    named = deployments(settings)
    for role in wanted:
        if not any(role in one.serves for one in named):
            one_of = f"one of the deployments {', '.join(one.name for one in named)}"
            raise BadInput(
                f"No deployment serves the role {role!r}; add it to the roles of "
                f"{one_of if len(named) > 1 else f'the deployment {named[0].name}'}, or leave the roles of one out."
            )
    serving = tuple(one for one in named if set(wanted) & set(one.serves))
    for one in serving:
        _check_name(one)
    return serving


def check_routes(settings: ModelSettings, roles: Iterable[Role]) -> None:
    """Refuse models that can't be called from here, before anything is spent.

    Raises:
        BadInput: a role has no deployment, or LiteLLM knows no such provider.
        Missing: a key is not in the environment.
    """
    for one in check_names(settings, roles):
        _check_key(one)


def litellm_module() -> Any:
    """LiteLLM, set to be quiet and to keep to what it ships."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm as found

    litellm: Any = found
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    # its threads make the coroutine of a call, and who is cancelled meanwhile no longer asks for it
    warnings.filterwarnings("ignore", r"coroutine '\w+\.acompletion' was never awaited", RuntimeWarning)
    litellm.DEFAULT_MAX_RETRIES = 0  # its embeddings take a 0 for "not said", and try again behind our limits
    return litellm


def _check_name(one: Deployment) -> None:
    if one.model == OFFLINE:
        return
    if one.model.endswith("/"):
        raise BadInput(f"The model {one.model!r} is a provider without a model; write it as provider/model.")
    litellm = litellm_module()
    try:
        litellm.get_llm_provider(one.model)
    except litellm.exceptions.BadRequestError:
        raise BadInput(
            f"The model {one.model!r} names no provider that LiteLLM knows; write it as provider/model, "
            "e.g. openrouter/anthropic/claude-sonnet-4.5, or use --model offline."
        ) from None


def _check_key(one: Deployment) -> None:
    if one.model == OFFLINE:
        return
    if one.api_key_env is not None:
        if not os.environ.get(one.api_key_env):
            raise Missing(f"The deployment {one.name!r} needs {one.api_key_env} in the environment (see .env.example).")
        return
    found = litellm_module().validate_environment(one.model, api_base=one.api_base)
    if not found["keys_in_environment"] and found["missing_keys"]:
        keys = " and ".join(found["missing_keys"])
        raise Missing(
            f"The model {one.model!r} needs {keys} in the environment (see .env.example), or use --model offline."
        )


def route(one: Deployment, offline_url: str | None) -> dict[str, Any]:
    """Where LiteLLM finds an endpoint: arguments of its `acompletion`."""
    if one.model == OFFLINE:
        return {"model": "openai/offline", "api_base": one.api_base or offline_url, "api_key": "offline"}
    found: dict[str, Any] = {
        "model": one.model,
        "base_model": one.base_model,
        "api_base": one.api_base,
        "api_version": one.api_version,
    }
    if one.api_key_env is not None:
        found["api_key"] = os.environ.get(one.api_key_env)
    return {key: value for key, value in found.items() if value is not None}


def outcome_of(error: Exception, *, answers: bool) -> Outcome:
    """What an error that LiteLLM raised means. `answers`: the endpoint has answered other calls."""
    faults = litellm_module().exceptions
    if isinstance(error, faults.ContentPolicyViolationError | faults.ContextWindowExceededError):
        return "declined"
    if isinstance(error, faults.Timeout):
        return "timeout"
    said, status = f"{error} {_codes(error)}", status_of(error)
    if status is not None and 400 <= status < 500 and _NO_MONEY.search(said):
        return "refused"
    if isinstance(error, faults.RateLimitError):
        return "rate_limited"
    if status == 403 and answers and _MODERATED.search(said):
        return "declined"
    if status in _FOR_GOOD:
        return "refused"
    if status in (400, 413, 422):
        return "declined" if answers and not _NO_MODEL.search(said) else "refused"
    return "rate_limited" if retry_after(error) is not None else "failed"


def body_of(error: BaseException) -> dict[str, Any]:
    """The JSON that an endpoint sent with an error, without the `error` round it; empty if it is not known."""
    one: BaseException | None = error
    while one is not None:
        body = getattr(one, "body", None)
        if isinstance(body, dict):
            inner = body.get("error", body)
            return inner if isinstance(inner, dict) else body
        one = one.__cause__ or one.__context__
    return {}


def _codes(error: BaseException) -> str:
    """What an endpoint calls an error, beside its message."""
    return " ".join(str(body) for name, body in body_of(error).items() if name in ("code", "type", "status"))


def status_of(error: BaseException) -> int | None:
    """The status that an endpoint answered with, or that LiteLLM takes its answer for; None if it is not known."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def retry_after(error: Exception) -> float | None:
    """Seconds that an endpoint wants to be left alone, of its `Retry-After` (RFC 9110, 10.2.3)."""
    said = _header(error, "retry-after")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _header(error: BaseException, name: str) -> str:
    """Of the reply that an error is about: LiteLLM's own errors have it by another name, or only as their cause."""
    one: BaseException | None = error
    while one is not None:
        for headers in (
            getattr(one, "litellm_response_headers", None),
            getattr(getattr(one, "response", None), "headers", None),
        ):
            if headers and name in headers:
                return str(headers[name])
        one = one.__cause__ or one.__context__
    return ""


def first_line(error: Exception) -> str:
    """What it says, in one line of 300 characters at the most: the message alone, where it stands in JSON."""
    said = re.sub(r"^(?:litellm\.)?(?:\w+(?:Error|Exception)(?::| -) )+", "", str(error)).strip()
    try:
        told = json.loads(said) if said.startswith("{") else said
    except (ValueError, RecursionError):
        told = said
    while isinstance(told, dict):
        told = next((told[name] for name in ("error", "message", "detail") if told.get(name)), said)
    lines = str(told).strip().splitlines()
    return (lines or [type(error).__name__])[0][:300]


def _plain_name(model: str) -> str:
    """A deployment's name for a model that the settings name alone."""
    return "".join(char if char.isalnum() or char in "._-" else "-" for char in model)[:64]
