"""The annual report over a million activities, and IATI out and in with a hundred thousand, beside
scripts in Polars that compute the same figures from the same rows. Time and peak memory."""

import csv
import datetime
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import textwrap
import time

LANGUAGES = ["ar", "zh", "en", "fr", "ru", "es"]
COUNTRIES = ["ALB", "BRA", "CHN", "DZA", "ESP", "FRA", "IND", "KEN", "NOR", "RUS", "THA", "ZAF"]
CODES = {"ALB": "AL", "BRA": "BR", "CHN": "CN", "DZA": "DZ", "ESP": "ES", "FRA": "FR"}
THEMES = ["money_laundering", "corruption", "terrorism", "firearms", "forensics", "wildlife", "piracy"]
KINDS = ["training_course", "training_course", "workshop", "seminar", "mission"]
REGIONS = ["east_africa", "west_africa", "central_asia", "south_asia", "caribbean"]
FIRST = datetime.date(2010, 1, 1)


def measured(command, runs=1, before=lambda: None):
    """Median seconds, and the most memory in MiB, that a command takes."""
    times, peak = [], 0
    for _ in range(runs):
        before()
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.perf_counter() - start)
        peak = max(peak, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{command}: {told.decode()}")
    return statistics.median(times), peak


def activities(file, count):
    """Generated rows, the same in each run, and no fact about anything."""
    draw = random.Random(1)
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        titles = [f"title.{language}" for language in LANGUAGES]
        writer.writerow(
            ["code", "kind", *titles, "level", "themes", "held.from", "held.to", "held_known_to", "sub_region", "countries_assisted", "participants"]
        )
        for number in range(count):
            day = FIRST + datetime.timedelta(days=draw.randrange(1826))
            themes = "|".join(sorted(draw.sample(THEMES, draw.randrange(1, 3))))
            countries = "|".join(sorted(draw.sample(COUNTRIES, draw.randrange(0, 3))))
            writer.writerow(
                [f"bench-{number}", draw.choice(KINDS), *["x"] * 6, "national", themes, day, day + datetime.timedelta(days=2), "day", draw.choice(REGIONS), countries, draw.randrange(5, 60)]
            )


# What a user would write instead: one lazy frame, one filter a figure.
FIGURES = textwrap.dedent(
    """
    import json, sys
    import polars as pl
    rows, calls = sys.argv[1:]
    frame = pl.scan_parquet(rows)
    asked = []
    for call in json.load(open(calls)):
        given = call["parameters"]
        keep = pl.col("held.to").is_between(pl.lit(given["from"]).str.to_date(), pl.lit(given["to"]).str.to_date())
        kind = "training_course" if call["measure"].endswith("courses") else given.get("kind")
        if kind:
            keep &= pl.col("kind") == kind
        if "theme" in given:
            keep &= pl.col("themes").list.contains(given["theme"])
        if "sub_region" in given:
            keep &= pl.col("sub_region") == given["sub_region"]
        if "country" in given:
            keep &= pl.col("countries_assisted").list.contains(given["country"])
        asked.append(frame.filter(keep).select(pl.len()))
    found = [table.item() for table in pl.collect_all(asked)]
    for call, value in zip(json.load(open(calls)), found):
        # The facts that the packs ship are in the report as well.
        assert value + call["facts"] == call["value"], (call, value)
    """
)


def annual(bench, count):
    folder = bench.folder
    home, rows, parquet = folder / "home-annual", folder / "activities.csv", folder / "activities.parquet"
    bench.call(home, "init")
    page = folder / "annual.json"
    build = ["report", "build", "annual", "--lang", "en"]
    bench.call(home, *build, "--to", "json", "--out", page)
    key = lambda figure: json.dumps([figure["measure"], figure["parameters"]], sort_keys=True)
    facts = {key(figure): figure["value"] for figure in json.loads(page.read_text())["figures"]}
    activities(rows, count)
    command = [bench.chancery, "--packs", bench.packs, "--home", home]
    seconds, peak = measured([*command, "import", "activity", rows])
    bench.memory_line(count, f"durable import of activities ({count / seconds:,.0f} entries a second)", seconds, peak)
    bench.call(home, *build, "--to", "json", "--out", page)
    ours = measured([*command, *build, "--out", folder / "annual.html"], 3)
    counted = ["programmes.courses", "programmes.activities"]
    calls = [figure for figure in json.loads(page.read_text())["figures"] if figure["measure"] in counted]
    asked = [{**figure, "facts": facts[key(figure)]} for figure in calls]
    (folder / "calls.json").write_text(json.dumps([{k: figure[k] for k in ["measure", "parameters", "value", "facts"]} for figure in asked]))
    convert = f"""
import polars as pl
frame = pl.scan_csv({str(rows)!r}, try_parse_dates=True)
lists = [pl.col(name).str.split("|") for name in ["themes", "countries_assisted"]]
frame.with_columns(lists).sink_parquet({str(parquet)!r})
"""
    subprocess.run([sys.executable, "-c", convert], check=True)
    other = measured([sys.executable, "-c", FIGURES, parquet, folder / "calls.json"], 3)
    bench.memory_line(
        count, "annual report to HTML, all 276 figures and evidence, process start included", *ours,
        other, f"Polars over Parquet: the {len(asked)} figures of activities alone, no evidence, process start included",
    )
    shutil.rmtree(home)


def iati(file, count):
    """Activities with two budgets and three transactions each."""
    draw = random.Random(2)
    codes = list(CODES.values())
    with open(file, "w") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n')
        for number in range(count):
            money = lambda: draw.randrange(1000, 900_000)
            out.write(
                f'<iati-activity default-currency="USD" xml:lang="en"><iati-identifier>XX-BENCH-{number}</iati-identifier>'
                '<reporting-org ref="XX-BENCH" type="40"><narrative>Bench</narrative></reporting-org>'
                f"<title><narrative>Activity {number}</narrative></title><description><narrative>Generated</narrative></description>"
                f'<participating-org role="1" type="10" ref="XX-DONOR-{number % 50}"><narrative>Donor {number % 50}</narrative></participating-org>'
                f'<activity-status code="2"/><activity-date type="1" iso-date="2012-01-01"/>'
                f'<recipient-country code="{draw.choice(codes)}"/><sector vocabulary="99" code="{draw.choice(THEMES)}"/>'
            )
            for year in (2012, 2013):
                out.write(
                    f'<budget type="1" status="2"><period-start iso-date="{year}-01-01"/><period-end iso-date="{year}-12-31"/>'
                    f'<value currency="USD" value-date="{year}-01-01">{money()}</value></budget>'
                )
            for kind in (1, 3, 4):
                out.write(
                    f'<transaction><transaction-type code="{kind}"/><transaction-date iso-date="2012-0{draw.randrange(1, 10)}-15"/>'
                    f'<value currency="USD" value-date="2012-06-15">{money()}</value></transaction>'
                )
            out.write("</iati-activity>\n")
        out.write("</iati-activities>\n")


# In: to tables, as one would who wants to ask questions. Out: from those tables to a file again.
IN = textwrap.dedent(
    """
    import sys
    import polars as pl
    from lxml import etree
    source, folder = sys.argv[1:]
    tables = {"activity": [], "budget": [], "transaction": []}
    for _, node in etree.iterparse(source, tag="iati-activity"):
        key = node.findtext("iati-identifier")
        tables["activity"].append((key, node.findtext("title/narrative"), node.find("activity-status").get("code"), node.find("recipient-country").get("code"), node.find("sector").get("code"), node.find("participating-org").get("ref")))
        for budget in node.iterfind("budget"):
            value = budget.find("value")
            tables["budget"].append((key, budget.find("period-start").get("iso-date"), budget.find("period-end").get("iso-date"), float(value.text), value.get("currency")))
        for part in node.iterfind("transaction"):
            value = part.find("value")
            tables["transaction"].append((key, part.find("transaction-type").get("code"), part.find("transaction-date").get("iso-date"), float(value.text), value.get("currency")))
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]
    for name, rows in tables.items():
        pl.DataFrame(rows, orient="row").write_parquet(f"{folder}/{name}.parquet")
    """
)
OUT = textwrap.dedent(
    """
    import sys
    import polars as pl
    from lxml import etree
    folder, target = sys.argv[1:]
    read = lambda name: pl.read_parquet(f"{folder}/{name}.parquet")
    budgets = read("budget").partition_by("column_0", as_dict=True)
    parts = read("transaction").partition_by("column_0", as_dict=True)
    with etree.xmlfile(target, encoding="UTF-8") as out, out.element("iati-activities", version="2.03"):
        for key, title, status, country, sector, donor in read("activity").iter_rows():
            node = etree.Element("iati-activity")
            add = lambda around, name, text=None, **attributes: setattr(etree.SubElement(around, name, attributes), "text", text)
            add(node, "iati-identifier", key)
            for name, text in (("title", title), ("description", title)):
                add(etree.SubElement(node, name), "narrative", text)
            add(node, "participating-org", ref=donor, role="1")
            add(node, "activity-status", code=status)
            add(node, "recipient-country", code=country, percentage="100")
            add(node, "sector", vocabulary="99", code=sector)
            for _, first, last, amount, currency in budgets[(key,)].iter_rows():
                around = etree.SubElement(node, "budget")
                add(around, "period-start", **{"iso-date": first})
                add(around, "period-end", **{"iso-date": last})
                add(around, "value", str(amount), currency=currency)
            for _, kind, day, amount, currency in parts[(key,)].iter_rows():
                around = etree.SubElement(node, "transaction")
                add(around, "transaction-type", code=kind)
                add(around, "transaction-date", **{"iso-date": day})
                add(around, "value", str(amount), currency=currency)
            out.write(node)
    """
)


def exchange(bench, count):
    folder = bench.folder
    home, source, target, tables = folder / "home-iati", folder / "in.xml", folder / "out.xml", folder / "tables"
    iati(source, count)
    tables.mkdir()
    bench.call(home, "init")
    command = [bench.chancery, "--packs", bench.packs, "--home", home]
    ours = measured([*command, "import", "iati", source])
    other = measured([sys.executable, "-c", IN, source, tables])
    bench.memory_line(count, "IATI in: checked, linked, hashed and signed", *ours, other, "lxml and Polars to Parquet, nothing checked")
    bench.call(home, "measures")
    bench.call(home, "measure", "programmes.projects", "from=2012-01-01", "to=2012-12-31")
    ours = measured([*command, "export", "iati", "--out", target])
    other = measured([sys.executable, "-c", OUT, tables, folder / "other.xml"])
    bench.memory_line(count, "IATI out", *ours, other, "Polars and lxml from Parquet, fewer elements")
    checked = pathlib.Path(__file__).parent.parent / "tests/iati/validate.py"
    validated = subprocess.run([sys.executable, checked, target], stdout=subprocess.PIPE)
    bench.note(f"The file of {count:,} activities is {'valid' if validated.returncode == 0 else '**not valid**'} by the official schema, ruleset and code lists.")
    shutil.rmtree(home)
