"""The portal under load, beside Datasette over the same rows. Requests a second, median and 99th
percentile of the time of a request, memory, and the time from start to first answer; writes Markdown."""

import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

from generated import WORDS, notes, rows

ROWS = 1_000_000
NOTES = 200_000
CONNECTIONS = 64
SECONDS = 6

# Each request another address, so that nothing that is kept can answer it.
FRESH = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", {path})
end
"""


def size(process):
    """MiB of memory that a process holds."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def serve(command, address):
    """A server that answers, and the seconds until it did."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(address, timeout=60).read()
            return process, time.perf_counter() - start
        except OSError:
            if process.poll() is not None:
                sys.exit(f"{command} ended")
            time.sleep(0.02)


def load(address, script=None):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "30s", "--latency"]
    if script:
        command += ["-s", script]
    told = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    unit = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}
    percent = lambda name: next(float(v) * unit[u] for v, u in re.findall(rf"{name}%\s+([\d.]+)(us|ms|s|m)", told))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]),
        "p50": percent(50),
        "p99": percent(99),
        "bad": int(bad[1]) if bad else 0,
    }


class Postgres:
    """A PostgreSQL of its own over the notes, with the index that it has for words."""

    def __init__(self, folder, notes_file):
        self.programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.data = folder / "postgres"
        self.data.mkdir()
        # It refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            subprocess.run(["chown", "-R", "postgres", self.data], check=True)
            folder.chmod(0o755)
        self.run("initdb", "-D", self.data / "db", "-A", "trust", "-U", "bench")
        settings = "-p 8153 -k /tmp -c listen_addresses='' -c max_connections=100 -c shared_buffers=1GB -c work_mem=64MB"
        self.run("pg_ctl", "-D", self.data / "db", "-w", "-o", settings, "-l", self.data / "log", "start")
        self.run("createdb", *self.where, "bench")
        self.sql("create table note (number integer primary key, text text, words tsvector)")
        with open(notes_file) as file:
            copy = "copy note (number, text) from stdin with (format csv, header)"
            subprocess.run([*self.user, self.programs / "psql", *self.where, "-q", "-c", copy, "bench"], stdin=file, check=True)
        self.sql("update note set words = to_tsvector('simple', text)")
        self.sql("create index on note using gin (words)")
        self.sql("vacuum analyze note")

    where = ["-h", "/tmp", "-p", "8153", "-U", "bench"]

    def run(self, program, *arguments):
        return subprocess.run([*self.user, self.programs / program, *map(str, arguments)], check=True, capture_output=True, text=True, cwd="/")

    def sql(self, text):
        return self.run("psql", *self.where, "-Atq", "-c", text, "bench").stdout

    def load(self, script):
        """As `load`, by pgbench, with the time of each question."""
        file = self.data / "question.sql"
        file.write_text(script)
        file.chmod(0o644)
        told = subprocess.run(
            [*self.user, self.programs / "pgbench", *self.where, "-n", "-c", str(CONNECTIONS), "-j", "1", "-T", str(SECONDS),
             "-l", "--log-prefix", self.data / "times", "-f", file, "bench"],
            check=True, capture_output=True, text=True, cwd="/",
        ).stdout
        times = []
        for log in self.data.glob("times.*"):
            times += [int(line.split()[2]) / 1000 for line in log.read_text().splitlines()]
            log.unlink()
        times.sort()
        at = lambda share: times[min(int(len(times) * share), len(times) - 1)]
        return {"rate": float(re.search(r"tps = ([\d.]+)", told)[1]), "p50": at(0.5), "p99": at(0.99), "bad": 0}

    def stop(self):
        self.run("pg_ctl", "-D", self.data / "db", "-m", "fast", "stop")


def shown(one):
    failed = f", {one['bad']} failed" if one["bad"] else ""
    return f"{one['rate']:,.0f}/s, {one['p50']:,.1f} / {one['p99']:,.1f} ms{failed}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chancery", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    here = pathlib.Path(__file__).parent
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        packs = folder / "packs"
        packs.mkdir()
        for pack in [*(here.parent / "packs").iterdir(), here / "packs" / "bench"]:
            shutil.copytree(pack, packs / pack.name)
        table = folder / "event.csv"
        with open(table, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["number", "participant", "kind", "date", "victims"])
            writer.writerows(rows(ROWS))
        home = [options.chancery, "--home", folder / "home", "--packs", packs]
        call = lambda *more: subprocess.run(list(map(str, [*home, *more])), check=True, capture_output=True)
        noted = folder / "note.csv"
        with open(noted, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["number", "text"])
            writer.writerows(notes(NOTES))
        call("init")
        call("import", "event", table)
        call("import", "note", noted)
        base = sqlite3.connect(folder / "event.db")
        base.execute("create table event (number integer primary key, participant text, kind text, date text, victims integer)")
        base.executemany("insert into event values (?, ?, ?, ?, ?)", rows(ROWS))
        for column in ("participant", "kind", "date"):
            base.execute(f"create index by_{column} on event ({column})")
        base.commit()
        base.close()
        datasette = pathlib.Path(sys.executable).with_name("datasette")
        ours, ours_start = serve([*home, "serve", "--requests-a-minute", "0", "--listen", "127.0.0.1:8151"], "http://127.0.0.1:8151/health")
        theirs, theirs_start = serve(
            [datasette, "serve", folder / "event.db", "-p", "8152", "--setting", "facet_time_limit_ms", "50",
             "--setting", "suggest_facets", "off", "--setting", "allow_facet", "off"],
            "http://127.0.0.1:8152/-/versions.json",
        )
        script = folder / "fresh.lua"
        # Its index of words is made beside its answers; what it takes for that is no part of them.
        start = time.perf_counter()
        while True:
            with urllib.request.urlopen("http://127.0.0.1:8151/api/v1/search?q=zq1&register=note", timeout=600) as answer:
                found = json.load(answer)["total"]
            if found:
                break
            time.sleep(1)
        indexed = time.perf_counter() - start

        def pair(what, our_path, their_path, our_other, their_other):
            """Paths that stay, and as Lua those that change with `n`."""
            found = []
            for address, path, other in (
                ("http://127.0.0.1:8151", our_path, our_other),
                ("http://127.0.0.1:8152", their_path, their_other),
            ):
                urllib.request.urlopen(address + path).read()
                script.write_text(FRESH.format(path=other))
                found.append((load(address + path), load(address + path, script)))
            for index, said in ((0, "the same address"), (1, "another each time")):
                us, them = found[0][index], found[1][index]
                lines.append(f"| {what}, {said} | {shown(us)} | {shown(them)} | {us['rate'] / them['rate']:.1f} |")
                print(lines[-1], flush=True)

        listed, theirs_listed = "/en/registers/event?kind=k&size=50", "/event/event?kind=k&_size=50&_nocount=1"
        # No address comes twice within the time that is measured: what is kept answers none of these.
        pair("a page of records", listed, theirs_listed,
             '"/en/registers/event?size=50&page=" .. (n % 20000 + 1)', '"/event/event?_size=50&_nocount=1&_next=" .. (n % 20000) * 50')
        listed, theirs_listed = "/api/v1/registers/event/records?kind=k&size=50", "/event/event.json?kind=k&_size=50&_nocount=1&_shape=objects"
        pair("records as JSON", listed, theirs_listed,
             f'"{listed}&cursor=" .. n * 7', f'"{theirs_listed}&_next=" .. n * 7')
        pair("a record", "/en/registers/event/777", "/event/event/777",
             '"/en/registers/event/" .. n % 1000000', '"/event/event/" .. n % 1000000')
        counted = "/event.json?sql=select+count(*)+from+event+where+kind='k'+and+date<='{}'"
        day = 'string.format("%04d-%02d-%02d", 2000 + n % 19, n % 12 + 1, n % 28 + 1)'
        kind = 'string.char(97 + n % 20)'
        ours_counted = "/api/v1/measures/bench.events?kind=k&at="
        fresh = counted.replace("kind='k'", "kind='\" .. " + kind + " .. \"'")
        pair("a count", ours_counted + "2010-06-30", counted.format("2010-06-30"),
             f'"/api/v1/measures/bench.events?kind=" .. {kind} .. "&at=" .. {day}', f'"{fresh.split("{")[0]}" .. {day} .. "\'"')
        postgres = Postgres(folder, noted)
        words = "'zq' || :a || ' zq' || :b"
        # What a page of found records shows: how many there are, and the first with the words marked.
        question = f"""\\set a random(0, {WORDS - 1})
\\set b random(0, {WORDS - 1})
with found as (select number, text, ts_rank(words, q) as rank from note, plainto_tsquery('simple', {words}) q where words @@ q)
select number, ts_headline('simple', text, plainto_tsquery('simple', {words})), (select count(*) from found) from found order by rank desc limit 20;
"""
        searched = f'"/api/v1/search?register=note&q=zq" .. math.random(0, {WORDS - 1}) .. "+zq" .. math.random(0, {WORDS - 1})'
        script.write_text(FRESH.format(path=searched))
        us, them = load("http://127.0.0.1:8151/", script), postgres.load(question)
        lines.append(f"| a search for two words, beside PostgreSQL | {shown(us)} | {shown(them)} | {us['rate'] / them['rate']:.1f} |")
        print(lines[-1], flush=True)
        version = postgres.sql("show server_version").split()[0]
        memory = (size(ours), size(theirs))
        postgres.stop()
        ours.terminate()
        theirs.terminate()
    pathlib.Path(options.out).write_text(
        f"""# The server, beside Datasette

Written by `make bench-server` on {datetime.date.today()}: {os.cpu_count()} cores, {platform.system()} {platform.machine()},
{ROWS:,} generated rows in one register, {CONNECTIONS} connections for {SECONDS} s a line (wrk), Datasette
{importlib.metadata.version('datasette')} with counts and facets off. Requests a second, median and 99th percentile.
The search is over {NOTES:,} generated notes, beside PostgreSQL {version} with a GIN index of words, asked by
pgbench over a socket, without HTTP.

| work | Chancery | Datasette | ratio |
| --- | ---: | ---: | ---: |
"""
        + "\n".join(lines)
        + f"""

Words of all {ROWS + NOTES:,} records can be searched {indexed:.0f} s after the first start.
Memory after it: Chancery {memory[0]:,.0f} MiB, Datasette {memory[1]:,.0f} MiB. From start to first answer: {ours_start:.2f} s and
{theirs_start:.2f} s.

The line of the search is to be read with care: PostgreSQL is asked without HTTP, and a search here is over
all registers at once, within what the reader may see.

«The same address» is answered by what is kept of it (`web/src/kept.rs`); «another each time» has to make
most answers anew. Chancery's page holds facets with their counts and the number of all
records, which Datasette was asked to leave out.
"""
    )


main()
