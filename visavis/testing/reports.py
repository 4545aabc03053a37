"""What came of conversations: as a table for people, as JUnit XML for build servers, as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from visavis.testing.player import Outcome, StepResult

MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped", "not reached": "-"}


def holds(outcomes: Sequence[Outcome], strict: bool) -> bool:
    """Whether everything passed; `strict` takes a missed target for a failure."""
    return all(one.passed and not (strict and any(step.late for step in one.steps)) for one in outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """A block for each conversation, a line for each thing that was expected, and a sum."""
    lines: list[str] = []
    for outcome in outcomes:
        lines += [f"{'ok' if outcome.passed else 'FAILED':<8}{outcome.name} ({outcome.length_ms / 1000:.1f} s)"]
        if outcome.trouble:
            lines.append(f"        could not be performed: {outcome.trouble}")
        lines += [_line(step) for step in outcome.steps]
        lines.append("")
    passed, late = sum(one.passed for one in outcomes), sum(step.late for one in outcomes for step in one.steps)
    lines.append(
        f"{passed} of {len(outcomes)} conversations went as expected; {late} steps took longer than their target."
    )
    return "\n".join(lines)


def _line(step: StepResult) -> str:
    took = "" if step.took_ms is None else f"{step.took_ms:.0f} ms"
    target = "" if step.target_ms is None else f" (target {step.target_ms:.0f} ms{', missed' if step.late else ''})"
    reason = f"  {step.reason}" if step.reason else ""
    return f"        {MARKS[step.status]:<8}{step.step:<28}{took}{target}{reason}".rstrip()


def junit(outcomes: Sequence[Outcome]) -> str:
    """One suite for each conversation, one case for each thing that was expected."""
    root = ElementTree.Element("testsuites", name="visavis eval")
    for outcome in outcomes:
        steps = outcome.steps or [StepResult("start")]
        counts = {
            "tests": str(len(steps)),
            "failures": str(sum(step.status == "failed" for step in steps)),
            "errors": str(int(bool(outcome.trouble))),
            "skipped": str(sum(step.status in ("skipped", "not reached") for step in steps)),
            "time": f"{outcome.length_ms / 1000:.3f}",
        }
        suite = ElementTree.SubElement(root, "testsuite", {"name": _clean(outcome.name), **counts})
        for index, step in enumerate(steps):
            _case(suite, outcome, index, step)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, outcome: Outcome, index: int, step: StepResult) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(outcome.name), name=_clean(f"{index + 1} {step.step}")
    )
    if step.took_ms is not None:
        case.set("time", f"{max(0.0, step.took_ms) / 1000:.3f}")
    if outcome.trouble and index == 0:
        ElementTree.SubElement(case, "error", message=_clean(outcome.trouble))
    elif step.status == "failed":
        ElementTree.SubElement(case, "failure", message=_clean(step.reason))
    elif step.status in ("skipped", "not reached"):
        ElementTree.SubElement(case, "skipped", message=_clean(step.reason or step.status))


def _clean(text: str) -> str:
    """XML has no room for most control characters."""
    return "".join(char if char.isprintable() else " " for char in text)


def as_json(outcomes: Sequence[Outcome]) -> str:
    return json.dumps({"conversations": [_plain(outcome) for outcome in outcomes]}, indent=2, ensure_ascii=False) + "\n"


def _plain(outcome: Outcome) -> dict[str, Any]:
    steps = [{**asdict(step), "late": step.late} for step in outcome.steps]
    return {**asdict(outcome), "passed": outcome.passed, "steps": steps}
