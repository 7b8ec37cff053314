"""The annual report on paper in six languages, beside what an office would otherwise use, and the
check of a document of 10,000 paragraphs. Time and peak memory; writes a Markdown table."""

import argparse
import csv
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import importlib.metadata

from cooperation import LANGUAGES, measured

RUNS = 3
PARAGRAPHS = 10_000


class Bench:
    def __init__(self, chancery, folder):
        self.chancery, self.folder, self.home = chancery, folder, folder / "home"
        self.lines = []
        self.call("init")

    def command(self, *arguments):
        return [self.chancery, "--home", self.home, *arguments]

    def call(self, *arguments, codes=(0,)):
        done = subprocess.run(list(map(str, self.command(*arguments))), capture_output=True)
        if done.returncode not in codes:
            sys.exit(f"{arguments}: {done.stderr.decode()}")
        return done.stdout

    def six(self, command):
        """Seconds for all six languages, one after another, and the most memory of any."""
        found = [measured(command(language), RUNS) for language in LANGUAGES]
        return sum(seconds for seconds, _ in found), max(peak for _, peak in found)

    def line(self, what, ours, other=None, beside=""):
        show = lambda found: f"{found[0]:,.2f} s, {found[1]:,.0f} MiB"
        ratio = f"{ours[0] / other[0]:.2f}, {ours[1] / other[1]:.2f}" if other else ""
        self.lines.append(f"| {what} | {show(ours)} | {show(other) if other else ''} | {beside} | {ratio} |")
        print(self.lines[-1], flush=True)

    def annual(self):
        path = lambda language, ending: self.folder / f"annual.{language}.{ending}"
        build = lambda ending: lambda language: self.command(
            "report", "build", "annual", "--lang", language, "--out", path(language, ending)
        )
        for language in LANGUAGES:
            self.call("report", "build", "annual", "--lang", language, "--out", path(language, "md"))
            self.knitr_source(path(language, "md"), path(language, "Rmd"), path(language, "csv"))
        pdf, docx = self.six(build("pdf")), self.six(build("docx"))

        def knit(language):
            made, rmd = path(language, "knit.md"), path(language, "Rmd")
            script = f"knitr::knit('{rmd}', '{made}', quiet = TRUE); quit(status = system2('pandoc', c('{made}', '-o', '{path(language, 'knit.docx')}')))"
            return ["Rscript", "-e", script]

        self.line("annual report to DOCX, six languages", docx, self.six(knit), "knitr and pandoc: figures from a CSV file set into the same text")
        for language in LANGUAGES:
            subprocess.run(
                ["pandoc", "-s", "-M", "title=Annual", "-M", f"lang={language}", path(language, "md"), "-o", path(language, "page.html")],
                check=True,
            )
        weasyprint = pathlib.Path(sys.executable).with_name("weasyprint")
        printed = lambda language: [weasyprint, "-q", path(language, "page.html"), path(language, "weasy.pdf")]
        self.line("annual report to PDF, six languages", pdf, self.six(printed), "WeasyPrint: the same text as a plain page, nothing computed")
        office = lambda language: [
            "soffice", "--headless", f"-env:UserInstallation=file://{self.folder}/office",
            "--convert-to", "pdf", "--outdir", self.folder / "office-out", path(language, "docx"),
        ]
        self.line("the same", pdf, self.six(office), "LibreOffice: our DOCX to PDF, nothing computed")

    def knitr_source(self, text, rmd, table):
        """The same text in which every number is read from a table, as such reports are written."""
        values = []

        def inline(match):
            values.append(match[0])
            return f"`r v[{len(values)}]`"

        body = re.sub(r"\d+(?:[.,]\d+)*", inline, text.read_text())
        with open(table, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["value"])
            writer.writerows([value] for value in values)
        chunk = f"```{{r, include=FALSE}}\nv <- read.csv('{table}', colClasses = 'character')$value\n```\n\n"
        rmd.write_text(chunk + body)

    def check(self):
        text = self.call("report", "build", "status", "--lang", "zh", "--to", "text").decode()
        numbered = [line.split(". ", 1)[1] for line in text.splitlines() if line[:1].isdigit() and ". " in line]
        file = self.folder / "long.txt"
        lines = [f"{number + 1}. {numbered[number % len(numbered)]}" for number in range(PARAGRAPHS)]
        file.write_text("\n\n".join(lines))
        command = ["sh", "-c", '"$@" > /dev/null || test $? -eq 1', "sh", *self.command("report", "check", file, "--lang", "zh", "--json")]
        found = measured(command, RUNS)
        self.line(f"check of {PARAGRAPHS:,} paragraphs ({PARAGRAPHS / found[0]:,.0f} a second)", found)


def version(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0].strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chancery", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.chancery, pathlib.Path(folder))
        bench.annual()
        bench.check()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    knitr = version("Rscript", "-e", "cat(as.character(packageVersion('knitr')))")
    pathlib.Path(options.out).write_text(
        f"""# Publishing, beside other software

Written by `make bench-publishing` on {datetime.date.today()}: {os.cpu_count()} cores, {memory} GiB,
{platform.system()} {platform.machine()}; knitr {knitr}, {version('pandoc', '--version')}, WeasyPrint
{importlib.metadata.version('weasyprint')}, {' '.join(version('soffice', '--version').split()[:2])}. Time is the sum over six languages of
the median of {RUNS} runs, process start included; memory is the most of any run. The ratios are
Chancery's over the other's: below 1 is less.

The others do less: they set a finished text. Chancery computes every figure of the report from the
registers with its evidence, draws its charts, tags the PDF and attaches the figures to it.

| work | Chancery | other | what the other does | ratios |
| --- | ---: | ---: | --- | ---: |
"""
        + "\n".join(bench.lines)
        + "\n"
    )


main()
