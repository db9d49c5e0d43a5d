"""Mutated files against every reader: each outcome must be rows and problems that add up, or one clear error.

python -m tests.tabular.fuzz [--runs 100000] [--seconds 3600] [--folder FOLDER] [--seed 1]

Guided by coverage where atheris can be imported, otherwise a plain loop of mutations; it says which. What it finds is
kept in FOLDER: the file, and beside it what happened. A child process reads, so that even a crash of it is a find.
"""

import argparse
import faulthandler
import hashlib
import random
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.memory import peak_megabytes

SECONDS = 10.0
"""Of the processor, read by a process that nothing watches."""

MEGABYTES = 500
MOST_ROWS = 200_000
WORDS = tuple(
    f"voipdesk.tabular.{name}" for name in ("stems", "words", "call_stems", "band_words", "countries")
)
"""What looks words up: guided by it, the fuzzer would learn languages, at twice the time."""

LONGEST = 16_384
HUNG = 60
"""Seconds after which a child is given up: many times what is allowed, for watching costs and others use the machine too."""


def read_by_the_laws(path: Path) -> str:
    """One file through the detector and the readers; returns what came out of it. AssertionError where a law is broken."""
    from voipdesk.calls.files_reading import open_calls
    from voipdesk.kernel.problems import FileError, Refused
    from voipdesk.tabular.mapping import RateSheet
    from voipdesk.tabular.sniff import sniff

    outcome = ""
    try:
        layout = sniff(path)
        layout.as_json()
        outcome = layout.kind
        if layout.kind != "rates":
            layout = sniff(path, kind="rates")
        with RateSheet(path, layout) as sheet:
            rows = 0
            for rows, row in enumerate(sheet.rows(), 1):
                assert row.codes or row.problems, f"row {row.row} has neither codes nor a problem"
                assert all(code.isascii() and code.isdigit() for code in row.codes), row.codes
                for problem in row.problems:
                    assert problem.place.row == row.row, problem
                    assert all((problem.code, problem.message)), problem
                if rows > MOST_ROWS:
                    break
            else:
                tally = sheet.tally
                told = tally.title + tally.header + tally.remark + tally.blank + rows
                assert told == tally.total, f"{tally} and {rows} rows"
    except FileError as refused:
        if not (refused.problem.message and refused.problem.hint):
            raise AssertionError(f"{refused!r} does not say what to do") from refused
        outcome = f"refused {refused.code}"
    if outcome == "cdr":
        with suppress(FileError, Refused):
            for count, _ in enumerate(open_calls(path).rows()):
                if count > MOST_ROWS:
                    break
    return outcome


def alone(path: Path) -> str:
    """What goes wrong where a process that does nothing else reads this file; empty where nothing does."""
    read = "import pathlib, sys, tests.tabular.fuzz as fuzz; fuzz.read_by_the_laws(pathlib.Path(sys.argv[1]))"
    watch = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({int(SECONDS) + 1},) * 2)"
    order = [sys.executable, "-c", f"{watch}; {read}", str(path)]
    try:
        done = subprocess.run(order, capture_output=True, text=True, check=False, timeout=HUNG)
    except subprocess.TimeoutExpired:
        return "alone it hung"
    return f"alone it ended with {done.returncode}: {done.stderr[-2000:]}" if done.returncode else ""


class Finds:
    """Reads one file after another and keeps what went wrong, one of each kind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "current"
        self.count = self.grown = 0
        self.seen: set[str] = {one.stem for one in folder.glob("*.find")}
        self.outcomes: dict[str, int] = {}
        self.start = peak_megabytes()

    def one(self, raw: bytes) -> None:
        """Read these bytes as a file."""
        self.path.write_bytes(raw)
        self.count += 1
        started = time.process_time()
        try:
            outcome = read_by_the_laws(self.path)
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        except (Exception, SystemExit) as found:
            last = [
                f for f in traceback.extract_tb(found.__traceback__) if "site-packages" not in f.filename
            ][-1]
            where = f"{type(found).__name__}:{last.filename}:{last.name}:{last.line}"
            self.keep(where, raw, traceback.format_exc())
        if time.process_time() - started > SECONDS and (told := alone(self.path)):
            self.keep(f"slow:{self.count}", raw, told)
        peak = peak_megabytes()
        if peak - self.start > MEGABYTES + self.grown:
            self.grown = peak - self.start
            self.keep(f"memory:{self.grown >> 8}", raw, f"{self.grown} MB over the start")
        if self.count % 100 == 0:
            (self.folder / "count").write_text(f"{self.count}\n{self.outcomes}\n")

    def keep(self, where: str, raw: bytes, told: str) -> None:
        name = hashlib.sha256(where.encode()).hexdigest()[:12]
        if name not in self.seen:
            self.seen.add(name)
            (self.folder / f"{name}.find").write_bytes(raw)
            (self.folder / f"{name}.txt").write_text(told)
            print(f"find {name}: {told.strip().splitlines()[-1][:200]}", flush=True)


def _instrumented() -> Any:
    """atheris, with the readers imported under its eyes: what was imported before would not guide it. None without it."""
    try:
        import atheris
    except ImportError:
        return None
    with atheris.instrument_imports(include=["voipdesk.tabular", "voipdesk.calls"], exclude=list(WORDS)):
        read_by_the_laws(Path(__file__))
    return atheris


def _child(options: argparse.Namespace) -> None:
    """Read mutated files until enough have been read or the time is over."""
    atheris = _instrumented()
    from tests.tabular.fuzz_seeds import mutated, seeds

    folder = Path(options.folder)
    finds = Finds(folder)
    pool = seeds(folder)
    until = time.monotonic() + options.seconds
    faulthandler.enable()

    def one(raw: bytes) -> None:
        faulthandler.dump_traceback_later(HUNG, exit=True)
        finds.one(raw)
        faulthandler.cancel_dump_traceback_later()
        if finds.count >= options.runs or time.monotonic() > until:
            (folder / "count").write_text(f"{finds.count}\n{finds.outcomes}\n")
            (folder / "done").touch()
            sys.stdout.flush()
            # libFuzzer and loose threads must not hold up the end.
            __import__("os")._exit(0)

    if atheris is None:
        print("atheris is not installed: plain mutations, not guided by coverage", flush=True)
        rng = random.Random(options.seed)
        while True:
            one(mutated(rng.choice(pool), rng, pool))
    print("guided by coverage (atheris)", flush=True)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for at, raw in enumerate(pool):
        (corpus / f"seed{at}").write_bytes(raw)

    def custom(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        made = mutated(data, rng, pool) if rng.random() < 0.8 else atheris.Mutate(data, max_size)
        return bytes(made[:max_size])

    flags = [
        f"-seed={options.seed}",
        "-timeout=30",
        "-rss_limit_mb=0",
        f"-max_len={LONGEST}",
        "-verbosity=0",
        f"-artifact_prefix={folder}/",
    ]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], one, custom_mutator=custom)
    atheris.Fuzz()


def main() -> None:
    """Start children until enough files have been read, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--folder", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder = options.folder or tempfile.mkdtemp(prefix="fuzz-")
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if options.child:
        _child(options)
        return
    total, until = 0, time.monotonic() + options.seconds
    (folder / "done").unlink(missing_ok=True)
    while total < options.runs and time.monotonic() < until:
        (folder / "count").write_text("0\n")
        wish = ["--runs", str(options.runs - total), "--seconds", str(until - time.monotonic())]
        more = ["--folder", str(folder), "--seed", str(options.seed + total), "--child"]
        code = subprocess.run(
            [sys.executable, "-m", "tests.tabular.fuzz", *wish, *more], check=False
        ).returncode
        counted, _, outcomes = (folder / "count").read_text().partition("\n")
        total += int(counted)
        print(f"{total} files read ({code}); {outcomes.strip()}", flush=True)
        if (folder / "done").exists():
            break
        current = folder / "current"
        if current.exists() and (told := alone(current)):
            Finds(folder).keep(f"crash:{code}:{total}", current.read_bytes(), f"ended with {code}; {told}")
        total += 1
    print(f"{total} files in all, {len(list(folder.glob('*.find')))} finds in {folder}", flush=True)


if __name__ == "__main__":
    main()
