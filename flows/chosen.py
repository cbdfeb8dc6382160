"""The settings of a run, as a file, the command line and the defaults choose them."""

import json
import tomllib
from math import inf
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from flows.misfit import misfit
from tasks.errors import BadInput
from tasks.settings import Authors, Settings


def read_settings(path: Path | None) -> Settings | None:
    """Settings from a JSON or TOML file; None if no file is named.

    Raises:
        BadInput: the file can't be read, or says what no setting is.
    """
    if path is None:
        return None
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        settings = Settings.model_validate(data)
    except OSError as error:
        raise BadInput(f"The settings file {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"The settings file {path} can't be read: it is not in UTF-8 (byte {error.start}).") from error
    except ValidationError as error:
        said = f"{path.name}: {misfit(error, Settings)}; the settings and their meaning are in tasks/settings.py."
        raise BadInput(said) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path.name} is neither JSON nor TOML by its ending: {error}.") from error
    if settings.model.deployments and "name" in settings.model.model_fields_set:
        raise BadInput(f"{path.name}: model.name and model.deployments exclude each other; leave one of the two out.")
    return settings


def limited(
    settings: Settings | None,
    usd: float | None,
    minutes: float | None,
    candidates: int | None,
    price: tuple[float, float] | None,
    reuse: bool,
    prompts: Path | None,
) -> Settings:
    """The settings with what the command line says of limits and of kept replies; None leaves them as they are.

    Raises:
        BadInput: a limit that allows nothing, or prices below 0.
    """
    settings = settings or Settings()
    chosen = {"usd": usd, "minutes": minutes, "assume_price": price}
    for name, value in (("--max-usd", usd), ("--max-minutes", minutes), ("--max-candidates", candidates)):
        if value is not None and not value > 0:
            raise BadInput(f"{name} is {value:g}: that allows nothing; leave it out, or name more than 0.")
        if value == inf:
            raise BadInput(f"{name} is {value:g}: that is no limit; leave it out, or name a number.")
    if price is not None and not all(0 <= one < inf for one in price):
        raise BadInput(f"--assume-price is {price[0]:g} {price[1]:g}; dollars a million tokens are 0 or more.")
    limits = settings.limits.model_copy(update={key: value for key, value in chosen.items() if value is not None})
    model = settings.model if reuse else settings.model.model_copy(update={"reuse": False})
    more = {"max_candidates": candidates, "prompts": str(prompts) if prompts else None}
    update = {"limits": limits, "model": model} | {key: value for key, value in more.items() if value is not None}
    return settings.model_copy(update=update)


def with_model(settings: Settings, model: str | None) -> Settings:
    """The settings with the model that the command line names, if it names one.

    Raises:
        BadInput: it is no name, or the settings name deployments, which say what is called.
    """
    if model is None:
        return settings
    if not model:
        raise BadInput("--model is empty; name one as provider/model, or leave it out.")
    if settings.model.deployments:
        raise BadInput(
            f"--model {model} and the deployments of the settings exclude each other; leave one of the two out."
        )
    return settings.model_copy(update={"model": settings.model.model_copy(update={"name": model})})


def with_authors(settings: Settings, authors: str | None) -> Settings:
    """The settings with who proposes edits, if the command line says.

    Raises:
        BadInput: there is no such author.
    """
    if authors is None:
        return settings
    if authors not in get_args(Authors):
        raise BadInput(f"--authors is {authors!r}; choose rules, model or both.")
    return settings.model_copy(update={"authors": authors})
