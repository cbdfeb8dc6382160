"""docs/models.md: its settings are settings, its budgets can be kept, and what it tells to type is there."""

import re
import tomllib

import pytest

from tasks.model.price import need_price
from tasks.settings import ROOT, Settings

TEXT = (ROOT / "docs" / "models.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.S | re.M)
HEADINGS = {
    "OpenRouter": "openrouter/",
    "Gemini": "gemini/",
    "LM Studio": "lm_studio/",
    "A model that only streams": "dashscope/",
    "vLLM": "hosted_vllm/",
    "Ollama": "ollama",
}


def section(heading):
    return TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def settings_of(block):
    return Settings.model_validate(tomllib.loads(block))


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_a_settings_file(block):
    assert settings_of(block) != Settings()


@pytest.mark.parametrize("heading", list(HEADINGS))
def test_every_provider_has_a_block_of_its_own(heading):
    (block,) = re.findall(r"^```toml\n(.*?)^```$", section(heading), re.S | re.M)
    assert any(name.startswith(HEADINGS[heading]) for name in settings_of(block).model.models)


def test_azure_has_regions_and_a_name_of_ones_own():
    regions, own = re.findall(r"^```toml\n(.*?)^```$", section("OpenAI, with Azure regions balanced"), re.S | re.M)
    assert "azure/gpt-5" in settings_of(regions).model.models
    (deployment,) = settings_of(own).model.deployments
    assert deployment.model != deployment.base_model == "azure/gpt-5"


def test_every_way_to_ask_is_explained():
    told = section("How a model is asked")
    for name in ("drop", "rename", "extra", "base_model", "stream", "structured"):
        assert f"| `{name}` |" in told


def test_every_budget_in_it_can_be_kept():
    budgets = [settings for settings in map(settings_of, BLOCKS) if settings.limits.usd is not None]
    assert len(budgets) >= 4
    for settings in budgets:
        roles = ["poser", "author", "repairer"] + (["editor"] if settings.authors != "rules" else [])
        need_price(settings.model, settings.limits, roles)


def test_a_block_with_deployments_serves_every_role_that_a_run_asks():
    for settings in map(settings_of, BLOCKS):
        served = {role for one in settings.model.deployments for role in one.serves}
        wanted = {"poser", "author", "repairer"} | ({"editor"} if settings.authors != "rules" else set())
        assert not settings.model.deployments or wanted <= served


def test_no_key_stands_in_it():
    assert not re.search(r"\bsk-|api_key\s*=", TEXT)
