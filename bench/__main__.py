"""The inventory page against its reference, at two sizes of stock, and its weight in a browser."""

import asyncio
import statistics
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from bench.browser import loads
from bench.servers import Server, serving
from bench.stock import Shop, database_server, migrate, open_shop

SMALL, LARGE = 1_000, 100_000
ROUNDS, REQUESTS, WARM_UP = 5, 120, 40
GOALS = {"cpu": 3.0, "growth": 1.3, "cold": 120.0, "requests": 12, "warm": 10.0}


@dataclass(slots=True)
class Contender:
    """One server and what each round of requests to it took, in milliseconds of CPU a request."""

    name: str
    server: Server
    client: httpx.Client
    rounds: list[float] = field(default_factory=list[float])

    def run(self, count: int) -> float:
        """Ask for the page so many times, one after the other."""
        before = self.server.cpu_seconds()
        for _ in range(count):
            answer = self.client.get("/inventory")
            if answer.status_code != 200 or answer.text.count("<tr id=") != 50:
                raise RuntimeError(f"{self.name} answered {answer.status_code} without its 50 rows")
        return (self.server.cpu_seconds() - before) / count * 1000

    @property
    def median(self) -> float:
        """The typical round."""
        return statistics.median(self.rounds)


def main() -> None:
    """Measure everything and print it."""
    with database_server() as (database, folder), ExitStack() as stack:
        for count in (SMALL, LARGE):
            migrate(database, f"bench_{count}")
        small, large = (
            asyncio.run(open_shop(database, folder, count, f"bench_{count}")) for count in (SMALL, LARGE)
        )
        reference = _contender(
            stack, "asyncpg + template, 100 000", large, "bench.reference:create_reference"
        )
        real = _contender(stack, "the application, 100 000", large)
        little = _contender(stack, "the application, 1 000", small)
        contenders = (reference, real, little)
        for contender in contenders:
            contender.run(WARM_UP)
        for _ in range(ROUNDS):
            for contender in contenders:
                contender.rounds.append(contender.run(REQUESTS))
        cold, warm = loads(f"{real.server.url}/inventory", large.session_token)
    print(f"\nGET /inventory, 50 rows: worker CPU a request, median of {ROUNDS} rounds of {REQUESTS}\n")
    for contender in contenders:
        low, high = min(contender.rounds), max(contender.rounds)
        print(f"  {contender.name:<28} {contender.median:6.2f} ms   ({low:.2f} to {high:.2f})")
    print()
    _say("CPU against the reference", real.median / reference.median, GOALS["cpu"], "x")
    _say("100 000 items against 1 000", real.median / little.median, GOALS["growth"], "x")
    _say("cold load", cold.size / 1024, GOALS["cold"], "KB")
    _say("requests of a cold load", cold.requests, GOALS["requests"], "")
    _say("warm load", warm.size / 1024, GOALS["warm"], "KB")


def _contender(stack: ExitStack, name: str, shop: Shop, target: str = "app.asgi:create_app") -> Contender:
    ready = "/health/ready" if target.startswith("app.") else "/inventory"
    server = stack.enter_context(serving(target, shop.environment, ready))
    cookies = {"av_session": shop.session_token}
    headers = {"accept-encoding": "br", "accept": "text/html"}
    client = httpx.Client(base_url=server.url, cookies=cookies, headers=headers, timeout=30)
    return Contender(name, server, stack.enter_context(client))


def _say(what: str, value: float, goal: float, unit: str) -> None:
    verdict = "ok" if value <= goal else "MISSED"
    print(f"  {what:<28} {value:6.2f} {unit:<3} goal {goal:g} {unit:<3} {verdict}")


if __name__ == "__main__":
    main()
