"""Models, prices, prompts and numbers that can't be: exit code 2, one sentence, nothing asked and nothing written."""

import json
import os

import pytest

from flows.place import check_place
from tasks.errors import BadInput
from tasks.model.prompt import OURS
from tests.model.scripted import says, scripted_model


@pytest.fixture
def model():
    """A model that would answer, and hears if it is asked after all."""
    with scripted_model(says("{}")) as running:
        yield running
    assert running.requests == [], "it was asked"


@pytest.fixture
def refusal(dojo, tmp_path):
    """The one sentence with which a command is refused."""

    def run(*words):
        before = sorted(tmp_path.rglob("*"))
        code, out, err = dojo(*words)
        assert (code, out) == (2, ""), err
        assert err.startswith("dojo: ") and err.endswith(".\n") and len(err.splitlines()) == 1
        for strange in ("Traceback", "Errno", "Value error", "Input should", "pattern"):
            assert strange not in err
        assert sorted(tmp_path.rglob("*")) == before, "it has written"
        return err

    return run


@pytest.fixture
def generate(refusal, tmp_path):
    """How a run with such settings, and words behind them, is refused."""

    def run(settings, *words):
        path = tmp_path / "mine.json"
        path.write_text(settings if isinstance(settings, str) else json.dumps(settings), "utf-8")
        return refusal("generate", "--tasks", 1, "--out", tmp_path / "dataset", "--settings", path, *words)

    return run


def deployed(*deployments, **model):
    """Settings with deployments at a model's URL."""
    return {"model": {"deployments": list(deployments), "reuse": False} | model}


def served(model, name="east", **more):
    return {"name": name, "model": "hosted_vllm/one", "api_base": model.url} | more


def test_two_deployments_with_the_same_name(generate, model):
    said = generate(deployed(served(model), served(model)))
    assert "mine.json: model: two deployments are called 'east'; give each a name of its own" in said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("east",), "add it to the roles of the deployment east,"),
        (("east", "west"), "add it to the roles of one of the deployments east, west,"),
    ],
)
def test_a_role_without_a_deployment(generate, model, names, said):
    told = generate(deployed(*(served(model, name, roles=["poser", "author"]) for name in names)))
    assert "'repairer'" in told
    assert said in told


@pytest.mark.parametrize("in_file", [True, False])
def test_a_budget_with_an_unknown_price(generate, model, in_file):
    settings = deployed(served(model)) | ({"limits": {"usd": 5}} if in_file else {})
    told = generate(settings, *([] if in_file else ["--max-usd", 5]))
    assert "'hosted_vllm/one'" in told
    assert "--assume-price IN OUT" in told


@pytest.mark.parametrize("option", ["--max-usd", "--max-minutes", "--max-candidates"])
@pytest.mark.parametrize("value", ["0", "-3", "nan", "inf"])
def test_a_limit_that_allows_nothing_or_is_none(dojo, generate, model, option, value):
    if option == "--max-candidates" and not value.lstrip("-").isdigit():
        code, _, err = dojo("generate", option, value)
        assert code == 2 and option in err
        return
    told = generate(deployed(served(model)), option, value)
    assert f"{option} is {value}: that" in told


def test_a_budget_of_nothing_in_the_settings(generate, model):
    assert "0 dollars" in generate(deployed(served(model, usd_in=1, usd_out=1)) | {"limits": {"usd": 0}})


@pytest.mark.parametrize("price", [("nan", "nan"), ("-1", "2"), ("1", "inf")])
def test_a_price_that_is_none(generate, refusal, model, price):
    for told in (
        generate(deployed(served(model)), "--assume-price", *price),
        refusal("estimate", "--model", "hosted_vllm/one", "--assume-price", *price),
    ):
        assert f"--assume-price is {price[0]} {price[1]}" in told


def test_a_folder_of_replies_that_cannot_be_written(generate, model, tmp_path):
    (tmp_path / "file").write_text("no folder", "utf-8")
    told = generate(deployed(served(model), reuse=True, replies=str(tmp_path / "file" / "replies")))
    assert f"{tmp_path}/file/replies: Not a directory; name a folder" in told
    assert "model.replies" in told and "--no-reuse" in told


def test_a_file_of_replies_that_is_none(generate, model, tmp_path):
    (tmp_path / "replies.sqlite").write_text("no database, but long enough to be taken for one" * 30, "utf-8")
    assert "move it away" in generate(deployed(served(model), reuse=True, replies=str(tmp_path)))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"limits": {"assume_price": [-1, 2]}}, "limits.assume_price.0: -1 should be greater than or equal to 0"),
        ('{"limits": {"assume_price": [NaN, 2]}}', "limits.assume_price.0: nan should be a finite number"),
        ({"model": {"timeouts": {"author": -5}}}, "model.timeouts.author: -5 should be greater than 0"),
        ('{"model": {"timeouts": {"author": Infinity}}}', "model.timeouts.author: inf should be a finite number"),
        ('{"model": {"timeout_s": Infinity}}', "model.timeout_s: inf should be"),
        ('{"topics": {"games": Infinity}}', "topics.games: inf should be a finite number"),
        ({"model": {"timeouts": {"writer": 5}}}, "model.timeouts.writer: it should be 'poser', 'author'"),
        ({"model": {"attempts": 4}}, "model.attempts: 4 should be less than or equal to 3"),
        ('{"model": {"deployments": [{"name": "a", "model": "m", "weight": Infinity}]}}', "weight: inf should be"),
        ({"ladder": {"min_spam": 0.4}}, "ladder.min_spam: there is no such setting;"),
        (deployed({"name": "a"}), "model.deployments.0.model: it is missing;"),
        (deployed({"name": "east coast", "model": "m"}), "'east coast' is no name; it has 1 to 64 letters, digits"),
        ({"model": {"name": ""}}, "model.name: it should have at least 1 character"),
        ({"model": 5}, "model: it is no group of settings;"),
        ([], "the whole: it is no group of settings;"),
        (deployed({"name": "a", "model": "m"}, name="openai/gpt-5"), "the name 'openai/gpt-5' and the deployments exc"),
        (deployed({"name": "a", "model": "m"}, name="offline"), "model.name and model.deployments exclude each other"),
        ("[" * 100_000, "neither JSON nor TOML"),
    ],
)
def test_what_no_setting_takes(generate, settings, said):
    told = generate(settings)
    assert told.startswith("dojo: mine.json")
    assert said in told


def test_a_key_in_the_wrong_place_is_not_repeated(generate):
    told = generate(deployed({"name": "a", "model": "openai/gpt-5", "api_key_env": "sk-very-secret"}))
    assert "secret" not in told
    assert "environment variable that holds the key" in told


def test_settings_that_cannot_be_read(refusal, tmp_path):
    (tmp_path / "latin.toml").write_bytes("# caf\xe9\n".encode("latin-1"))
    for name, said in (("nowhere.json", "No such file"), ("latin.toml", "not in UTF-8"), (".", "Is a directory")):
        told = refusal("generate", "--out", tmp_path / "d", "--settings", tmp_path / name)
        assert said in told and str(tmp_path) in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nonsense", "'nonsense' names no provider"),
        ("no/such/provider", "'no/such/provider' names no provider"),
        ("openai/", "'openai/' is a provider without a model"),
        ("", "--model is empty"),
    ],
)
def test_a_model_of_no_known_provider_has_no_estimate_and_no_run(refusal, tmp_path, name, why):
    said = refusal("estimate", "--model", name)
    assert said == refusal("generate", "--model", name, "--out", tmp_path / "d")
    assert why in said


def test_an_estimate_takes_no_key(dojo):
    code, out, err = dojo("estimate", "--model", "openrouter/some/model", "--tasks", 2)
    assert (code, err) == (0, "")
    assert "unknown" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tasks", 10**20), "at most 1,000,000,000"),
        (("--validators", 10**400), "--validators is 1000"),
        (("--every", "1e-320"), "--every is"),
        (("--renders-per-minute", "1e-320"), "--renders-per-minute is"),
        (("--every", "0.00001", "--validators", 10**9), "tasks a day"),
        (("--dataset", __file__), "is a file"),
    ],
)
def test_an_estimate_of_what_no_run_could_be(refusal, words, said):
    assert said in refusal("estimate", *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ topic | nofilter }}", "No filter named 'nofilter'"),
        ("{{ persona.foo.bar() }}", "has no attribute 'foo'"),
        ("{{ 1 // 0 }}", "zero"),
        ("{{ persona * 100000000000000000000 }}", "fit"),
        ("{{ 10 ** 10 ** 10 }}", "** is no operator of prompts"),
        ("{{ persona + 1 }}", "concatenate"),
    ],
)
def test_a_prompt_that_cannot_be_filled(refusal, generate, model, tmp_path, words, said):
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "problem.md").write_text((OURS / "problem.md").read_text("utf-8") + words, "utf-8")
    for told in (refusal("prompts", "--prompts", folder), generate(deployed(served(model)), "--prompts", folder)):
        assert said in told
        assert str(folder / "problem.md") in told


@pytest.mark.parametrize(
    ("name", "said"),
    [("file", "file is a file"), ("file/below/it", "file is a file"), ("long" * 100, "File name too long")],
)
def test_a_dataset_that_cannot_be_a_folder(refusal, tmp_path, name, said):
    (tmp_path / "file").write_text("no folder", "utf-8")
    for out in (tmp_path / name, f"file://{tmp_path / name}"):
        told = refusal("generate", "--tasks", 1, "--out", out)
        assert f"--out {out} can't be a folder" in told
        assert said in told


def test_a_dataset_where_nothing_may_be_made(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    if os.access(closed, os.W_OK):
        pytest.skip("root may write everywhere")
    with pytest.raises(BadInput, match="nothing may be made"):
        check_place("d", closed / "d")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": {"deployments": [{"name": "a", "model": "offline", "strem": True}]}},
         "model.deployments.0.strem: there is no such setting; did you mean `stream`?"),
        ({"model": {"max_token": 9}}, "model.max_token: there is no such setting; did you mean `max_tokens`?"),
        ({"render": {"page": 2}}, "render.page: there is no such setting; did you mean `pages`?"),
        ({"quality": {"funktion": 0.4}}, "quality.funktion: there is no such setting; did you mean `function`?"),
        ({"limit": {"usd": 4}}, "limit: there is no such setting; did you mean `limits`?"),
        ({"ladder": {"qqqqqq": 1}}, "ladder.qqqqqq: there is no such setting;"),
        ({"model": {"deployments": [{"name": "a", "model": "offline", "structured": "yaml"}]}},
         "model.deployments.0.structured: it should be 'auto', 'json_schema', 'json_object', 'tools' or 'text'"),
        ({"model": {"deployments": [{"name": "a", "model": "offline", "extra": {"stream": True}}]}},
         "model.deployments.0.extra: 'stream' is no parameter to add; other settings of the deployment decide it"),
        ({"model": {"deployments": [{"name": "a", "model": "offline", "extra": {"max_tokens": 5}}]}},
         "model.deployments.0.extra: 'max_tokens' is what a budget reserves for; set model.max_tokens instead"),
        ({"model": {"deployments": [{"name": "a", "model": "offline", "drop": ["messages"]}]}},
         "model.deployments.0: 'messages' is what is asked, and can't be left out or renamed"),
    ],
)  # fmt: skip
def test_a_setting_that_is_none(generate, settings, said):
    assert f"mine.json: {said}" in generate(settings)
