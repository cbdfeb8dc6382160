"""What a run is asked for, and what its folder says of it."""

import json

from flows.chosen import read_settings
from flows.order import place_order, record_status
from tasks.settings import Deployment, ModelSettings, Settings


def test_a_run_is_named_by_the_models_that_it_calls(tmp_path):
    served = tuple(Deployment(name=name, model="hosted_vllm/m", api_base="http://x/v1") for name in ("east", "west"))
    settings = Settings(model=ModelSettings(deployments=served, reuse=False))
    order = place_order(1, "starter", None, 0, str(tmp_path / "d"), settings)
    record_status(order, "running", 0)
    assert json.loads((order.folder / "run.json").read_text("utf-8"))["model"] == "hosted_vllm/m"


def test_the_settings_in_a_runs_folder_can_be_given_again(tmp_path):
    served = Deployment(name="east", model="hosted_vllm/m", api_base="http://x/v1", usd_in=1.5, usd_out=2)
    for settings in (Settings(), Settings(model=ModelSettings(deployments=(served,), reuse=False))):
        order = place_order(1, "starter", None, 0, str(tmp_path / "d"), settings)
        record_status(order, "running", 0)
        assert read_settings(order.folder / "settings.json") == settings
