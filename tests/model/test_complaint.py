"""What providers say when they refuse how they were asked, as users have reported it, and what is read from it."""

import pytest

from tasks.model.complaint import Complaint, complaint_in

SENT = ("messages", "seed", "temperature", "max_tokens", "response_format")
ADDED = (*SENT, "top_p", "reasoning_effort", "presence_penalty", "tools", "tool_choice")

TABLE = [
    # OpenAI and Azure: the o-series and GPT-5
    ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
     Complaint("rename", "max_tokens", "max_completion_tokens")),
    ("Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
     Complaint("without", "temperature")),
    ("Unsupported parameter: 'temperature' is not supported with this model.", Complaint("without", "temperature")),
    ("Unrecognized request argument supplied: seed", Complaint("without", "seed")),
    ("max_tokens is too large: 16000. This model supports at most 4096 completion tokens, whereas you provided 16000.",
     Complaint("at_most", "max_tokens", most=4096)),
    ("Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is required to be supplied "
     "and to be false.", Complaint("format", "response_format", of_schema=True)),
    ("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about "
     "supported models.", Complaint("format", "response_format")),
    ("response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later",
     Complaint("format", "response_format")),
    ("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
     Complaint("format", "response_format")),
    # LiteLLM itself
    ("azure does not support parameters: ['temperature'], for model=o1-mini. To drop these, set "
     "`litellm.drop_params=True`", Complaint("without", "temperature")),
    ("gpt-5 models (including gpt-5-codex) don't support temperature=0.7. Only temperature=1 is supported.",
     Complaint("without", "temperature")),
    # Anthropic, Bedrock
    ("`temperature` is deprecated for this model.", Complaint("without", "temperature")),
    ("temperature is deprecated for this model.", Complaint("without", "temperature")),
    ("`temperature` may only be set to 1 when thinking is enabled.", Complaint("without", "temperature")),
    ("`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
     Complaint("without", "temperature")),
    ("seed: Extra inputs are not permitted", Complaint("without", "seed")),
    ("max_tokens: 16000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet-20241022",
     Complaint("at_most", "max_tokens", most=8192)),
    ("Malformed input request: #: extraneous key [seed] is not permitted, please reformat your input and try again.",
     Complaint("without", "seed")),
    ("Streaming is strongly recommended for operations that may take longer than 10 minutes.", Complaint("stream")),
    # Gemini
    ("Invalid value at 'generation_config.seed' (TYPE_INT32), 4611686018427387907", Complaint("without", "seed")),
    ('Invalid JSON payload received. Unknown name "seed": Cannot find field.', Complaint("without", "seed")),
    ("JSON mode is not enabled for models/gemma-3-27b-it", Complaint("format", "response_format")),
    ("Function calling with a response mime type: 'application/json' is unsupported",
     Complaint("format", "response_format")),
    # Mistral, and others that validate with pydantic
    ('{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":7}]}',
     Complaint("without", "seed")),
    ("{'detail': [{'type': 'extra_forbidden', 'loc': ['body', 'seed'], 'msg': 'Extra inputs are not permitted'}]}",
     Complaint("without", "seed")),
    ("1 validation error for ChatCompletionRequest\nseed\n  Extra inputs are not permitted",
     Complaint("without", "seed")),
    # LM Studio, llama.cpp
    ("'response_format.type' must be 'json_schema' or 'text'",
     Complaint("format", "response_format", takes=("json_schema", "text"))),
    ("'response_format.type' must be 'json_schema'", Complaint("format", "response_format", takes=("json_schema",))),
    # vLLM
    ("The provided JSON schema contains features not supported by xgrammar.",
     Complaint("format", "response_format", of_schema=True)),
    # Groq
    ("invalid schema for response format: response_format/json_schema/answer: minItems is not supported",
     Complaint("format", "response_format", of_schema=True)),
    ("This model does not support response format `json_schema`. See supported models at https://console.groq.com",
     Complaint("format", "response_format")),
    ("property 'seed' is unsupported, did you mean 'user'?", Complaint("without", "seed")),
    ("`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the "
     "`context_window` for this model", Complaint("at_most", "max_tokens", most=8192)),
    # DeepSeek
    ("This response_format type is unavailable now", Complaint("format", "response_format")),
    ("Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is "
     "unavailable now at line 1 column 12440", Complaint("format", "response_format")),
    ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
     Complaint("at_most", "max_tokens", most=8192)),
    # xAI
    ("Argument not supported on this model: temperature", Complaint("without", "temperature")),
    ("Model grok-4-latest does not support parameter temperature.", Complaint("without", "temperature")),
    # Moonshot
    ("invalid temperature: only 1 is allowed for this model", Complaint("without", "temperature")),
    # DashScope, ModelScope, the Codex backend
    ("This model only support stream mode, please enable the stream parameter to access the model. ",
     Complaint("stream")),
    ("parameter.enable_thinking must be set to false for non-streaming calls", Complaint("stream")),
    ("enable thinking can not be support when `stream=False`.", Complaint("stream")),
    ("Stream must be set to true", Complaint("stream")),
]  # fmt: skip

OF_MORE = [
    ("Model grok-4-0709 does not support parameter reasoningEffort", Complaint("without", "reasoning_effort")),
    ("Argument not supported on this model: presencePenalty", Complaint("without", "presence_penalty")),
    ("registry.ollama.ai/library/gemma3:4b does not support tools", Complaint("format", "tools")),
    ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
     Complaint("format", "tools")),
    ("No endpoints found that support the provided 'tool_choice' value.", Complaint("format", "tools")),
    ("No endpoints found that support tool use. To learn more about provider routing, visit",
     Complaint("format", "tools")),
]  # fmt: skip

NONE = [
    "This model's maximum context length is 8192 tokens. However, you requested 16050 tokens.",
    "Could not parse the prompt: the temperature of the sea, the seed of a plant",
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    "The model `m` does not exist or you do not have access to it.",
    "Internal server error",
    "Connection error.",
    "",
]


@pytest.mark.parametrize(("said", "complaint"), TABLE)
def test_what_a_provider_complains_of(said, complaint):
    assert complaint_in(said, None, SENT, streams=False) == complaint
    wrapped = f'litellm.BadRequestError: Hosted_vllmException - {{"error": {{"message": "{said}", "code": 400}}}}'
    assert complaint_in(wrapped, None, SENT, streams=False) == complaint


@pytest.mark.parametrize(("said", "complaint"), OF_MORE)
def test_what_a_provider_complains_of_in_a_call_with_more(said, complaint):
    sent = [name for name in ADDED if name != "response_format"]
    found = complaint_in(said, None, sent, streams=False)
    assert found is not None
    assert (found.remedy, found.name.replace("tool_choice", "tools")) == (complaint.remedy, complaint.name)


@pytest.mark.parametrize("said", NONE)
def test_what_is_no_complaint_of_how_it_was_asked(said):
    assert complaint_in(said, None, SENT, streams=False) is None


@pytest.mark.parametrize(("said", "_"), TABLE)
def test_nothing_is_complained_of_that_was_not_sent(said, _):
    found = complaint_in(said, None, ("messages",), streams=True)
    assert found is None or found.remedy == "no_stream"


def test_the_field_of_an_error_goes_before_its_words():
    assert complaint_in("Bad value.", "temperature", SENT, streams=False) == Complaint("without", "temperature")
    assert complaint_in("Bad value.", "messages.0.content", SENT, streams=False) is None


@pytest.mark.parametrize(
    "said",
    ["Streaming is not supported for this model", "Unsupported parameter: 'stream'", "Cannot use tools with stream"],
)
def test_a_model_that_does_not_stream(said):
    assert complaint_in(said, None, (*SENT, "stream_options"), streams=True) == Complaint("no_stream")


def test_a_stream_without_its_options():
    said = "Unrecognized request argument supplied: stream_options"
    assert complaint_in(said, None, (*SENT, "stream_options"), streams=True) == Complaint("without", "stream_options")
