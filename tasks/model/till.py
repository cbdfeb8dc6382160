"""Room in the purse before each try of a call, and the bill when it is over."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager

from tasks.model.price import Price, cost, count_tokens, most_cost, price_of
from tasks.model.prompt import Message
from tasks.model.purse import Bill, Purse
from tasks.model.tokens import Tokens
from tasks.settings import Deployment, LimitSettings


class Till:
    """Knows the prices of one gateway's deployments."""

    def __init__(self, limits: LimitSettings, purse: Purse, longest: int) -> None:
        """`longest`: tokens that a reply may have."""
        self._limits, self._purse, self._longest = limits, purse, longest
        self._worst: dict[str, float] = {}
        """By deployment: the most that a call has cost, as a multiple of what was reserved for it."""

    def room(self, serving: Iterable[Deployment], messages: Sequence[Message]) -> AbstractAsyncContextManager[Bill]:
        """Room for one try, whichever of the deployments it will come to; entering it raises what `Purse.reserve`
        does."""
        return self._purse.reserve(max((self._most(one, messages) for one in serving), default=0.0))

    def settle(self, bill: Bill, one: Deployment, messages: Sequence[Message], tokens: Tokens) -> float:
        """What a try cost, in dollars; 0 where nobody knows a price. `tokens`: none if it is not billed."""
        price = self._price(one)
        if price is None or not tokens.prompt:
            return 0.0
        bill.usd = cost(price, tokens.prompt, tokens.completion, tokens.cached, tokens.reasoning)
        most = self._most(one, messages)
        if bill.usd > most > 0:
            self._worst[one.name] = self._worst.get(one.name, 1.0) * bill.usd / most
        return bill.usd

    def _most(self, one: Deployment, messages: Sequence[Message]) -> float:
        """The most that a try can cost there, in dollars; more where replies have been longer than they may be."""
        price = self._price(one)
        most = most_cost(price, count_tokens(messages), self._longest) if price else 0.0
        return most * self._worst.get(one.name, 1.0)

    def _price(self, one: Deployment) -> Price | None:
        return price_of(one.listed, one.usd_in, one.usd_out, self._limits.assume_price)
