"""Validates a file of IATI activities against the official schema of version 2.03, the standard's
ruleset and its code lists, as the PyPI package pyIATI carries them.

    python validate.py FILE [--at YYYY-MM-DD]

Prints every problem; ends with 1 where there is one.
"""

import json
import re
import sys
from datetime import date
from pathlib import Path

from lxml import etree

STANDARD = next(
    folder
    for entry in sys.path
    if (folder := Path(entry) / "iati/resources/standard/2-03").is_dir()
)


def schema_problems(document):
    schema = etree.XMLSchema(etree.parse(str(STANDARD / "schemas/iati-activities-schema.xsd")))
    schema.validate(document)
    return [f"schema: line {error.line}: {error.message}" for error in schema.error_log]


def texts(context, path):
    return [str(found) if not hasattr(found, "text") else (found.text or "") for found in context.xpath(path)]


def rule_problems(document, today):
    rules = json.loads((STANDARD / "rulesets/standard_ruleset.json").read_text())
    for xpath, kinds in rules.items():
        for context in document.xpath(xpath):
            for kind, rule in kinds.items():
                for case in rule["cases"]:
                    if problem := broken(context, kind, case, today):
                        yield f"ruleset: line {context.sourceline}: {kind}: {problem}"


def broken(context, kind, case, today):
    paths = case.get("paths", [])
    found = [text for path in paths for text in texts(context, path)]
    if kind == "atleast_one" and not any(context.xpath(path) for path in paths):
        return f"none of {paths}"
    if kind == "no_more_than_one" and len(found) > 1:
        return f"{len(found)} of {paths}"
    if kind == "sum" and found and abs(sum(map(float, found)) - case["sum"]) > 1e-6:
        return f"{paths} add up to {sum(map(float, found))}"
    if kind == "regex_matches":
        wrong = [text for text in found if not re.fullmatch(case["regex"], text)]
        return f"{wrong} in {paths}" if wrong else None
    if kind == "date_order":
        day = lambda path: [today] if path == "NOW" else texts(context, path)[:1]
        less, more = day(case["less"]), day(case["more"])
        if less and more and less[0][:10] > more[0][:10]:
            return f"{case['less']} {less[0]} is after {case['more']} {more[0]}"
    return None


def code_problems(document):
    mapping = etree.parse(str(STANDARD / "codelist-mapping.xml"))
    for rule in mapping.xpath("//mapping"):
        condition, name = rule.findtext("condition"), rule.find("codelist").get("ref")
        listed = STANDARD / f"codelists/{name}.xml"
        if not listed.exists():
            continue
        codes = set(texts(etree.parse(str(listed)), "//codelist-item/code"))
        path = rule.findtext("path")
        if condition:
            element, _, last = path.rpartition("/")
            path = f"{element}[{condition}]/{last}"
        for found in document.xpath(path):
            if str(found) not in codes:
                yield f"code list {name}: `{found}` at {path}"


def main():
    today = sys.argv[3] if sys.argv[2:3] == ["--at"] else date.today().isoformat()
    document = etree.parse(sys.argv[1])
    problems = [
        *schema_problems(document),
        *rule_problems(document, today),
        *code_problems(document),
    ]
    # The sectors of each vocabulary make up the whole.
    for activity in document.xpath("//iati-activity[sector/@percentage]"):
        for vocabulary in set(texts(activity, "sector/@vocabulary")):
            total = sum(map(float, texts(activity, f"sector[@vocabulary='{vocabulary}']/@percentage")))
            if abs(total - 100) > 1e-6:
                problems.append(f"sectors of vocabulary {vocabulary} add up to {total}")
    print("\n".join(problems) or "valid")
    sys.exit(bool(problems))


main()
