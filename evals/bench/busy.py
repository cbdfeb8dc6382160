"""Whether a render depends on what else the machine does: the same pages, quiet and beside spinning processes."""

import asyncio
import contextlib
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.bench.figures import Figure, Figures, machine
from evals.bench.footprint import footprint
from evals.bench.heavy import heavy_orders
from evals.bench.pages import offline_orders, read_pages
from evals.pace import Pace, Tell
from tasks.gather import gather
from tasks.record import Program, Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.settings import Settings

HEAVY_SHARE = 0.24
"""Of the pages, those of `heavy`."""
GIVEN_SHARE = 0.35
"""Those that were given, varied; the rest are the offline model's."""
SAME_Q = 0.005
SPIN = (
    "import os, time\nparent, end = os.getppid(), time.monotonic() + 7200\n"
    "while os.getppid() == parent and time.monotonic() < end:\n    sum(range(100_000))\n"
)
"""A process that keeps a processor busy, and ends with the one that began it."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_SIZE = re.compile(r"\b([1-9]\d)px\b")
_NUMBER = re.compile(r"(?m)^(\s*const [A-Z][A-Z_]+ = )([1-9]\d+)(?=;)")


@dataclass(frozen=True)
class _Round:
    """All pages, rendered once."""

    name: str
    renders: Mapping[str, Render]
    cpu_s: float


def bench_busy(given: Mapping[str, RenderOrder], count: int, spinners: int, settings: Settings, tell: Tell) -> Figures:
    """Render `count` pages once as the machine is and twice beside so many spinning processes.

    Raises:
        BrowserDown, Missing: the browser can't be used.
    """
    return asyncio.run(_bench(given, count, spinners, settings, tell))


def own_pages() -> dict[str, RenderOrder]:
    """The real pages of the repository; none where the project is installed without it."""
    folder = Path(__file__).parents[2] / "tests" / "real"
    return read_pages(folder).orders if folder.is_dir() else {}


def mixed_orders(given: Mapping[str, RenderOrder], count: int) -> dict[str, RenderOrder]:
    """So many pages by name: heavy ones, the given ones varied, and the offline model's."""
    orders = heavy_orders(round(count * HEAVY_SHARE))
    varied = round(count * GIVEN_SHARE) if given else 0
    for n in range(varied):
        name = [*given][n % len(given)]
        round_ = n // len(given)
        orders[f"{name} {round_}"] = vary(given[name], round_) if round_ else given[name]
    rest = offline_orders(count - len(orders))
    return orders | {f"offline {n}": order for n, order in enumerate(rest)}


def vary(order: RenderOrder, seed: int) -> RenderOrder:
    """The page with other colours, sizes and numbers of things; its checks need not hold any longer."""
    draw = random.Random(seed)
    shift = draw.randrange(1, 256)

    def colour(match: re.Match[str]) -> str:
        parts = (int(match[0][at : at + 2], 16) for at in (1, 3, 5))
        return "#" + "".join(f"{part ^ (shift & 0x3F):02x}" for part in parts)

    def file(name: str, text: str) -> str:
        text = _COLOUR.sub(colour, text)
        if name.endswith(".css"):
            return _SIZE.sub(lambda match: f"{max(10, round(int(match[1]) * draw.uniform(0.85, 1.15)))}px", text)
        return _NUMBER.sub(lambda match: f"{match[1]}{round(int(match[2]) * draw.uniform(0.8, 1.2))}", text)

    files = [(one.filename, file(one.filename, one.content)) for one in order.program.files]
    return order.model_copy(update={"program": Program.of(files)})


async def _bench(
    given: Mapping[str, RenderOrder], count: int, spinners: int, settings: Settings, tell: Tell
) -> Figures:
    orders = mixed_orders(given, count)
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name:
        rounds = [await _round("quiet", orders, settings, Path(name), tell)]
        with _spinning(spinners):
            for which in ("busy", "busy again"):
                rounds.append(await _round(which, orders, settings, Path(name), tell))
    quiet = rounds[0]
    verdicts = {page for page in orders if len({_verdicts(one.renders[page]) for one in rounds}) > 1}
    apart = {page: _apart([one.renders[page] for one in rounds]) for page in orders}
    pixels = {page for page in orders if len({one.renders[page].pixel_hash for one in rounds}) > 1}
    checks = sum(len(order.checks) for order in orders.values()) / len(orders)
    hung = sum(render.outcome != "ok" for one in rounds for render in one.renders.values())
    ratio = (rounds[1].cpu_s + rounds[2].cpu_s) / 2 / quiet.cpu_s
    figures = [
        Figure("same_verdicts", "pages with the same verdicts in all three, %", _share(verdicts, orders), 1, "100"),
        Figure(
            "same_q",
            f"pages with q equal within {SAME_Q}, %",
            _share({page for page in orders if apart[page] > SAME_Q}, orders),
            1,
            ">= 99",
        ),
        Figure("largest_difference", "largest difference of q", max(apart.values()), 4, "<= 0.005"),
        Figure("equal_q", "pages with q equal to the last digit, %", _share({p for p in apart if apart[p]}, orders), 1),
        Figure("same_pixels", "pages with the same pixels, %", _share(pixels, orders), 1),
        Figure("not_ok", "renders that hung or crashed", hung, 0),
        Figure("cpu_seconds_quiet", "CPU-seconds a version, quiet", quiet.cpu_s / len(orders), 3),
        Figure("busy_ratio", "CPU-seconds a version, busy / quiet", ratio, 2),
    ]
    unlike = {
        page: _unlike([one.renders[page] for one in rounds]) for page in orders if page in verdicts or apart[page]
    }
    note = (
        f"{len(orders)} pages ({len(given)} of them given and varied), {checks:.1f} checks each, rendered once as the "
        f"machine was and twice beside {spinners} spinning processes, {settings.render.pages} at once; {machine()}."
    )
    note += "".join(f"\n{page}: {said}" for page, said in unlike.items())
    return Figures(f"Render, busy with {spinners}", tuple(figures), note, {"unlike": unlike})


async def _round(name: str, orders: Mapping[str, RenderOrder], settings: Settings, folder: Path, tell: Tell) -> _Round:
    pace = Pace(f"versions rendered, {name}", len(orders), tell)
    async with RenderPool(settings.render, settings.quality, folder) as pool:

        async def render(order: RenderOrder) -> Render:
            found = await pool.render(order.model_copy(update={"screenshot": f"{order.program.program_id}.png"}))
            pace.step()
            return found

        before = footprint().cpu_s
        renders = await gather(render(order) for order in orders.values())
        return _Round(name, dict(zip(orders, renders, strict=True)), footprint().cpu_s - before)


@contextlib.contextmanager
def _spinning(count: int) -> Iterator[None]:
    """So many processes that do nothing but work."""
    processes = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _share(without: set[str], orders: Mapping[str, RenderOrder]) -> float:
    return 100 * (1 - len(without) / len(orders))


def _verdicts(render: Render) -> tuple[str, ...]:
    return (render.outcome, *(one.value for one in render.verdicts))


def _apart(renders: list[Render]) -> float:
    return round(max(one.quality.q for one in renders) - min(one.quality.q for one in renders), 6)


def _unlike(renders: list[Render]) -> str:
    """What differs between renders of one page, as a person would look for it."""
    said = ["q " + " / ".join(f"{one.quality.q:.4f}" for one in renders)]
    if len({one.outcome for one in renders}) > 1:
        said.append("outcome " + " / ".join(one.outcome for one in renders))
    for field in ("overflow", "overlap", "clipped", "low_contrast", "delay_ms", "blocked_ms", "dropped"):
        values = [getattr(one.measures, field) for one in renders]
        if len(set(values)) > 1:
            said.append(f"{field} " + " / ".join(f"{value:g}" for value in values))
    for verdicts in zip(*(one.verdicts for one in renders), strict=True):
        if len({one.value for one in verdicts}) > 1:
            reason = next((one.reason for one in verdicts if one.reason), "")
            said.append(f"check {verdicts[0].check_id}: {' / '.join(one.value for one in verdicts)} ({reason})")
    return "; ".join(said)
