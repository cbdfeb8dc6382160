"""Milliseconds of the language servers a program, beside `npx eslint --stdin`, one process a program."""

import asyncio
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from evals.bench.figures import Figure, Figures, machine
from evals.bench.footprint import footprint
from evals.pace import Pace, Tell
from tasks.caches import cache_folder
from tasks.diagnose.servers import Servers
from tasks.errors import Missing
from tasks.record import Program
from tasks.settings import Settings

CONFIG = """import js from "@eslint/js";
export default [js.configs.recommended, { languageOptions: { globals: { document: "readonly", window: "readonly" } } }];
"""
INSTALL_S, LINT_S = 300.0, 120.0


def bench_diagnose(programs: Sequence[Program], count: int, linted: int, settings: Settings, tell: Tell) -> Figures:
    """Diagnose `count` programs, the given ones in turn and one after the other; lint the scripts of `linted`.

    Raises:
        Missing: Node, the servers or ESLint are not there and can't be installed.
        ServerDown: a language server died and could not be replaced.
    """
    lint = _eslint(tell)
    theirs = [_lint(lint, programs[n % len(programs)]) for n in range(linted)]
    ours, first, last = asyncio.run(_diagnose(programs, count, settings, tell))
    median = statistics.median(ours)
    figures = (
        Figure("median_ms", "median, ms a program", median, 1, "<= 30"),
        Figure("p95_ms", "95th percentile, ms", sorted(ours)[int(0.95 * (len(ours) - 1))], 1),
        Figure("eslint_ms", "ESLint, a process a program, median ms", statistics.median(theirs), 0),
        Figure("ratio_to_eslint", "ratio to it", statistics.median(theirs) / median, 1, ">= 30"),
        Figure("rss_mb", "memory of servers and run at the end, MiB", last, 0),
        Figure("rss_growth", "memory at the end / after a tenth", last / first, 2, "flat"),
    )
    note = f"{count} programs ({len(programs)} different ones), one after the other; ESLint {linted}; {machine()}."
    return Figures("Diagnose", figures, note)


async def _diagnose(
    programs: Sequence[Program], count: int, settings: Settings, tell: Tell
) -> tuple[list[float], float, float]:
    """Milliseconds of each; memory after a tenth, and at the end."""
    taken: list[float] = []
    first = 0.0
    async with Servers(settings.repair) as servers:
        await servers.diagnose(programs[0])
        pace = Pace("programs diagnosed", count, tell)
        for n in range(count):
            began = time.perf_counter()
            await servers.diagnose(programs[n % len(programs)])
            taken.append(1000 * (time.perf_counter() - began))
            pace.step()
            if n == count // 10:
                first = footprint().memory_mb
        return taken, first, footprint().memory_mb


def _eslint(tell: Tell) -> Path:
    """The folder in which `npx eslint` runs; it is installed there the first time."""
    place = cache_folder(".cache", "eslint")
    if not (place / "node_modules" / "eslint").is_dir():
        if shutil.which("npm") is None:
            raise Missing("npm is needed to compare with ESLint: see `dojo doctor`.")
        tell("installing ESLint, to compare with ...")
        (place / "package.json").write_text('{ "type": "module", "private": true }\n', "utf-8")
        (place / "eslint.config.js").write_text(CONFIG, "utf-8")
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "eslint", "@eslint/js"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        if done.returncode:
            raise Missing(f"ESLint can't be installed with npm: {done.stderr.strip().splitlines()[-1:]}.")
    return place


def _lint(folder: Path, program: Program) -> float:
    """Milliseconds that one process takes for a program's scripts."""
    text = "\n".join(file.content for file in program.files if file.filename.endswith(".js"))
    began = time.perf_counter()
    done = subprocess.run(
        ["npx", "eslint", "--stdin", "--stdin-filename", "script.js", "--format", "json"],
        cwd=folder, input=text, capture_output=True, text=True, timeout=LINT_S, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise Missing(f"ESLint does not run: {done.stderr.strip()[:200]}")
    return 1000 * (time.perf_counter() - began)
