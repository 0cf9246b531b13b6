"""Parts of a compose file that can't stand together; each verdict is that of `docker compose config` 2.40 (2026-11-22)."""

from __future__ import annotations

import pytest

import dockwright
from dockwright.project import Project


def refused(text: str) -> bool:
    report = dockwright.check(Project.of({"compose.yaml": text}))
    return any(each.cause == "compose/invalid" for target in report.targets for each in target.findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("services:\n  a: {image: x, container_name: cc}\n  b: {image: x, container_name: cc}\n", True),
        ("services:\n  a: {image: x, container_name: cc}\n  b: {image: x, container_name: cc, profiles: [p]}\n", False),
        ("services:\n  a: {image: x}\nvolumes:\n  n: {external: {name: y}, labels: {a: b}}\n", True),
        ("services:\n  a: {image: x}\nvolumes:\n  n: {external: true, driver_opts: {a: b}}\n", True),
        ("services:\n  a: {image: x}\nvolumes:\n  n: {external: {name: y}, name: y}\n", False),
        ("services:\n  a: {image: x}\nvolumes:\n  n: {external: {name: y}, name: z}\n", True),
        ("services:\n  a: {image: x}\nnetworks:\n  n: {external: true, labels: {a: b}}\n", False),
        ("services:\n  a: {image: x, volumes: [{type: bind, target: /a}]}\n", True),
        ("services:\n  a: {image: x, volumes: [{type: bind, source: ., target: /a}]}\n", False),
        ('services:\n  a: {image: x, gpus: [{count: 1, device_ids: ["0"], driver: nvidia}]}\n', True),
        ("services:\n  a: {image: x, platform: linux/arm64, build: {context: ., platforms: [linux/amd64]}}\n", True),
        ("services:\n  a: {image: x, platform: linux/arm64, build: {context: ., platforms: [linux/arm64]}}\n", False),
    ],
)
def test_as_compose_says(text: str, expected: bool) -> None:
    assert refused(text) == expected
