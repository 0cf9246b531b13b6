"""The packages of the headers that builds of known distributions include: a small table, since to unpack the text of
all headers takes as long as all the rest of a check."""

from __future__ import annotations

import json

from dockwright.facts import packagedata
from dockwright.facts.headers import owners
from dockwright.facts.tables import table

from .tables import FACTS


def content() -> dict[str, object]:
    builds = table("distributions")["build"].values()
    names = sorted({name for row in builds for name in row.get("headers", ())})
    text, bits = packagedata.text("headers"), packagedata.bits().values()
    found = {
        name: {str(bit): [packagedata.name(each) for each in owners(text, name, bit)] for bit in bits} for name in names
    }
    return {"meta": {**packagedata.origin(), "renew": "python -m tools.refresh_facts headers"}, "headers": found}


def write() -> list[str]:
    text = json.dumps(content(), ensure_ascii=False, separators=(",", ":"))
    (FACTS / "json" / "headers.json").write_text(text + "\n", encoding="utf-8")
    return ["headers"]
