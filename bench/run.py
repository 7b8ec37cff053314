"""Times Chancery beside the software a user would otherwise pick, on the same rows, in one run.

Writes a Markdown table of medians. Nothing here is a test: speed is shown, not asserted.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb

import cooperation
from generated import STATES, rows

RUNS = 5
SIZES = [10_000, 100_000, 1_000_000]
AT = "2010-06-30"


def timed(work, runs=RUNS, before=lambda: None):
    """The median of the seconds that `work` takes."""
    times = []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class Bench:
    def __init__(self, chancery, warm, folder):
        self.chancery, self.warm, self.folder = chancery, warm, folder
        self.packs = folder / "packs"
        here = pathlib.Path(__file__).parent
        for pack in (here.parent / "packs").iterdir():
            shutil.copytree(pack, self.packs / pack.name)
        shutil.copytree(here / "packs" / "bench", self.packs / "bench")
        self.lines = []
        # Time and memory, and what is to be said of them.
        self.memory_lines, self.notes = [], []
        # What the budgets of the design speak of, at the largest size.
        self.budgets = {}

    def call(self, home, *arguments, codes=(0,)):
        command = [self.chancery, "--packs", self.packs, "--home", home, *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in codes:
            sys.exit(f"{command}: {done.stderr.decode()}")
        return done.stdout

    def line(self, size, what, ours, other=None, beside="", unit="s"):
        show = lambda seconds: f"{seconds * 1000:,.1f} ms" if unit == "ms" else f"{seconds:,.2f} s"
        ratio = f"{ours / other:.2f}" if other else ""
        self.lines.append(
            f"| {size:,} | {what} | {show(ours)} | {show(other) if other else ''} | {beside} | {ratio} |"
        )
        print(self.lines[-1], flush=True)

    def memory_line(self, size, what, seconds, peak, other=None, beside=""):
        """Time and peak memory, beside the same of another program."""
        show = lambda found: f"{found[0]:,.2f} s, {found[1]:,.0f} MiB"
        ratio = f"{seconds / other[0]:.2f}, {peak / other[1]:.2f}" if other else ""
        self.memory_lines.append(
            f"| {size:,} | {what} | {show((seconds, peak))} | {show(other) if other else ''} | {beside} | {ratio} |"
        )
        print(self.memory_lines[-1], flush=True)

    def note(self, text):
        self.notes.append(text)
        print(text, flush=True)

    def budget(self, what, found, limit, met):
        self.budgets[what] = f"| {what} | {limit} | {found} | {'met' if met else '**missed**'} |"

    def size(self, count):
        home = self.folder / f"home-{count}"
        file = self.folder / f"rows-{count}.csv"
        with open(file, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["number", "participant", "kind", "date", "victims"])
            writer.writerows(rows(count))
        self.imports(count, home, file)
        self.verify(count, home)
        self.questions(count, home, file)
        shutil.rmtree(home)

    def imports(self, count, home, file):
        runs = 3 if count >= 1_000_000 else RUNS

        def fresh():
            shutil.rmtree(home, ignore_errors=True)
            self.call(home, "init")

        ours = timed(lambda: self.call(home, "import", "event", file), runs, fresh)
        plain = self.folder / "plain.sqlite"

        def insert():
            connection = sqlite3.connect(plain)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "CREATE TABLE event (number INTEGER PRIMARY KEY, participant TEXT, kind TEXT, date TEXT, victims INTEGER)"
            )
            with open(file, newline="") as source, connection:
                reader = csv.reader(source)
                next(reader)
                connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", reader)
            connection.close()

        def clear():
            for path in self.folder.glob("plain.sqlite*"):
                path.unlink()

        other = timed(insert, runs, clear)
        what = f"durable import ({count / ours:,.0f} entries a second)"
        self.line(count, what, ours, other, "plain inserts into SQLite, one transaction")
        rate = count / ours
        self.budget("durable import", f"{rate:,.0f} entries a second", "over 50,000", rate > 50_000)
        # The tables follow the journal when they are first asked for.
        first = timed(lambda: self.measure(home), 1)
        self.line(count, "first measure after the import: the tables are written", first)
        shutil.rmtree(home / "projection")
        self.call(home, "measures")
        self.measure(home)

    def measure(self, home):
        answer = json.loads(self.call(home, "measure", "bench.events", "kind=k", f"at={AT}", "--json"))
        return answer["value"]

    def verify(self, count, home):
        ours = timed(lambda: self.call(home, "journal", "verify"), 3)
        total = json.loads(self.call(home, "journal", "verify", "--json"))["entries"]
        journal = home / "journal.sqlite"
        check = lambda: sqlite3.connect(journal).execute("PRAGMA integrity_check").fetchall()
        what = f"journal verify ({total / ours:,.0f} entries a second)"
        self.line(count, what, ours, timed(check, 3), "SQLite's integrity_check of the same file")
        rate = total / ours
        self.budget("journal verify", f"{rate:,.0f} entries a second", "over 500,000", rate > 500_000)

    def questions(self, count, home, file):
        database = self.folder / f"duck-{count}.db"
        connection = duckdb.connect(str(database))
        connection.execute(f"CREATE TABLE event AS SELECT * FROM read_csv('{file}')")
        query = f"SELECT count(*) FROM event WHERE kind = 'k' AND date <= DATE '{AT}'"
        grouped = f"SELECT participant, sum(victims) FROM event WHERE date <= DATE '{AT}' GROUP BY participant ORDER BY participant"
        expected = connection.execute(query).fetchone()[0]
        assert self.measure(home) == expected, "both must count the same rows"
        connection.close()
        script = f"import duckdb; print(duckdb.connect({str(database)!r}, read_only=True).execute({query!r}).fetchone())"
        ours = timed(lambda: self.measure(home))
        other = timed(lambda: subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL, check=True))
        self.line(count, "one measure, process start included", ours, other, "DuckDB in Python, process start included", "ms")
        self.budget("one measure, process start included", f"{ours * 1000:.0f} ms", "under 150 ms", ours < 0.15)
        document = self.document()
        warm = json.loads(subprocess.check_output([self.warm, home, self.packs, document, "20"]))
        connection = duckdb.connect(str(database), read_only=True)
        connection.execute("SET threads = 2")
        for what, sql in [("count", query), ("sum by group", grouped)]:
            connection.execute(sql).fetchall()
            duck = timed(lambda: connection.execute(sql).fetchall(), 20)
            ours = statistics.median(warm[what]) / 1000
            self.line(count, f"one measure, warm: {what}", ours, duck, "DuckDB, warm", "ms")
            found = f"{ours * 1000:.1f} ms, {ours / duck:.1f} times DuckDB's"
            self.budget(f"one measure, warm: {what}", found, "no slower than DuckDB", ours <= duck)
        self.line(count, "status report to HTML, all figures and evidence, warm", statistics.median(warm["report"]) / 1000, unit="ms")
        annual = statistics.median(warm["annual"])
        self.line(count, "annual report to HTML, all figures and evidence, warm", annual / 1000, unit="ms")
        self.budget("annual report to HTML, warm", f"{annual:.0f} ms", "under 300 ms", annual < 300)
        page = self.folder / "status.html"
        build = timed(lambda: self.call(home, "report", "build", "status", "--lang", "en", "--out", page))
        self.line(count, "status report to HTML, process start included", build, unit="ms")
        self.line(count, "check of a report of 81 paragraphs, warm", statistics.median(warm["check"]) / 1000, unit="ms")
        check = timed(lambda: self.call(home, "report", "check", document, "--lang", "zh", codes=(0, 1)))
        self.line(count, "the same, process start included", check, unit="ms")

    def document(self):
        """A text as long as an annual report, made of the sentences of the status report."""
        file = self.folder / "document.txt"
        if not file.exists():
            home = self.folder / "home-document"
            self.call(home, "init")
            text = self.call(home, "report", "build", "status", "--lang", "zh", "--to", "text").decode()
            numbered = [line.split(". ", 1)[1] for line in text.splitlines() if line[:1].isdigit() and ". " in line]
            lines = [f"{n + 1}. {numbered[n % len(numbered)]}" for n in range(81)]
            file.write_text("\n\n".join(lines))
            shutil.rmtree(home)
        return file


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chancery", required=True)
    parser.add_argument("--warm", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--activities", type=int, default=1_000_000)
    parser.add_argument("--iati", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.chancery, options.warm, pathlib.Path(folder))
        for count in options.sizes:
            bench.size(count)
        if options.activities:
            cooperation.annual(bench, options.activities)
        if options.iati:
            cooperation.exchange(bench, options.iati)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    head = pathlib.Path(__file__).with_name("head.md").read_text()
    head = head.replace("{date}", datetime.date.today().isoformat())
    head = head.replace("{machine}", f"{os.cpu_count()} cores, {memory} GiB, {platform.system()} {platform.machine()}")
    head = head.replace("{duckdb}", duckdb.__version__).replace("{sqlite}", sqlite3.sqlite_version)
    largest = f"\n## Budgets of the design, at {options.sizes[-1]:,} entries\n\n"
    table = "| work | budget | found | |\n| --- | --- | --- | --- |\n"
    budgets = largest + table + "\n".join(bench.budgets.values()) + "\n"
    memory = (
        "\n## Time and peak memory, beside Polars\n\n"
        "| entries | work | Chancery | other | what the other is | ratios |\n| ---: | --- | ---: | ---: | --- | ---: |\n"
    )
    memory += "\n".join(bench.memory_lines) + "\n\n" + "\n".join(bench.notes) + "\n"
    pathlib.Path(options.out).write_text(head + "\n".join(bench.lines) + "\n" + memory + budgets)


main()
