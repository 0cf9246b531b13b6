"""The forms of output: real reports validate against the published schemas, and each form's own rules are kept."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Struct, structs

from dockwright.api import explain
from dockwright.checking import check
from dockwright.cli.config import Config, Ignored
from dockwright.finding import Certainty, Evidence, Finding, Place, Remedy, Report, Safety, Severity, TargetReport
from dockwright.project import Project
from dockwright.report import data, github, junit, markdown
from dockwright.report.formats import texts_of, write_report
from dockwright.report.terminal import show_report, show_reports
from dockwright.source import Edit, Patch, Source, Span

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "src/dockwright/schema"
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/expected.toml"))
LOGS = sorted((Path(__file__).parent / "logs").rglob("*.txt"))


def schema(name: str) -> Draft202012Validator:
    content = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


def checked(folder: Path) -> list[tuple[TargetReport, Project]]:
    project = Project.read(str(folder), offline=True)
    return [(target, project) for target in check(project).targets]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_check_json_is_as_published(folder: Path) -> None:
    schema("check").validate(json.loads(write_report("json", checked(folder), 1)))


def test_explain_json_is_as_published() -> None:
    validator = schema("explain")
    for path in LOGS:
        found = explain(path.read_bytes(), name=path.name)
        validator.validate(json.loads(data.encode(data.diagnosis(found, texts_of(None), 1))))


def test_configuration_is_as_published() -> None:
    content: dict[str, Any] = json.loads((SCHEMAS / "config.json").read_text())
    keys = {field.encode_name for field in structs.fields(Config)} - {"folder"}
    assert content["properties"].keys() == keys
    ignored = content["properties"]["ignore"]["items"]
    assert ignored["properties"].keys() == {field.encode_name for field in structs.fields(Ignored)}
    schema("config").validate(
        {"fail-on": "never", "ignore": [{"cause": "a/b", "reason": "c"}], "build-args": {"A": "b"}}
    )


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_sarif_as_github_wants_it(folder: Path) -> None:
    pairs = checked(folder)
    (run,) = json.loads(write_report("sarif", pairs, 1))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == sum(len(target.findings) for target, _ in pairs)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"] and result["level"] in ("error", "warning", "note")
        physical = result["locations"][0]["physicalLocation"]
        assert not physical["artifactLocation"]["uri"].startswith("/") and physical["region"]["startLine"] >= 1
    prints = [result["partialFingerprints"]["dockwright/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_junit_is_xml_with_right_counts(folder: Path) -> None:
    pairs = checked(folder)
    suites = ET.fromstring(write_report("junit", pairs, 1))
    failures = sum(len(Report((target,)).failures) for target, _ in pairs)
    assert suites.attrib["failures"] == str(failures) == str(len(suites.findall(".//failure")))
    assert suites.attrib["tests"] == str(len(suites.findall(".//testcase")))


class Facts(Struct, frozen=True):
    text: str = ""


def finding(text: str, *, line: str = "RUN x", severity: Severity = Severity.ERROR, **more: Any) -> Finding:
    source = Source("Dockerfile", f"FROM a\n{line}\n")
    place = Place(source, Span(7, 7 + len(line)), line)
    return Finding("a/b", Facts(text), text, f"since {text}", Certainty.CERTAIN, severity, place, **more)


def target(*findings: Finding, name: str = "x", verdict: str = "fails") -> TargetReport:
    return TargetReport(name, "Dockerfile", ".", "Dockerfile", verdict, 2, 0, findings, len(findings))


def no_texts(name: str) -> str | None:
    return None


@given(st.text(max_size=40))
def test_hostile_texts_stay_texts(text: str) -> None:
    item = finding(text, remedies=(Remedy(text, Safety.ADVICE),), evidence=(Evidence(text, None, text=text),))
    report = [(target(item), no_texts)]
    assert ET.fromstring(junit.junit(report).encode()) is not None
    for line in github.commands(report).split("\n")[:-1]:
        assert line.startswith("::error file=Dockerfile,line=2,")
    shown = show_report(Report((target(item),)))
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "\x1b" not in markdown.report_page(report)
    json.loads(data.encode(data.report(report, 1)))


def test_github_takes_ten_of_a_kind() -> None:
    items = [finding(str(number)) for number in range(14)] + [finding("w", severity=Severity.WARNING)]
    lines = github.commands([(target(*items), no_texts)]).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 1
    assert "4 more of level error" in lines[-1]


def test_github_escapes_what_would_end_a_property() -> None:
    item = finding("100 %\nnext")
    (line,) = github.commands([(target(structs.replace(item, cause="a:b,c")), no_texts)]).splitlines()
    assert "title=a%3Ab%2Cc::100 %25%0Anext" in line


def test_markdown_cannot_be_formatted_from_outside() -> None:
    page = markdown.report_page([(target(finding("<img src=x> [a](b) ``` *c*")), no_texts)])
    assert "<img" not in page.replace("\\<img", "") and "[a](" not in page


def test_markdown_fences_are_longer_than_what_they_hold() -> None:
    item = finding("x", line="RUN echo ```` x")
    assert "`````" in markdown.report_page([(target(item), no_texts)])


def test_terminal_reads_without_colour() -> None:
    edit = Edit("Dockerfile", Span(0, 0), "# x\n")
    remedy = Remedy("Add a comment", Safety.SAFE, Patch((edit,)))
    shown = show_report(Report((target(finding("it fails", remedies=(remedy,))),)))
    assert shown == (
        "Dockerfile   context ./ (Dockerfile)   1 of 2 steps will fail\n"
        "\n"
        "error  a/b   certain\n"
        "  it fails\n"
        "  2 | RUN x\n"
        "    | ^^^^^ fails here\n"
        "  why: since it fails\n"
        "  fix: Add a comment   [safe]  dockwright check --diff, then --fix\n"
    )
    coloured = show_report(Report((target(finding("it fails")),)), colour=True)
    assert "\x1b[1;31merror\x1b[0m" in coloured


def test_terminal_cuts_long_lines_around_the_span() -> None:
    line = "RUN " + "a" * 500 + " here " + "b" * 500
    source = Source("Dockerfile", line)
    start = line.index("here")
    item = structs.replace(finding("x"), where=Place(source, Span(start, start + 4), "RUN"))
    shown = show_report(Report((target(item),))).splitlines()
    text = next(each for each in shown if "here" in each and "| " in each)
    marks = shown[shown.index(text) + 1]
    assert len(text) < 130 and text.index("here") == marks.index("^^^^")


def test_several_targets_are_summed_up() -> None:
    reports = [Report((target(finding("x")), target(name="y", verdict="builds")))]
    assert show_reports(reports).endswith("2 targets: 1 will fail, 1 builds; 1 error\n")
    assert show_reports(reports, quiet=True).count("context ./") == 1


def test_what_is_only_possible_is_told_of() -> None:
    item = structs.replace(finding("x"), certainty=Certainty.POSSIBLE)
    report = Report((target(item, verdict="unknown"),))
    assert "1 more is only possible: -v shows it" in show_report(report)
    assert "possible" in show_report(report, verbose=True)
