"""What holds the browser besides its own flags: a network namespace, Chromium's sandbox, a user without rights, limits.

Which of them this machine allows is tried, not guessed. `jail.sh` starts the browser in them.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks.settings import RenderSettings

LAUNCHER = Path(__file__).with_name("jail.sh")
USER = "nobody"
TASKS = 2000
"""Processes and threads of the browser's user at the most; a browser with four pages has about 150."""
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_RUNTIME_DIR")
"""What the browser gets of the run's environment; keys and tokens stay out."""
_TRY_S = 10.0


@dataclass(frozen=True)
class Layer:
    """One thing between a page and the machine."""

    name: str
    on: bool
    found: str
    """What it does here; or why it is missing, and how to get it."""


@dataclass(frozen=True)
class Jail:
    """What this machine allows."""

    network: bool
    """A network namespace of the browser's own."""
    sandbox: bool
    """Chromium's own sandbox: renderers without files and without most system calls."""
    user: bool
    """The browser as a user without rights; only a run that is root's has to give rights up."""
    limits: bool
    """Memory and numbers of processes."""

    @property
    def gaps(self) -> tuple[str, ...]:
        """The layers that `render.sandbox: strict` insists on and that are missing, with the way out."""
        return tuple(f"{layer.name}: {layer.found}" for layer in self.layers()[:2] if not layer.on)

    def layers(self) -> tuple[Layer, ...]:
        """One after the other, the two that `strict` insists on first."""
        return (
            Layer("network namespace", self.network, "no network inside it" if self.network else _NO_NETWORK),
            Layer("Chromium's sandbox", self.sandbox, "renderers have no files" if self.sandbox else _NO_SANDBOX),
            Layer(
                "unprivileged user",
                self.user or os.geteuid() != 0,
                f"the browser runs as {USER}"
                if self.user
                else "the run is not root's"
                if os.geteuid() != 0
                else f"the run is root's, and {USER} can't run the browser: start the run as a user of its own",
            ),
            Layer(
                "limits",
                self.limits,
                "memory per process, processes of the browser's user"
                if self.limits
                else "`prlimit` (util-linux) is missing: apt-get install util-linux",
            ),
        )

    def environment(self, browser: str, settings: RenderSettings) -> dict[str, str]:
        """The browser's whole environment; what `jail.sh` is told is in it."""
        told = {
            "DOJO_JAIL_BROWSER": browser,
            "DOJO_JAIL_NET": "1" if self.network else "",
            "DOJO_JAIL_USER": USER if self.user else "",
            "DOJO_JAIL_DATA": str(settings.memory_mb * 2**20) if self.limits else "",
            "DOJO_JAIL_TASKS": str(TASKS),
        }
        return {key: os.environ[key] for key in KEPT if key in os.environ} | told


NO_JAIL = Jail(network=False, sandbox=False, user=False, limits=False)
_NO_NETWORK = (
    "`unshare --net` is refused: allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; "
    "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or in a container add the capability SYS_ADMIN"
)
_NO_SANDBOX = (
    "user namespaces are refused to the browser's user: allow them (sysctl kernel.unprivileged_userns_clone=1; "
    "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or in a container relax its seccomp profile"
)


OWN_LAYERS = (
    Layer("closed browser", True, "no name resolves, WebRTC has no way out, no background traffic"),
    Layer("requests", True, "every one is refused but for the page itself; leaving, popups and dialogs too"),
    Layer("page's policy", True, "CSP, an opaque origin: no storage, frames, downloads, permissions, service workers"),
    Layer("time box", True, "for a page and for each answer; a browser that hangs or dies is replaced"),
)
"""What holds wherever a browser runs."""


@cache
def find_jail(browser: str) -> Jail:
    """What this machine allows for the browser at this path, tried once."""
    root = os.geteuid() == 0
    drop = ("setpriv", f"--reuid={USER}", "--clear-groups", "--inh-caps=-all")
    user = root and _works(*drop, "test", "-x", browser)
    as_user = drop if user else ()
    unshare = ("unshare", "--net") if root else ("unshare", "--user", "--map-current-user", "--net")
    return Jail(
        network=_works(*unshare, "true"),
        sandbox=(user or not root) and _works(*as_user, "unshare", "--user", "--net", "true"),
        user=user,
        limits=_works("prlimit", "--data=1073741824", "true"),
    )


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TRY_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
