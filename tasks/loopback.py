"""A proxy in the environment is for the endpoints: what runs on this machine is never reached through one.

Each library has its own way to read the environment, and all of them heed NO_PROXY.
"""

import os
from collections.abc import MutableMapping
from importlib.util import find_spec

from tasks.errors import BadInput

HOSTS = ("localhost", "127.0.0.1", "::1")

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "grpc_proxy")
_EXCEPTIONS = ("NO_PROXY", "no_proxy")


def spare_loopback(environment: MutableMapping[str, str] | None = None) -> None:
    """See to it that no proxy is asked for this machine; what the user excepts stays excepted.

    `environment`: of this process if none is given; child processes inherit it.
    """
    environment = os.environ if environment is None else environment
    if not _named(environment):
        return
    said = [host.strip() for name in _EXCEPTIONS for host in environment.get(name, "").split(",")]
    hosts = list(dict.fromkeys(host for host in (*said, *HOSTS) if host))
    for name in _EXCEPTIONS:
        environment[name] = "*" if "*" in hosts else ",".join(hosts)


def check_proxy() -> None:
    """Refuse a kind of proxy that the libraries can't use: they fail on it even where they need none.

    Raises:
        BadInput: a variable names a SOCKS proxy, and no package for those is there.
    """
    for name, proxy in _named(os.environ).items():
        if proxy.lower().startswith("socks") and find_spec("socksio") is None:
            raise BadInput(
                f"{name} names a SOCKS proxy, which needs a package that is not installed (httpx[socks]); name an HTTP "
                "proxy, or unset the variable for this command."
            )


def _named(environment: MutableMapping[str, str]) -> dict[str, str]:
    """The proxies in an environment, by variable."""
    return {name: proxy for name, proxy in environment.items() if name.lower() in _PROXIES and proxy}
