"""Trust in an authority of one's own: its certificate, which lies in the project, goes into the image; verification stays on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import YES, Place, Remedy
from dockwright.inputs.targets import Target, in_tree
from dockwright.patterns import pattern
from dockwright.project import Project
from dockwright.remedy import line_before, risky
from dockwright.remedy_packages import Around, around, install_line

# self-signed certificate in certificate chain · unable to get local issuer certificate · invalid peer certificate: UnknownIssuer
UNKNOWN_AUTHORITY = pattern(
    r"self[- ]signed|local issuer certificate|unknown authority|UnknownIssuer|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)"
    r"|signer not trusted|is not trusted|PKIX path building failed"
)
NODE = pattern(r"(?<![\w-])(?:npm|npx|yarn|pnpm|node|corepack)(?![\w-])")
PYTHON = pattern(r"(?<![\w-])(?:pip[\d.]*|uv|poetry|pipenv|pdm|python[\d.]*)(?![\w-])")
STORE = "/usr/local/share/ca-certificates"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # of Debian, Ubuntu and Alpine, made by update-ca-certificates


def trusted(where: Place | None, project: Project, target: Target | None) -> Iterator[Remedy]:
    """Where the context holds one certificate that can be meant, and the step runs as root."""
    spot = around(where) if where is not None else None
    if where is None or spot is None or UNKNOWN_AUTHORITY.search(project.output[-400_000:]) is None:
        return
    paths = _certificates(project, target)
    before = [each for each in spot.stage.instructions if each.span.start < spot.instruction.span.start]
    if len(paths) != 1 or spot.manager not in ("apt", "apk") or any(each.keyword == "USER" for each in before):
        return
    if any(paths[0] in each.text for each in before):
        return
    lines = _lines(paths[0], spot, where)
    if lines:
        yield risky(
            f"Trust the authority of {paths[0]}",
            line_before(where.source, spot.instruction.span.start, "\n".join(lines)),
        )


def _certificates(project: Project, target: Target | None) -> list[str]:
    """Certificates of the context, as paths in it; no file that holds a key."""
    if target is None or target.remote:
        return []
    context, found = in_tree(target.context), []
    for path, kind in project.tree.walk(context, 5_000):
        if kind != "file" or not path.endswith((".crt", ".pem", ".cer")) or "node_modules/" in path:
            continue
        text = project.tree.read(path)
        if isinstance(text, str) and "BEGIN CERTIFICATE" in text and "PRIVATE KEY" not in text:
            found.append(posixpath.relpath(path, context or "."))
    return found


def _lines(path: str, spot: Around, where: Place) -> list[str]:
    name = posixpath.splitext(posixpath.basename(path))[0] + ".crt"
    step, base, lines = where.source[spot.instruction.span], spot.base, [f"COPY {path} {STORE}/{name}"]
    if NODE.search(step) is not None:
        return [*lines, f"ENV NODE_EXTRA_CA_CERTS={STORE}/{name}"]
    known = base is not None and base.has_command("update-ca-certificates") is YES
    if not known and spot.manager == "apk":
        return []  # apk itself may be what is not trusted
    lines.append("RUN update-ca-certificates" if known else install_line("apt", "ca-certificates"))
    if PYTHON.search(step) is not None:
        lines.append(f"ENV PIP_CERT={BUNDLE} REQUESTS_CA_BUNDLE={BUNDLE} SSL_CERT_FILE={BUNDLE}")
    return lines
