"""What `dojo doctor` looks at: everything a run needs, whether it is there, and how to get it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from rich.console import Console
from rich.markup import escape

from tasks.caches import cache_folder
from tasks.errors import DojoError
from tasks.settings import ROOT, RenderSettings

_PACKAGES = ("prefect", "litellm", "instructor", "playwright", "pymilvus", "milvus-lite", "datasets", "pyarrow")

_KEYS = ("OPENROUTER_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN", "LANGFUSE_PUBLIC_KEY")

_LEAST_FREE_GB = 2


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "off", "missing"]
    """Missing is only what a run can't do without; off is a layer round the pages that this machine does not allow."""
    found: str
    """What is there; or what is missing, and how to get it."""


def examine() -> list[Sign]:
    """Look at everything; nothing is changed."""
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("Node", _node),
        ("language servers", _servers),
        ("browser", _browser),
        ("disk", _disk),
        ("Prefect server", _prefect),
        ("keys", _keys),
    )
    return [*(_sign(what, look) for what, look in looks), *_layers()]


def tell(signs: list[Sign]) -> bool:
    """Print what was found; gives whether a run can start."""
    console = Console(highlight=False)
    colours = {"ok": "green", "off": "yellow", "missing": "red"}
    for sign in signs:
        mark = f"[{colours[sign.state]}]{sign.state:<7}[/]"
        console.print(f"{mark}  {sign.what:<18} {escape(sign.found)}", soft_wrap=True)
    return all(sign.state != "missing" for sign in signs)


def _sign(what: str, look: Callable[[], str]) -> Sign:
    try:
        return Sign(what, "ok", look())
    except DojoError as error:
        return Sign(what, "missing", str(error))


def _layers() -> list[Sign]:
    """What stands between a page and this machine, from the outside in."""
    from tasks.render.browser import find_browser
    from tasks.render.jail import OWN_LAYERS, find_jail

    try:
        layers = find_jail(find_browser(RenderSettings())).layers()
    except DojoError:
        return []
    return [Sign(layer.name, "ok" if layer.on else "off", layer.found) for layer in (*layers, *OWN_LAYERS)]


def _python() -> str:
    return f"{sys.version.split()[0]} in {sys.prefix}"


def _packages() -> str:
    try:
        return ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    except PackageNotFoundError as error:
        raise DojoError(f"{error.name} is not installed; run: make setup") from error


def _node() -> str:
    from tasks.diagnose.pool import find_node

    node = find_node()
    return f"{_output([node, '--version'])} at {node}"


def _servers() -> str:
    from tasks.diagnose.pool import find_commands

    return ", ".join(find_commands())


def _browser() -> str:
    from tasks.render.browser import find_browser

    browser = find_browser(RenderSettings())
    return f"{_output([browser, '--version'])} at {browser}"


def _disk() -> str:
    place = cache_folder("data")
    free = shutil.disk_usage(place).free / 1e9
    if free < _LEAST_FREE_GB:
        raise DojoError(f"{place} has {free:.1f} GB free; {_LEAST_FREE_GB} GB are needed.")
    elsewhere = "" if place.is_relative_to(ROOT) else f" at {place}, because {ROOT} can't be written to"
    return f"{free:.0f} GB free{elsewhere}"


def _prefect() -> str:
    return os.environ.get("PREFECT_API_URL") or "none configured; a run starts its own on loopback"


def _keys() -> str:
    there = [key for key in _KEYS if os.environ.get(key)]
    return ", ".join(there) or "none set; only the offline model can be used (see .env.example)"


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.returncode == 0 else "does not run"
