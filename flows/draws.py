"""Runs that might be, drawn from what candidates have taken so far.

In each draw the share that is accepted comes from its posterior (Jeffreys' prior), how often each life is met from the
Bayesian bootstrap (Rubin 1981), and how many candidates are lost until N are accepted from the negative binomial. So
the draws differ by what chance does to a run, and by what so few candidates tell. Where nobody has measured the models
that are asked for, what they do differently is drawn too, once for each run: see `Others`.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from flows.order import roles_of
from flows.yields import CACHED, CALLS, IN, OUT, ROLES, Floats, Lives, Pace, lives_of
from tasks.settings import OFFLINE, Settings

DRAWS = 1_000

_TAIL = 1.2816
"""Standard deviations from the median to the 10th and the 90th percentile of a normal distribution."""


@dataclass(frozen=True)
class Factor:
    """Something unknown that multiplies, log-normal between its 10th and 90th percentile."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        middle, sigma = log(self.low * self.high) / 2, log(self.high / self.low) / (2 * _TAIL)
        return float(np.exp(rng.normal(middle, sigma)))


@dataclass(frozen=True)
class Others:
    """What may be different with models that nobody has measured here. Assumed: no figure below was measured."""

    tokens_in: Factor
    """Tokenizers differ by a third (3.1 to 4.1 characters a token on our prompts), and longer problems and programs
    come back in later prompts."""
    tokens_out: Factor
    """A reasoning model pays for tokens that nobody sees, often several times those of its answer; a terse one writes
    shorter pages than were measured."""
    repairs: Factor
    """Rounds of repair: the faults that a model leaves, and how well it repairs them."""
    accepted: tuple[float, float]
    """Beta distribution of the share that is accepted: pages of a kind of their own fail checks and ladders oftener
    than those that the measures were made with."""


OTHERS = Others(Factor(0.9, 1.6), Factor(0.7, 4.0), Factor(0.5, 3.0), (6.0, 2.0))

SPEED = Factor(30, 120)
"""Tokens out a second of one call, assumed: what hosted models give, small and large."""
FIRST_S = 1.0
"""Until the first token, assumed."""

_SAME_MACHINE, _OTHER_MACHINE = Factor(0.8, 1.25), Factor(0.5, 2.0)
"""Of the time measured on this machine, as far as is known, and on another one; assumed."""


@dataclass(frozen=True)
class Drawn:
    """What the draws came to, one row each."""

    use: Floats
    """Shape (draws, roles, 4)."""
    candidates: Floats
    hours: Floats


def _fit(lives: Lives, settings: Settings) -> Lives:
    """The lives as they would be with these settings: with an editor where one is asked, and lost where nobody is there
    who would repair."""
    roles = roles_of(settings)
    accepted, rejected = lives.accepted.copy(), lives.rejected.copy()
    mended = accepted[:, ROLES.index("repairer"), CALLS] > 0
    if "repairer" not in roles and not mended.all():
        accepted, rejected = accepted[~mended], np.concatenate([rejected, accepted[mended]])
    for at, role in enumerate(ROLES):
        if role not in roles:
            accepted[:, at], rejected[:, at] = 0, 0
        elif role == "editor" and not accepted[:, at, CALLS].any():
            accepted[:, at] = lives_of(None, settings)[0].accepted[:, at].mean(axis=0)
    return Lives(accepted, rejected, lives.models, lives.source)


def draw_runs(tasks: int, settings: Settings, lives: Lives, pace: Pace, seed: int) -> Drawn:
    """Runs until so many tasks are accepted, `DRAWS` of them."""
    rng = np.random.default_rng(seed)
    lives = _fit(lives, settings)
    known = lives.models == settings.model.models
    machine = _SAME_MACHINE if pace.measured else _OTHER_MACHINE
    use, candidates, hours = np.zeros((DRAWS, len(ROLES), 4)), np.zeros(DRAWS), np.zeros(DRAWS)
    for at in range(DRAWS):
        shape = (len(lives.accepted) + 0.5, len(lives.rejected) + 0.5) if known else OTHERS.accepted
        losses = int(rng.negative_binomial(tasks, min(max(rng.beta(*shape), 1e-3), 1 - 1e-9)))
        lost = lives.rejected if len(lives.rejected) else lives.accepted
        taken = _some(lives.accepted, tasks, rng) + _some(lost, losses, rng)
        if not known:
            taken[ROLES.index("repairer")] *= OTHERS.repairs.draw(rng)
            taken[:, IN] *= OTHERS.tokens_in.draw(rng)
            taken[:, OUT] *= OTHERS.tokens_out.draw(rng)
            taken[:, CACHED] = 0
        use[at], candidates[at] = taken, tasks + losses
        busy = (pace.seconds + pace.render_seconds) * machine.draw(rng) * candidates[at]
        if not pace.waits and settings.model.models != (OFFLINE,):
            waited = (taken[:, CALLS].sum() * FIRST_S + taken[:, OUT].sum() / SPEED.draw(rng)) / _at_once(
                tasks, settings
            )
            busy = max(busy, waited) + rng.random() * min(busy, waited)  # how far the two overlap is not known
        hours[at] = busy / 3600
    return Drawn(use, candidates, hours)


def _some(lives: Floats, count: int, rng: np.random.Generator) -> Floats:
    """What so many of them take together, each drawn from a population of which these are a sample."""
    often = rng.multinomial(count, rng.dirichlet(np.ones(len(lives))))
    return np.asarray(often @ lives.reshape(len(lives), -1)).reshape(lives.shape[1:])


def _at_once(tasks: int, settings: Settings) -> int:
    """Calls under way at once: one a candidate, and a part of the run's candidates are under way."""
    return min(settings.model.at_once, settings.candidates_at_once, tasks)
