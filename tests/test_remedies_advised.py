"""Small edits where causes once had words alone: what is read from a log, and what is left alone."""

from __future__ import annotations

import pytest
from test_remedies_install import mended, remedies


def test_what_windows_alone_has_is_left_to_windows() -> None:
    dockerfile = "FROM python:3.12-slim\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n"
    output = (
        "ERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions: none)\n"
        "ERROR: No matching distribution found for pywin32==306\n"
    )
    asked = "idna==3.6\npywin32==306  # of pip freeze\n"
    changed = mended(dockerfile, output, requirements__txt=asked)
    assert changed == {"requirements.txt": 'idna==3.6\npywin32==306; sys_platform == "win32"  # of pip freeze\n'}


def test_a_system_package_of_a_perl_module() -> None:
    dockerfile = "FROM debian:bookworm-slim\nRUN perl report.pl\n"
    output = "Can't locate JSON/XS.pm in @INC (you may need to install the JSON::XS module)\n"
    assert "libjson-xs-perl" in mended(dockerfile, output)["Dockerfile"]
    unknown = "Can't locate No/Such/Thing.pm in @INC (you may need to install the No::Such::Thing module)\n"
    assert not any(remedy.patch for remedy in remedies(dockerfile, unknown))


MD4 = "Error: error:0308010C:digital envelope routines::unsupported\n"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("RUN npm run build", "RUN NODE_OPTIONS=--openssl-legacy-provider npm run build"),
        ("RUN cd web && npm run build", "RUN export NODE_OPTIONS=--openssl-legacy-provider && cd web && npm run build"),
    ],
)
def test_the_legacy_provider_is_for_the_step_alone(step: str, expected: str) -> None:
    assert mended(f"FROM node:20\n{step}\n", MD4) == {"Dockerfile": f"FROM node:20\n{expected}\n"}


def test_hashes_are_written_in_where_they_are_missing_and_never_replaced() -> None:
    dockerfile = "FROM python:3.12-slim\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n"
    wanted = f"idna==3.6 --hash=sha256:{'0' * 64}"
    missing = f"ERROR: Hashes are required in --require-hashes mode, but they are missing from some\n    {wanted}\n"
    assert mended(dockerfile, missing, requirements__txt="idna==3.6\n") == {"requirements.txt": f"{wanted}\n"}
    other = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
    assert not any(remedy.patch for remedy in remedies(dockerfile, other, requirements__txt=f"{wanted}\n"))


def test_a_setuptools_that_no_new_python_runs_comes_with_an_older_one() -> None:
    dockerfile = "FROM python:3.12-slim\nRUN pip install demjson==2.2.4\n"
    output = "error in demjson setup command: use_2to3 is invalid.\n"
    changed = mended(dockerfile, output)["Dockerfile"]
    assert changed.startswith("FROM python:3.11-slim\n") and "setuptools<58" in changed


CURL = "curl: (60) SSL certificate problem: self-signed certificate in certificate chain\n"
AUTHORITY = "-----BEGIN CERTIFICATE-----\n"


def test_the_authority_in_the_project_is_trusted_and_verification_stays_on() -> None:
    dockerfile = "FROM python:3.12-trixie\nRUN curl -fsSLO https://intern.example/model.bin\n"
    changed = mended(dockerfile, CURL, company__crt=AUTHORITY)["Dockerfile"]
    assert "COPY company.crt /usr/local/share/ca-certificates/company.crt\nRUN update-ca-certificates\n" in changed
    expired = "curl: (60) SSL certificate problem: certificate has expired\n"
    assert not any(remedy.patch for remedy in remedies(dockerfile, expired, company__crt=AUTHORITY))
    assert not any(remedy.patch for remedy in remedies(dockerfile, CURL, one__crt=AUTHORITY, two__crt=AUTHORITY))
    key = AUTHORITY + "-----BEGIN PRIVATE KEY-----\n"
    assert not any(remedy.patch for remedy in remedies(dockerfile, CURL, company__pem=key))


def test_node_is_told_of_the_authority() -> None:
    output = "npm error code SELF_SIGNED_CERT_IN_CHAIN\n"
    changed = mended("FROM node:20-slim\nRUN npm ci\n", output, company__crt=AUTHORITY)["Dockerfile"]
    assert "ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/company.crt\nRUN npm ci\n" in changed


def test_the_cuda_image_that_has_the_compiler() -> None:
    dockerfile = "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN make\n"
    changed = mended(dockerfile, "/bin/sh: 1: nvcc: not found\n")
    assert changed == {"Dockerfile": "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN make\n"}


@pytest.mark.parametrize(
    ("image", "wanted", "expected"),
    [
        ("node:16-slim", ">=18", "node:18-slim"),
        ("node:16.20.2", "^18.18.0 || >=20", "node:18"),
        ("node:20", ">=14 <17", "node:16"),
        ("node:20", "16.x", "node:16"),
    ],
)
def test_the_node_that_is_asked_for(image: str, wanted: str, expected: str) -> None:
    output = f'npm error notsup Required: {{"node":"{wanted}"}}\n'
    assert mended(f"FROM {image}\nRUN npm install\n", f"npm error code EBADENGINE\n{output}") == {
        "Dockerfile": f"FROM {expected}\nRUN npm install\n"
    }


def test_no_node_is_taken_for_a_range_that_none_fits() -> None:
    output = 'npm error code EBADENGINE\nnpm error notsup Required: {"node":">=99"}\n'
    assert not any(remedy.patch for remedy in remedies("FROM node:20\nRUN npm install\n", output))
