"""Every number that can be chosen, in one frozen object; unknown keys are refused.

`Settings()` is what runs when nothing is chosen. `config_hash` names the choice and goes into every shard.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from tasks.content import canonical_json, content_id
from tasks.record import Topic

OFFLINE = "offline"
"""The model name that means the stand-in server on loopback."""

Authors = Literal["rules", "model", "both"]
"""Who proposes the edits that make four versions of a program."""


class Group(BaseModel):
    """A group of settings: frozen, and closed to keys it does not know and to numbers that are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Role = Literal["poser", "author", "repairer", "editor", "judge", "embedder"]
"""What a model is called for: to set a problem, write a program, repair one, propose edits, judge texts, embed them."""

Strategy = Literal["none", "direct", "cot", "rewoo"]
"""How a faulty program is repaired; see `tasks/diagnose/strategy`."""


Structured = Literal["auto", "json_schema", "json_object", "tools", "text"]
"""How a model is made to answer in JSON: a `response_format` with the schema, one without it, a tool with the schema
which it must call, or the prompt alone."""

Seconds = Annotated[float, Field(gt=0)]
Dollars = Annotated[float, Field(ge=0)]


def _plain_name(name: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,64}", name):
        raise ValueError(f"{name!r} is no name; it has 1 to 64 letters, digits, '_', '-' and '.'")
    return name


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("name the environment variable that holds the key, and not the key; e.g. OPENAI_API_KEY")
    return name


_ASKED = ("model", "messages", "input")
"""What is asked and of whom; no setting leaves it out or renames it."""

_OURS = frozenset(
    (
        *_ASKED,
        *("api_base", "base_url", "api_key", "api_version", "base_model", "custom_llm_provider", "client"),
        *("timeout", "request_timeout", "max_retries", "num_retries", "fallbacks", "caching", "cache", "acompletion"),
        *("stream", "stream_options", "response_format", "tools", "tool_choice", "functions", "function_call", "n"),
        *("drop_params", "additional_drop_params", "logger_fn", "mock_response", "mock_tool_calls"),
    )
)
"""Parameters that other settings decide, or that are LiteLLM's own and never sent; `extra` can't have them."""


def _extra(parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for name in sorted(parameters):
        if name in _OURS:
            raise ValueError(f"{name!r} is no parameter to add; other settings of the deployment decide it")
        if name in ("max_tokens", "max_completion_tokens"):
            raise ValueError(f"{name!r} is what a budget reserves for; set model.max_tokens instead")
    return parameters


class Deployment(Group):
    """One endpoint that answers for a model."""

    name: Annotated[str, AfterValidator(_plain_name)] = Field(description="its own, for the ledger")
    model: str = Field(min_length=1, description="a LiteLLM model name, e.g. azure/gpt-5 or hosted_vllm/qwen3")
    roles: tuple[Role, ...] = Field((), description="what it is called for; none means everything but `embedder`")
    weight: float = Field(1.0, gt=0, description="share of the calls, beside the others of the role")
    api_base: str | None = Field(None, description="base URL, where the provider's own is not meant")
    api_key_env: Annotated[str, AfterValidator(_variable)] | None = Field(
        None, description="environment variable with the key, where the usual one is not meant"
    )
    api_version: str | None = Field(None, description="as Azure asks for one")
    concurrency: int | None = Field(None, ge=1, description="calls under way at once; none finds the limit by itself")
    rpm: int | None = Field(None, ge=1, description="calls started a minute at the most")
    timeout_s: Seconds | None = Field(None, description="seconds for one call; none takes the role's")
    usd_in: Dollars | None = Field(None, description="dollars a million tokens in, where LiteLLM knows no price")
    usd_out: Dollars | None = Field(None, description="dollars a million tokens out, where LiteLLM knows no price")
    base_model: str | None = Field(
        None,
        min_length=1,
        description="LiteLLM's name of the model, where `model` is a name of your own: for prices and parameters",
    )
    drop: tuple[str, ...] = Field((), description="parameters that are not sent, e.g. temperature, seed, max_tokens")
    rename: dict[str, str] = Field(
        default_factory=dict, description="parameters that are sent by another name: theirs by ours"
    )
    extra: Annotated[dict[str, JsonValue], AfterValidator(_extra)] = Field(
        default_factory=dict, description="parameters that are sent on top, e.g. reasoning_effort"
    )
    stream: bool = Field(
        False, description="reply in pieces; `timeout_s` then is the longest silence between two of them"
    )
    structured: Structured = Field(
        "auto", description="how JSON is asked for; `auto` is what LiteLLM's lists say of the model, else json_object"
    )

    @model_validator(mode="after")
    def _asked_all_the_same(self) -> Self:
        for name in _ASKED:
            if name in (*self.drop, *self.rename, *self.rename.values()):
                raise ValueError(f"{name!r} is what is asked, and can't be left out or renamed")
        return self

    @property
    def listed(self) -> str:
        """The name by which LiteLLM's lists know the model."""
        return self.base_model or self.model

    @property
    def serves(self) -> tuple[Role, ...]:
        """The roles that it is called for."""
        return self.roles or ("poser", "author", "repairer", "editor", "judge")


class ModelSettings(Group):
    """How models are called."""

    name: str = Field(
        OFFLINE,
        min_length=1,
        description="`offline`, or any LiteLLM model name, e.g. openrouter/anthropic/claude-sonnet-5",
    )
    temperature: float = Field(0.7, ge=0, le=2)
    max_tokens: int = Field(16_000, ge=256, description="tokens out per call at the most")
    timeout_s: Seconds = Field(180, description="seconds for one call")
    attempts: int = Field(
        3,
        ge=1,
        le=3,
        description="calls for one answer at the most: the first, and two re-asks with the validator's words",
    )
    concurrency: int | None = Field(
        None,
        ge=1,
        description="calls under way at once, all deployments together; none means 16, or more if the deployments' own"
        " `concurrency` comes to more",
    )
    deployments: tuple[Deployment, ...] = Field(
        (), description="endpoints that share the calls; none means one, of `name`, for everything"
    )
    timeouts: dict[Role, Seconds] = Field(default_factory=dict, description="seconds for one call, by role")
    reuse: bool = Field(True, description="take a reply that was paid for before, instead of asking again")
    replies: str | None = Field(None, description="folder where replies are kept; none means data/replies")

    @property
    def embeds(self) -> bool:
        """Whether a model embeds texts; if none does, the lexical embedding is used."""
        return any("embedder" in one.serves for one in self.deployments)

    @property
    def at_once(self) -> int:
        """Calls under way at once, all deployments together."""
        return self.concurrency or max(16, sum(one.concurrency or 0 for one in self.deployments))

    @property
    def models(self) -> tuple[str, ...]:
        """The LiteLLM names of all that may be called, sorted."""
        return tuple(sorted({one.model for one in self.deployments} or {self.name}))

    @model_validator(mode="after")
    def _one_way_to_name_models(self) -> Self:
        if self.deployments and self.name != OFFLINE:
            raise ValueError(f"the name {self.name!r} and the deployments exclude each other; leave one of the two out")
        return self

    @model_validator(mode="after")
    def _distinct_names(self) -> Self:
        names = [one.name for one in self.deployments]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two deployments are called {twice[0]!r}; give each a name of its own")
        return self


class TopicSettings(Group):
    """Relative weights of the topics in the draw."""

    games: float = Field(1.0, ge=0)
    science: float = Field(1.0, ge=0)
    animation: float = Field(1.0, ge=0)
    tools: float = Field(1.0, ge=0)

    @model_validator(mode="after")
    def _some_topic(self) -> Self:
        if not sum(self.weights().values()) > 0:
            raise ValueError("at least one topic needs a weight above 0")
        return self

    def weights(self) -> dict[Topic, float]:
        """Topic to weight, in a fixed order."""
        return {"games": self.games, "science": self.science, "animation": self.animation, "tools": self.tools}


class RenderSettings(Group):
    """The browser and its pages."""

    browser: str | None = Field(None, description="path of a Chromium; none looks for Playwright's, then the system's")
    pages: int = Field(3, ge=1, le=64, description="pages open at once")
    width: int = Field(1024, ge=240, le=2560, description="CSS pixels")
    height: int = Field(768, ge=240, le=1600, description="CSS pixels")
    page_chars: int = Field(
        8_000_000, ge=10_000, description="characters of a page's files together; a longer page is not loaded"
    )
    time_box_s: Seconds = Field(
        60,
        description="seconds one render may take, all its checks included; on a busy machine only the time"
        " in which its page could run counts",
    )
    heap_mb: int = Field(256, ge=32, description="V8 heap per renderer, MiB")
    memory_mb: int = Field(1536, ge=512, description="writable memory of one process of the browser, MiB")
    sandbox: Literal["strict", "warn", "off"] = Field(
        "warn",
        description="a machine without network namespaces or Chromium's sandbox is refused, or that is said once;"
        " `off` goes without",
    )


class QualityWeights(Group):
    """How the four parts make q; they sum to 1. Function leads because a page that does not work is unusable,
    whatever its looks (Interaction2Code, arXiv 2411.03292: P(unusable) .53 to .99 for functional failures, .05 to .20
    for those of place and kind); docs/decisions/0004-quality.md has the argument."""

    function: float = Field(0.60, ge=0, le=1)
    visual: float = Field(0.23, ge=0, le=1)
    performance: float = Field(0.08, ge=0, le=1)
    accessibility: float = Field(0.09, ge=0, le=1)
    conduct: float = Field(
        0.5, ge=0, le=1, description="of function, what effects other than the clean program's weigh; the rest checks"
    )

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.function + self.visual + self.performance + self.accessibility
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights of quality must sum to 1, these sum to {total:g}")
        return self


class LadderRules(Group):
    """When four versions make a ladder (DESIGN: 'A ladder is accepted only if'), and how long to look for one."""

    min_span: float = Field(0.3, gt=0, le=1, description="least q between best and worst")
    max_off_line: float = Field(
        0.10, gt=0, le=1, description="largest distance of any q from the straight line, as a share of the span"
    )
    gap_over_spread: float = Field(
        3.0,
        ge=1,
        description="least gap, in spreads: the largest difference in q between sealed and natural",
    )
    max_sealed_off: float = Field(
        0.01, ge=0, le=1, description="largest difference in q between a version's sealed page and its natural files"
    )
    masked: float = Field(
        0.6,
        ge=0,
        le=1,
        description="share of ladders of which another version than the best shows the least harm before anyone touches"
        " it; of three quarters as many another than the worst shows the most",
    )
    noticeable: bool = Field(
        True, description="whether neighbours must differ in function or looks: nobody meets a step of the rest alone"
    )
    max_renders: int = Field(32, ge=8, description="renders for one ladder at the most, the sealed pages' included")


class RepairSettings(Group):
    """The rounds between the diagnostics and the model."""

    strategy: Strategy = Field(
        "cot",
        description="`none`; `direct`, findings in, patches out; `cot`, reasons first; `rewoo`, plans what to look at"
        " first",
    )
    rounds: int = Field(3, ge=0, le=10, description="repairs at the most; then the candidate is rejected")
    min_checks: int = Field(4, ge=1, description="checks that must be worth something")
    servers: int = Field(1, ge=1, le=16, description="warm language servers of each kind")


class DedupeSettings(Group):
    """What counts as too near to an accepted task.

    The thresholds lie between near-duplicates (a few words, names, numbers, strings or a colour changed) and honest
    pages of one kind; `python -m evals.dedupe` measures both and prints what a run would lose.
    """

    uri: str | None = Field(
        None,
        description="a Milvus server; none means Milvus Lite in the dataset's `index`, or under data/ for a remote one",
    )
    dimension: int = Field(
        384, ge=32, le=4096, description="of vectors: the lexical embedding's, or as the model that embeds has it"
    )
    problem: float = Field(0.95, gt=0, le=1, description="cosine from which two problems are the same")
    program: float = Field(0.97, gt=0, le=1, description="cosine from which two programs are the same")


class LimitSettings(Group):
    """Hard stops: what is under way ends, what is done is written, and the run exits with 3."""

    usd: Dollars | None = Field(None, description="dollars that the run may spend")
    minutes: float | None = Field(None, gt=0, description="minutes that one session of the run may take")
    error_rate: float = Field(
        0.5, gt=0, le=1, description="share of failed calls, of the last 40, from which the run stops early"
    )
    assume_price: tuple[Dollars, Dollars] | None = Field(
        None, description="dollars a million tokens in and out, for models of which LiteLLM knows no price"
    )


class Settings(Group):
    """All of it."""

    model: ModelSettings = ModelSettings()
    topics: TopicSettings = TopicSettings()
    render: RenderSettings = RenderSettings()
    quality: QualityWeights = QualityWeights()
    ladder: LadderRules = LadderRules()
    repair: RepairSettings = RepairSettings()
    dedupe: DedupeSettings = DedupeSettings()
    limits: LimitSettings = LimitSettings()
    authors: Authors = Field(
        "rules",
        description="who proposes edits: our mutators, the model (one more request for each clean program), or both",
    )
    batch: int = Field(8, ge=1, le=256, description="candidates of one shard: one Prefect task run for each stage")
    under_way: int | None = Field(
        None, ge=1, le=4096, description="candidates under way at once; none means twice the calls at once, at least 64"
    )
    max_candidates: int | None = Field(
        None, ge=1, description="candidates tried at the most; none means 10 x tasks, at least 20"
    )
    prompts: str | None = Field(None, description="folder of prompts that stand in for those of prompts/")

    @property
    def candidates_at_once(self) -> int:
        """Candidates under way: enough that none of the model's places is free while some wait for their turn."""
        return self.under_way or max(64, 2 * self.model.at_once)

    def config_hash(self) -> str:
        """A name for the settings that decide what comes out; where things run, how many at once and how a model is
        spoken to (`drop`, `rename`, `stream`, `structured`) is left out."""
        data = self.model_dump(mode="json")
        for group, keys in {
            "model": ("concurrency", "timeout_s", "timeouts", "reuse", "replies", "deployments"),
            "render": ("browser", "pages"),
            "repair": ("servers",),
            "dedupe": ("uri",),
        }.items():
            for key in keys:
                del data[group][key]
        del data["max_candidates"], data["under_way"], data["limits"], data["prompts"]
        data["model"]["models"] = sorted({(role, one.model) for one in self.model.deployments for role in one.serves})
        extras = {
            (role, one.model, canonical_json(one.extra))
            for one in self.model.deployments
            for role in one.serves
            if one.extra
        }
        if extras:
            data["model"]["extras"] = sorted(extras)
        return content_id(canonical_json(data))


ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: prompts, personas and the installed servers are found from here."""
