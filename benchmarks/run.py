"""`make bench`: the reads and writes that count, as ratios to what this machine can do at most.

    .venv/bin/python benchmarks/run.py [--sizes 10k,100k,1M] [--quick]

Makes its own databases on the local PostgreSQL, serves the product, the ceiling and the textbook from them, measures
them by turns, prints a Markdown table and writes it to benchmarks/results.md. Everything it made goes at the end.
docs/performance.md says what is measured and why.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import calls
import machine
import report
from databases import HERE, ROOT, database_url, databases, drop_leftovers
from load import Call, UnexpectedAnswer, ask
from measuring import Pace, Target, Turns, by_turns
from sections import joined, others
from servers import Server, running

FULL = Pace(rounds=5, seconds=0.3, write_seconds=1.2)
QUICK = Pace(rounds=3, seconds=0.2, write_seconds=0.8)
OWN = ("id", "recovery_reference", "created_at")
CREATORS = 8  # connections
STEPS = ("lists", "details", "pages", "searches", "textbooks", "completes", "creations")
UNITS = {"k": 1_000, "m": 1_000_000}


def size_of(text: str) -> int:
    """`10k` is 10,000 cases, `1M` a million."""
    number, unit = text[:-1], text[-1].lower()
    size = int(number) * UNITS[unit] if unit in UNITS else int(text)
    if not 1_000 <= size <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 1k and 10M")
    return size


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure LegalCity against the ceiling of this machine.")
    parser.add_argument("--sizes", type=lambda text: sorted(map(size_of, text.split(","))), help="10k,100k,1M")
    parser.add_argument("--quick", action="store_true", help="10k cases and short measurements: under two minutes")
    parser.add_argument("--only", choices=STEPS, help="measure one part, and write nothing down")
    given = parser.parse_args()
    given.sizes = given.sizes or ([10_000] if given.quick else [10_000, 100_000, 1_000_000])
    return given


def say(text: str) -> None:
    """Progress, apart from the result."""
    print(f"bench {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _unnamed(answer: Any) -> Any:
    """An answer without what every new case has of its own."""
    if isinstance(answer, list):
        return [_unnamed(each) for each in answer]
    if isinstance(answer, dict):
        return {key: _unnamed(value) for key, value in answer.items() if key not in OWN}
    return answer


def _list_call(name: str) -> Callable[[dict[str, Any]], Call]:
    """The call of that list for an account."""
    return lambda account: calls.list_calls(account["token"])[name]


class Bench:
    """Servers on filled databases, and what is found out about them."""

    def __init__(self, pace: Pace, names: dict[int, str], environment: dict[str, str], folder: Path) -> None:
        self.load = machine.load()
        self.pace, self.names, self.environment, self.folder = pace, names, environment, folder
        self.sizes = sorted(names)
        self.largest = self.sizes[-1]
        self.accounts = {size: self.inside(size, "prepare") for size in self.sizes}
        cases = {who: it["cases"] for who, it in self.accounts[self.largest].items()}
        self.report = report.Report(self.sizes, cases, quiet=machine.is_quiet(self.load))

    def settings(self, size: int) -> dict[str, str]:
        """The environment of a process that works on the database of a size."""
        return {**self.environment, "DATABASE_URL": database_url(self.names[size])}

    def inside(self, size: int, verb: str, *given: str) -> Any:
        """What inside.py finds on the database of a size."""
        # -P: the applications are those of the project, not files of this folder with the same name.
        command = [sys.executable, "-P", str(HERE / "inside.py"), verb, *given]
        environment = {**self.settings(size), "PYTHONPATH": f"{ROOT}:{HERE}", "LOG_LEVEL": "ERROR"}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def start(self, stack: ExitStack) -> None:
        """Serve the product from each database, the ceiling and the textbook from the largest."""

        def serve(name: str, size: int) -> Server:
            return stack.enter_context(running(name, self.settings(size), self.folder))

        self.products: dict[int, Server] = {size: serve("product", size) for size in self.sizes}
        self.ceiling: Server = serve("ceiling", self.largest)
        self.textbook: Server = serve("textbook", self.largest)

    def check_answers(self) -> None:
        """The ceiling must give what the product gives, or it is no ceiling of it."""
        for account in self.accounts[self.largest].values():
            token = account["token"]
            for name, call in {**calls.list_calls(token), "detail": calls.detail(token, account["case"])}.items():
                if ask(self.products[self.largest].port, call) != ask(self.ceiling.port, call):
                    self.report.differs(name)
        call = calls.complete(self.accounts[self.largest]["big"]["token"], 3)
        if _unnamed(ask(self.products[self.largest].port, call)) != _unnamed(ask(self.ceiling.port, call)):
            self.report.differs("complete")

    def _beside(self, make: Callable[[dict[str, Any]], Call]) -> Turns:
        """One read by turns: of the big account on every size, of the small one on the largest, and their ceilings."""
        targets = {}
        for size in self.sizes:
            targets[f"product {size} big"] = Target(self.products[size], make(self.accounts[size]["big"]))
        for who, account in self.accounts[self.largest].items():
            targets[f"product {self.largest} {who}"] = Target(self.products[self.largest], make(account))
            targets[f"ceiling {who}"] = Target(self.ceiling, make(account))
        return by_turns(targets, self.pace)

    def lists(self) -> None:
        """Page 1 by each sort and by each status."""
        for name in calls.list_calls(""):
            self.report.read(f"list, {name}", self._beside(_list_call(name)))

    def details(self) -> None:
        """One case."""
        self.report.read("detail", self._beside(lambda it: calls.detail(it["token"], it["case"])))

    def textbooks(self) -> None:
        """List and detail against the textbook, which is too slow to be measured more often; so the ceiling's."""
        for who, account in self.accounts[self.largest].items():
            for name, call in (
                ("list, sort created_at", Call(calls.LIST, account["token"])),
                ("detail", calls.detail(account["token"], account["case"])),
            ):
                targets = {
                    "product": Target(self.products[self.largest], call),
                    "ceiling": Target(self.ceiling, call),
                    "textbook": Target(self.textbook, call),
                }
                self.report.textbook(name, who, by_turns(targets, self.pace))

    def pages(self) -> None:
        """The last page against the first."""
        for who, account in self.accounts[self.largest].items():
            server, last = self.products[self.largest], -(-account["cases"] // 15)
            targets = {
                "first": Target(server, calls.page(account["token"], 1)),
                "last": Target(server, calls.page(account["token"], last)),
            }
            self.report.last_page(who, by_turns(targets, self.pace))

    def searches(self) -> None:
        """Requests a second of each search; what they cost in SQL was found from inside."""
        for who, account in self.accounts[self.largest].items():
            for kind, found in self.report.times[self.largest][who]["searches"].items():
                target = Target(self.products[self.largest], calls.search(account["token"], found["term"]))
                self.report.search(who, kind, by_turns({"product": target}, self.pace))

    def completes(self) -> None:
        """Complete cases, last, since they add to the databases."""
        for invoices in (3, 500):
            targets = {}
            for size in self.sizes if invoices == 3 else [self.largest]:
                call = calls.complete(self.accounts[size]["big"]["token"], invoices)
                targets[f"product {size} big"] = Target(self.products[size], call)
            targets["ceiling big"] = Target(self.ceiling, call)
            self.report.complete(invoices, by_turns(targets, self.pace, self.pace.write_seconds))

    def creations(self) -> None:
        """Complete cases of one account over several connections, by a server with a worker for each core."""
        size, cores = self.largest, os.cpu_count() or 1
        call = calls.complete(self.accounts[size]["big"]["token"], 3)
        with running("product", self.settings(size), self.folder, workers=cores) as server:
            target = {"product": Target(server, call)}
            self.report.creations(by_turns(target, self.pace, self.pace.write_seconds, CREATORS), CREATORS, cores)

    def run(self, steps: Sequence[str] = STEPS) -> str:
        """Everything, in order; the result as Markdown."""
        say("looking at statements and plans")
        for size in self.sizes:
            self.report.times[size] = self.inside(size, "times")
        with ExitStack() as stack:
            self.start(stack)
            self.check_answers()
            for step in steps:
                say(f"measuring {step}")
                getattr(self, step)()
        self.report.statements = self.inside(self.largest, "statements", self.accounts[self.largest]["big"]["token"])
        return self.report.markdown(machine.description(self.load))


def main() -> None:
    """Run, print, write down, clean up."""
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine.require_services()
    drop_leftovers()
    with tempfile.TemporaryDirectory(prefix="legalcity-bench-") as name:
        folder = Path(name)
        environment = machine.production(folder)
        say(f"loading {', '.join(f'{size:,}' for size in given.sizes)} cases")
        try:
            with databases(given.sizes, environment) as names:
                bench = Bench(QUICK if given.quick else FULL, names, environment, folder)
                result = bench.run([given.only] if given.only else STEPS)
        except UnexpectedAnswer as error:
            logs = "\n".join(f"{log.name}: {log.read_text()[-1000:]}" for log in folder.glob("*.log"))
            raise SystemExit(f"bench: a server failed:\n{error}\n{logs}") from error
        finally:
            machine.forget_counters()
    print(result)
    if not (given.quick or given.only):
        file = HERE / "results.md"
        file.write_text(joined([result, *others(file.read_text(), [report.BY_SIZE])]))


if __name__ == "__main__":
    main()
