"""Packages of Fedora, CentOS and their kin that hold the headers which Python projects ask for (packages.fedoraproject.org, 2026-11)."""

from __future__ import annotations

HEADERS = {
    "libpq-fe.h": "postgresql-devel", "ffi.h": "libffi-devel", "openssl/": "openssl-devel", "zlib.h": "zlib-devel",
    "jpeglib.h": "libjpeg-turbo-devel", "libxml/": "libxml2-devel", "libxslt/": "libxslt-devel",
    "linux/": "kernel-headers", "mysql.h": "mariadb-devel", "sqlite3.h": "sqlite-devel", "yaml.h": "libyaml-devel",
    "png.h": "libpng-devel", "freetype/": "freetype-devel", "ft2build.h": "freetype-devel", "sql.h": "unixODBC-devel",
    "lber.h": "openldap-devel", "ldap.h": "openldap-devel", "sasl/": "cyrus-sasl-devel", "gmp.h": "gmp-devel",
    "readline/": "readline-devel", "curl/": "libcurl-devel", "krb5.h": "krb5-devel", "gssapi/": "krb5-devel",
    "bzlib.h": "bzip2-devel", "lzma.h": "xz-devel", "stdio.h": "glibc-devel", "stdlib.h": "glibc-devel",
    "limits.h": "glibc-devel", "string.h": "glibc-devel", "Python.h": "python3-devel", "cairo.h": "cairo-devel",
    "magic.h": "file-devel", "geos_c.h": "geos-devel", "zmq.h": "zeromq-devel", "snappy-c.h": "snappy-devel",
}  # fmt: skip


def header(name: str) -> str:
    """The package of a header as an #include names it; empty when it is not known."""
    found = HEADERS.get(name) if name else ""
    return found or next(
        (package for start, package in HEADERS.items() if start.endswith("/") and name.startswith(start)), ""
    )
