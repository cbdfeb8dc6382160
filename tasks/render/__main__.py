"""`python -m tasks.render PAGE_FOLDER CHECKS.json [PNG]`: try a page, as its author.

PAGE_FOLDER holds index.html and what it links; CHECKS.json is a list of checks. Prints verdicts, errors, measures and
quality.
"""

import asyncio
import json
import sys
from pathlib import Path

from tasks.check import Check
from tasks.output import print_anything
from tasks.record import Program, Render, RenderOrder
from tasks.render.pool import RenderPool
from tasks.render.worth import worthy
from tasks.settings import Settings


async def _try(folder: Path, checks: tuple[Check, ...], picture: Path) -> tuple[Render, Render]:
    files = [
        (path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.suffix in (".html", ".css", ".js")
    ]
    settings = Settings()
    live = RenderOrder(program=Program.of(files), checks=checks, screenshot=picture.name)
    async with RenderPool(settings.render, settings.quality, picture.parent) as pool:
        inert = live.model_copy(update={"inert": True, "screenshot": None})
        return (await pool.render(live), await pool.render(inert))


def _describe(checks: tuple[Check, ...], live: Render, inert: Render) -> str:
    worth = {check.id for check in worthy(checks, live, inert)}
    lines = [f"outcome    {live.outcome} in {live.seconds} s"]
    for check, verdict in zip(checks, live.verdicts, strict=True):
        note = (
            ""
            if check.id in worth
            else "  (worth nothing: does not fail without scripts)"
            if verdict.value == "pass"
            else ""
        )
        lines.append(f"{verdict.value:8} {check.severity:8} {check.id}: {verdict.reason or check.title}{note}")
    lines += [f"error    {e.kind} {e.file}:{e.line} {e.message}" for e in live.errors]
    measures = live.measures
    lines += [f"flaw     {f.kind} {f.where}: {f.detail}" for f in measures.flaws]
    lines += [f"axe      {v.impact} {v.rule} x{v.nodes}: {v.help}" for v in measures.violations]
    lines.append("measures " + " ".join(f"{k}={v}" for k, v in measures if k not in ("flaws", "violations")))
    lines.append("quality  " + " ".join(f"{k}={v:.3f}" for k, v in live.quality))
    return "\n".join(lines)


def main() -> None:
    """Render one page and print what was found."""
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: python -m tasks.render PAGE_FOLDER CHECKS.json [PNG]")
    folder, listed = Path(sys.argv[1]), Path(sys.argv[2])
    picture = Path(sys.argv[3] if len(sys.argv) == 4 else folder / "page.png")
    checks = tuple(Check.model_validate(one) for one in json.loads(listed.read_text("utf-8")))
    live, inert = asyncio.run(_try(folder, checks, picture))
    print(_describe(checks, live, inert))
    print(f"picture  {picture}")


if __name__ == "__main__":
    print_anything()
    main()
