"""docs/models.md: its settings are settings, its budgets can be kept, and what it tells to type is there."""

import re
import tomllib

import pytest

from tasks.model.price import need_price
from tasks.settings import ROOT, Settings

TEXT = (ROOT / "docs" / "models.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.S | re.M)
HEADINGS = ("OpenRouter", "OpenAI, with Azure regions balanced", "vLLM", "Ollama")


def settings_of(block):
    return Settings.model_validate(tomllib.loads(block))


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_a_settings_file(block):
    assert settings_of(block) != Settings()


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_provider_has_a_block_of_its_own(heading):
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    (block,) = re.findall(r"^```toml\n(.*?)^```$", section, re.S | re.M)
    prefix = {"OpenRouter": "openrouter/", "vLLM": "hosted_vllm/", "Ollama": "ollama"}.get(heading, "azure/")
    assert any(name.startswith(prefix) for name in settings_of(block).model.models)


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
