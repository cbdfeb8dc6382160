"""The rules of the house that no linter knows: who may import whom, how long a module may be, what must stay light."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUND_FLOOR = {
    *("record", "content", "check", "translate", "settings", "errors", "clock", "document", "bundle", "seal", "diff"),
    *("address", "caches", "output", "loopback", "gather", "service", "rows", "journal", "model"),
}
LONGEST = 300
"""Lines of a module; a longer one needs its reason here."""
LONGER: dict[str, str] = {
    "tasks/render/cell.py": "one page's life in the browser's protocol: load, ask, read its work, end it",
    "setup/install.py": "the steps of set-up, in one file that the system's own Python runs alone",
    "tasks/settings.py": "every setting, its unit and its meaning in one place, as users are told to look there",
    "tasks/model/routes.py": "the line of calls, their places and their tries share one state",
    "tasks/record.py": "the records of all stages read best as one list, in the order of the path",
    "tasks/augment/mutators/function.py": "the mutators of one family, side by side",
    "tasks/diagnose/pool.py": "one server's life and the pool of them: start, ask, lose, replace",
    "tasks/diagnose/lookup.py": "every way in which a script can look for an element",
    "tasks/diagnose/triage.py": "every word of the server that counts, and each exception from it",
    "tasks/model/offline/archetypes/lights_grid/page.py": "one page: its puzzle, its statement and its checks",
}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "core", "base", "shared", "tools_common"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_rooms_import_the_ground_floor_and_themselves_only() -> None:
    wrong = []
    for path in modules("tasks"):
        room = path.relative_to(ROOT / "tasks").parts[0].removesuffix(".py")
        allowed = GROUND_FLOOR | {room} if room != "model" else GROUND_FLOOR
        for name in imports(path):
            parts = name.split(".")
            if parts[0] in {"flows", "evals", "tests"} or (
                parts[0] == "tasks" and parts[1:] and parts[1] not in allowed
            ):
                wrong.append(f"{name_of(path)} imports {name}")
    assert not wrong


def test_the_ground_floor_does_not_look_into_rooms() -> None:
    floor = [ROOT / "tasks" / f"{name}.py" for name in GROUND_FLOOR - {"model", "document", "seal"}]
    floor += modules("tasks/document", "tasks/seal")
    wrong = [f"{name_of(p)} imports {n}" for p in floor for n in imports(p) if n.startswith("tasks.model")]
    assert not wrong


def test_only_flows_and_task_files_know_prefect() -> None:
    knowing = [path for path in modules("tasks") if any(name.split(".")[0] == "prefect" for name in imports(path))]
    assert [name_of(path) for path in knowing if path.name != "task.py"] == []


def test_a_room_is_a_docstring_and_files_named_by_what_they_know() -> None:
    for path in modules("tasks", "flows", "evals"):
        assert path.stem not in EMPTY_NAMES, f"{name_of(path)}: what does it know?"
        body = ast.parse(path.read_text("utf-8")).body
        if path.name == "__init__.py":
            assert all(isinstance(node, ast.Expr) for node in body), f"{name_of(path)} holds more than a docstring"
        if path.parent.parent == ROOT / "tasks" and path.name == "__init__.py":
            assert body, f"{name_of(path)} does not say what its room takes and gives"


def test_modules_are_short_or_have_a_reason() -> None:
    lengths = {name_of(p): len(p.read_text("utf-8").splitlines()) for p in modules("tasks", "flows", "evals", "setup")}
    own = {name: lines for name, lines in lengths.items() if "node_modules" not in name}
    assert {name: lines for name, lines in own.items() if lines > LONGEST and name not in LONGER} == {}


def test_nothing_runs_in_a_shell_or_is_evaluated() -> None:
    wrong = []
    for path in modules("tasks", "flows", "setup"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                wrong.append(f"{name_of(path)}, line {node.value.lineno}: shell=")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
                wrong.append(f"{name_of(path)}, line {node.lineno}: {node.func.id}()")
    assert not wrong


def test_no_committed_file_names_an_address_to_download_from() -> None:
    for name in ("requirements.lock", "setup/bootstrap.lock", "setup/package-lock.json", "setup/.npmrc"):
        text = (ROOT / name).read_text("utf-8")
        assert '"resolved"' not in text and not re.search(r"^\s*--(extra-)?index-url|^registry\s*=", text, re.M), name


def loaded_by(*names: str) -> set[str]:
    """The packages that a fresh Python has loaded after importing these modules."""
    script = f"import sys, {', '.join(names)}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_ground_floor_imports_in_a_moment() -> None:
    floor = [f"tasks.{name}" for name in sorted(GROUND_FLOOR - {"model"})]
    heavy = {"prefect", "litellm", "datasets", "pandas", "pyarrow", "numpy", "playwright", "httpx"}
    assert not loaded_by(*floor, "tasks.persona.source", "tasks.persona.draw") & heavy


def test_no_engine_file_loads_prefect_or_litellm() -> None:
    engine = [path for path in modules("tasks") if path.name not in {"task.py", "__main__.py"}]
    names = [name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in engine]
    assert not loaded_by(*names) & {"prefect", "litellm", "instructor"}


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    declared = {re.split(r"[=<>\[]", line)[0].lower() for line in lines}
    ours = {"tasks", "flows", "evals", "tests"}
    provided = packages_distributions()
    for path in modules(*sorted(ours)):
        for package in {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - ours:
            by = {name.lower().replace("_", "-") for name in provided.get(package, [])}
            assert by & declared, f"{name_of(path)} imports {package}, which pyproject.toml does not declare"
