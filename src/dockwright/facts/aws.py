"""The base images of AWS Lambda: Amazon Linux 2, and for newer runtimes Amazon Linux 2023, whose package manager is microdnf.

AWS Lambda, "Deploy Python Lambda functions with container images": from Python 3.12 and Node.js 20 on the images have dnf (a link to
microdnf) and no yum.
"""

from __future__ import annotations

import re
from datetime import date

from dockwright.facts.base import BaseImage, Distribution, PythonFacts
from dockwright.facts.reference import Reference
from dockwright.facts.release import OsRelease, release

PATH = "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin"
NEWER = {"python": (3, 12), "nodejs": (20,)}  # on Amazon Linux 2023
ABSENT = frozenset("git gcc g++ make cmake wget sudo apt apt-get apk".split())
NAMES = tuple(f"{start}{name}" for start in ("public.ecr.aws/lambda/", "amazon/aws-lambda-") for name in NEWER)


def runtime(text: str, reference: Reference, day: date) -> BaseImage | None:
    name = re.split(r"[/-]", reference.name)[-1]
    match = re.match(r"(\d+)(?:\.(\d+))?", reference.tag)
    if match is None:
        return None
    version = tuple(int(part) for part in match.groups() if part is not None)
    newer = version >= NEWER[name]
    commands = ("python", "python3", "pip", "pip3") if name == "python" else ("node", "npm", "npx")
    pythons = (_python(f"{version[0]}.{version[1]}"),) if name == "python" and len(version) == 2 else ()
    return BaseImage(
        text,
        reference.name,
        release("amzn", "2023" if newer else "2") or OsRelease("amzn", libc="glibc"),
        {"PATH": PATH, "LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime", "LANG": "en_US.UTF-8"},
        workdir="/var/task",
        entrypoint=("/lambda-entrypoint.sh",),
        extra_commands={command: f"/var/lang/bin/{command}" for command in commands},
        absent_commands=ABSENT | ({"yum", "amazon-linux-extras"} if newer else set()),
        env_known=False,
        pythons=pythons,
    )


def _python(version: str) -> PythonFacts:
    """Lambda's own, built into /var/lang; boto3 and what it needs lie beside it."""
    names = ("python", "python3", f"python{version}")
    commands = tuple(f"/var/lang/bin/{name}" for name in names)
    site = f"/var/lang/lib/python{version}/site-packages"
    pip = {"pip": Distribution(None, "pip")}
    return PythonFacts(version, None, commands, "/var/lang", site, "source", False, pip, complete=False)
