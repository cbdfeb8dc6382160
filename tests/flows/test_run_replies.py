"""What a run takes from kept replies when it is told to reuse none."""

import json

from flows.order import place_order
from flows.tools import open_tools
from tasks.settings import Deployment, ModelSettings, Settings
from tests.model.scripted import says, scripted_model
from tests.model.test_door import ask


async def test_a_run_that_reuses_no_replies_still_loses_none_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("A_KEY", "k")
    with scripted_model(says(json.dumps({"title": "Sea", "lines": 4}))) as model:
        one = Deployment(name="one", model="openai/m", api_base=model.url, api_key_env="A_KEY")
        chosen = ModelSettings(deployments=(one,), replies=str(tmp_path / "shared"), reuse=False)

        async def answered(dataset):
            order = place_order(1, "starter", None, 0, str(tmp_path / dataset), Settings(model=chosen))
            async with open_tools(order) as tools:
                await ask(tools.gateway)
            return len(model.requests)

        assert [await answered("first"), await answered("first"), await answered("second")] == [1, 1, 2]
    assert not (tmp_path / "shared").exists()
