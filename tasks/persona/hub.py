"""The rows of a dataset through `datasets`: streamed from the Hub, or of a folder that it saved.

`datasets` takes seconds to import, so it is imported where it is used, and after the Hub has answered.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.errors import BadInput

PROBE_S = 15.0
"""Seconds to wait for the Hub's first word. `datasets` itself would try for half a minute before it gives up."""
PERSONA_CONFIG = "persona"
"""Which config is meant when a dataset has several and none is named; PersonaHub's is called so."""


def hub_rows(source: str) -> Iterator[dict[str, object]]:
    """The rows of `owner/name` or `owner/name:config`, of its split `train` or else its first, as they stream in.

    Raises:
        BadInput: the dataset can't be had: unknown, gated, unreachable, or without such a config.
    """
    name, _, config = source.partition(":")
    _probe(name)
    import httpx
    from datasets import get_dataset_config_names, load_dataset
    from datasets.exceptions import DatasetsError

    try:
        known = get_dataset_config_names(name)
        config = config or _only(known)
        if config not in known:
            named = f"no config `{config}`" if config else "several configs"
            raise BadInput(f"{name} has {named}; name one as {name}:CONFIG, of: {', '.join(known[:20])}")
        yield from _first_split(load_dataset(name, config, streaming=True))
    except (OSError, ValueError, httpx.HTTPError, DatasetsError) as error:
        raise BadInput(_unavailable(name, error)) from error


def is_saved_dataset(path: Path) -> bool:
    """Whether `datasets` saved this folder (`save_to_disk`)."""
    return any((path / name).is_file() for name in ("dataset_dict.json", "state.json"))


def saved_rows(path: Path) -> Iterator[dict[str, object]]:
    """The rows of a folder that `datasets` saved, of its split `train` or else its first.

    Raises:
        BadInput: the folder is broken.
    """
    from datasets import load_from_disk
    from datasets.exceptions import DatasetsError

    try:
        yield from _first_split(load_from_disk(str(path)))
    except (OSError, ValueError, DatasetsError) as error:
        raise BadInput(f"{path.name} is not a folder that `datasets` can load ({_first_line(error)})") from error


def _probe(name: str) -> None:
    import httpx
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi().dataset_info(name, timeout=PROBE_S)
    except RepositoryNotFoundError as error:
        raise BadInput(f"there is no dataset {name} on the Hub, or it wants a login: set HF_TOKEN if so") from error
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise BadInput(_unavailable(name, error)) from error


def _only(configs: list[str]) -> str:
    if len(configs) == 1:
        return configs[0]
    return PERSONA_CONFIG if PERSONA_CONFIG in configs else ""


def _first_split(data: Any) -> Iterator[dict[str, object]]:
    if isinstance(data, dict):
        data = data["train"] if "train" in data else next(iter(data.values()))
    yield from data


def _unavailable(name: str, error: Exception) -> str:
    return f"{name} can't be had from the Hub ({_first_line(error)}); a file downloaded before works too"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:160]
