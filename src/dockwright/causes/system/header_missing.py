"""A C header, or the tool that tells where it is, is not in the image.

A package is compiled, the compiler is there, and stops at the first header that the image does not carry: development
packages (`-dev`, `-devel`) are separate from the libraries, and slim images leave them out. pg_config and mysql_config
belong to the same packages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.remedy_packages import Around


class Facts(Struct, frozen=True):
    header: str = ""
    asked_by: str = ""


TITLE = "{header} is needed to compile[ {asked_by}] and is not in the image"
WHY = "Headers come with development packages, which this image leaves out."
EXPLAINS = (
    "deps/build-failed",
    "deps/platform-wheel-missing",
    "system/command-missing",
    "build/compile-error",
    "build/configure-failed",
    "build/dependency-missing",
    "node/build-failed",
    "dockerfile/path-exists",
)

SIGNATURES = (
    # netifaces.c:1:10: fatal error: Python.h: No such file or directory
    sign("fatal error: ", r"^(?!.*_yaml\.h:).*fatal error: (?P<header>[\w./+-]+\.h(?:pp|h)?): No such file or directory", sure=0.93),
    # fatal error: 'ffi.h' file not found        (clang)
    sign("' file not found", r"fatal error: '(?P<header>(?!numpy/)[\w./+-]+\.h(?:pp)?)' file not found", sure=0.93),
    # Error: pg_config executable not found.
    sign("pg_config executable not found", sure=0.97, header="libpq-fe.h", asked_by="psycopg2"),
    # EnvironmentError: mysql_config not found
    sign("mysql_config not found", sure=0.97, header="mysql.h", asked_by="mysqlclient"),
    # Exception: Can not find valid pkg-config name.  Specify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually
    sign("Specify MYSQLCLIENT_CFLAGS", sure=0.97, header="mysql.h", asked_by="mysqlclient"),
    # Error: Please make sure the libxml2 and libxslt development packages are installed.
    sign("libxml2 and libxslt development packages", sure=0.97, header="libxml/xmlversion.h", asked_by="lxml"),
    # RequiredDependencyException: jpeg … The headers or library files could not be found for jpeg,
    sign("The headers or library files could not be found for ", r"could not be found for (?P<header>\w+)", sure=0.97, asked_by="pillow"),
    # error: xmlsec1 is not installed or not in path.
    sign("xmlsec1 is not installed", sure=0.95, header="xmlsec/xmlsec.h", asked_by="xmlsec"),
    # Package libffi was not found in the pkg-config search path.
    sign("was not found in the pkg-config search path", r"Package (?P<header>\S+) was not found in the pkg-config", sure=0.7),
    # No package 'cairo' found
    sign("No package '", r"No package '(?P<header>[^']+)' found", sure=0.7),
    # configure: error: Package requirements (libzip >= 0.11) were not met:
    sign("error: Package requirements (", r"Package requirements \((?P<header>[\w.+-]+)", sure=0.85),
    # Dependency lookup for cairo with method 'pkgconfig' failed / ERROR: Dependency "cairo" not found, tried pkgconfig
    sign("not found, tried pkgconfig", r'Dependency "(?P<header>[^"]+)" not found, tried pkgconfig', sure=0.9),
    # /usr/bin/ld: cannot find -lz
    sign("cannot find -l", r"ld: cannot find -l(?P<header>[\w+.-]+)", sure=0.8),
    # Could not find openssl via pkg-config / Could not find directory of OpenSSL installation
    sign("Could not find directory of OpenSSL installation", sure=0.95, header="openssl/ssl.h"),
    # Could not run curl-config: [Errno 2] No such file or directory: 'curl-config'
    sign("Could not run curl-config", sure=0.97, header="curl/curl.h", asked_by="pycurl"),
    # /bin/sh: 1: krb5-config: not found
    sign("krb5-config: not found", sure=0.95, header="krb5.h"),
    # src/h5py: Unable to load dependency HDF5, make sure HDF5 is installed properly
    sign("make sure HDF5 is installed properly", sure=0.95, header="hdf5.h", asked_by="h5py"),
    # A GDAL API version must be specified. … / gdal-config: not found
    sign("A GDAL API version must be specified", sure=0.95, header="gdal.h"),
    #   Could NOT find OpenSSL, try to set the path to OpenSSL root folder (missing: OPENSSL_LIBRARIES)
    sign("Could NOT find ", r"^\s+Could NOT find (?P<header>[\w.+-]+)", sure=0.85, also="Configuring incomplete", asked_by="CMake"),
    #   By not providing "FindX.cmake" … Could not find a package configuration file provided by "OpenCV" with any of the following names:
    sign("a package configuration file provided by", r'provided by "(?P<header>[^"]+)"', sure=0.85, also="Configuring incomplete", asked_by="CMake"),
    #   Unable to find the requested Boost libraries.
    sign("Unable to find the requested Boost libraries", sure=0.93, header="boost", asked_by="CMake"),
    #   A required package was not found  (pkg_check_modules)
    sign("A required package was not found", sure=0.8, header="a library", also="Configuring incomplete", asked_by="CMake"),
    #   -- No package 'libuv' found
    sign("  None of the required '", r"None of the required '(?P<header>[^']+)' found", sure=0.9, asked_by="CMake"),
    # configure: error: not found  (after: checking for the location of libuuid...)
    sign("configure: error: not found", sure=0.85, header="a library", also="checking for the location of "),
    # ERROR: Could not find function xmlCheckVersion in library libxml2. Is libxml2 installed?
    sign("Could not find function xmlCheckVersion in library libxml2", sure=0.96, header="libxml/xmlversion.h", asked_by="lxml"),
    #    * The following required packages can not be built:
    sign("* The following required packages can not be built", sure=0.85, header="a library", asked_by="matplotlib"),
    #    * freetype, png
    sign("    * ", r"^\s+\* (?P<header>freetype|png)\b", sure=0.9, also="required packages can not be built", asked_by="matplotlib"),
    # configure: error: Package requirements (libzip >= 0.11) were not met
    sign("configure: error: ", r"configure: error: (?P<header>[\w.+/-]+?)(?:\.h)? (?:headers?|librar\w+|development \w+)?,? ?(?:was |is |were )?(?:not found|missing|required)", sure=0.8),
    # configure: error: Please reinstall the libcurl distribution
    sign("configure: error: Please reinstall the ", r"Please reinstall the (?P<header>\S+)", sure=0.88),
    # configure: error: Cannot find OpenSSL's <evp.h>
    sign("configure: error: ", r"configure: error: [Cc](?:annot|ould not) find (?P<header>[\w.'<>/+-]+)", sure=0.82),
    # configure: error: You need the X library / configure: error: zip support requires ZLIB.
    sign("configure: error: ", r"configure: error: .* requires (?P<header>[A-Z]{3,}\w*)\b", sure=0.82),
    # checking for lzma.h... *** No curses/termcap library found
    sign("library found", r"[Nn]o (?P<header>[\w/]+) library found", sure=0.75),
    # You have to install libmagic-dev / Please install libX11-dev / you need to install postgresql-server-dev-X.Y
    sign("-dev", r"(?i)^(?!\s*\d+ \|).*?(?:install|requires?|need) (?:the )?[`'\"]?(?P<header>lib[\w.+-]+-dev|postgresql-server-dev-[\w.]+|python3?-dev|zlib1g-dev)", sure=0.6),
    # no recorded log yet: yaml.h not found   (extconf.rb of Ruby gems)
    sign(".h not found", r"^(?P<header>[\w/.-]+\.h) not found$", sure=0.9, also="extconf.rb"),
    # no recorded log yet: Unable to find PostgreSQL client library.
    sign("Unable to find PostgreSQL client library", sure=0.95, header="libpq-fe.h", asked_by="pg"),
    # FileNotFoundError: [Errno 2] No such file or directory: 'gdal-config'   (a setup.py that asks a library's own program for its flags)
    sign("-config'", r"No such file or directory: '(?P<header>[\w.+]+-config)'", sure=0.93),
    sign("_config'", r"No such file or directory: '(?P<header>(?:pg|mysql|mariadb)_config)'", sure=0.93),
    # Checking for header Python.h                    : Distutils not installed? Broken python installation? Get python-config now!  (waf)
    sign("Checking for header ", r"Checking for header (?P<header>\S+)\s+: (?:not found|Distutils not)", sure=0.85, also="The configuration failed", asked_by="waf"),
)  # fmt: skip
CONFIGS = {
    "pg_config": "libpq-fe.h", "mysql_config": "mysql.h", "xml2-config": "libxml/xmlversion.h", "xslt-config": "libxslt/xslt.h",
    "curl-config": "curl/curl.h", "krb5-config": "krb5.h", "gdal-config": "gdal.h", "mariadb_config": "mysql.h",
}  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Header):
        yield found(unmet, Facts(need.name, need.asked_by))
    for unmet, each in step.unmet(needs.Command):
        if each.asked_by and each.name in CONFIGS:
            yield found(unmet, Facts(CONFIGS[each.name], each.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around, install
    from dockwright.remedy_python import older_python, releases_of

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    older = older_python(where, releases_of(finding.evidence)) if where is not None else None
    if older is not None:
        yield remedy.risky(f"Build on Python {older[0]}, for which there are wheels", *older[1])
    spot = around(where) if where is not None else None
    package = _package(facts.header, spot)
    if package in ("python3-dev", "python3-devel"):
        package = _for_python(package, spot, project)
    if where is not None and package:
        edit = install(where, package, spot)
        if edit is not None:
            yield remedy.safe(f"Install {package}", edit)
    yield remedy.advice(
        f"Install the development package that holds {facts.header or 'the header'}, or take a version with a wheel."
    )


# Where Debian's own contents list would lead to a package with a version in its name, or to one of several.
APT = {
    "Python.h": "python3-dev", "mysql.h": "default-libmysqlclient-dev", "jpeg": "libjpeg-dev", "zlib": "zlib1g-dev", "z": "zlib1g-dev",
    "ffi.h": "libffi-dev", "libxml/xmlversion.h": "libxml2-dev", "libxslt/xslt.h": "libxslt1-dev", "curl/curl.h": "libcurl4-openssl-dev",
    "gdal.h": "libgdal-dev", "hdf5.h": "libhdf5-dev", "krb5.h": "libkrb5-dev", "stdio.h": "libc6-dev", "stdlib.h": "libc6-dev", "limits.h": "libc6-dev",
    "ssl": "libssl-dev", "crypto": "libssl-dev", "pq": "libpq-dev", "libffi": "libffi-dev", "openssl/ssl.h": "libssl-dev", "string.h": "libc6-dev",
    "openssl/opensslv.h": "libssl-dev", "xmlsec/xmlsec.h": "libxmlsec1-dev", "libpq-fe.h": "libpq-dev", "jpeglib.h": "libjpeg-dev",
    "zlib.h": "zlib1g-dev", "png.h": "libpng-dev", "png": "libpng-dev", "freetype": "libfreetype6-dev", "ft2build.h": "libfreetype6-dev",
    "lber.h": "libldap2-dev", "ldap.h": "libldap2-dev", "sasl/sasl.h": "libsasl2-dev", "sql.h": "unixodbc-dev", "sqlite3.h": "libsqlite3-dev",
    "yaml.h": "libyaml-dev", "snappy-c.h": "libsnappy-dev", "geos_c.h": "libgeos-dev", "portaudio.h": "portaudio19-dev",
    "bluetooth/bluetooth.h": "libbluetooth-dev", "gmp.h": "libgmp-dev", "mpfr.h": "libmpfr-dev", "pcap.h": "libpcap-dev", "magic.h": "libmagic-dev",
    "libmemcached/memcached.h": "libmemcached-dev", "sybfront.h": "freetds-dev", "uuid/uuid.h": "uuid-dev", "cups/cups.h": "libcups2-dev",
    "gssapi/gssapi.h": "libkrb5-dev", "dbus/dbus.h": "libdbus-1-dev", "cairo.h": "libcairo2-dev", "cairo": "libcairo2-dev", "zmq.h": "libzmq3-dev",
}  # fmt: skip
SHORT = {
    "freetype": "freetype/ft2build.h",
    "png": "png.h",
    "jpeg": "jpeglib.h",
    "zlib": "zlib.h",
    "z": "zlib.h",
    "ssl": "openssl/ssl.h",
}


def _for_python(package: str, spot: Around | None, project: Project) -> str:
    """Python.h of the Python that compiles: Debian and Ubuntu had python-dev for 2.7 until 2020."""
    from dockwright.remedy_install import python_of
    from dockwright.remedy_pip import calls
    from dockwright.remedy_seen import seen

    found, known = calls(spot), seen(project)
    python = python_of(spot, found[-1].installer, known) if found else known.python
    return package.replace("python3", "python") if python == "2.7" else package


def _package(header: str, spot: Around | None) -> str | None:
    if spot is None or spot.base is None or not header:
        return None
    if spot.manager == "apk":
        from dockwright.facts.apk import header as of_header

        return of_header(header) or of_header(SHORT.get(header, "")) or None
    if spot.manager in ("dnf", "yum"):
        from dockwright.facts.rpm import header as of_rpm

        return of_rpm(header) or of_rpm(SHORT.get(header, "")) or None
    facts = spot.base.package_facts
    if spot.manager != "apt" or facts is None:
        return None
    if header in APT or not facts.bit:
        return APT.get(header)
    return (
        facts.package_with_header(header)
        if header.endswith((".h", ".hpp", ".hh"))
        else facts.package_with_pkgconfig(header)
    )


CASES = (
    r"""
a setup.py asks a library's own program
-- from --
sw-1356 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 9/9 : RUN bash -c "source activate ocgis && python setup.py install"
>>FileNotFoundError: [Errno 2] No such file or directory: 'gdal-config'
  File "/tmp/easy_install-53yelh26/GDAL-3.1.0/setup.py", line 320, in finalize_options
  File "/tmp/easy_install-53yelh26/GDAL-3.1.0/setup.py", line 263, in get_gdal_config
The command '/bin/sh -c bash -c "source activate ocgis && python setup.py install"' returned a non-zero code: 1
""",
    r"""
psycopg2 asks pg_config where libpq's headers are
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
# found: asked_by=psycopg2
RUN pip install --no-cache-dir --no-binary psycopg2 psycopg2==2.9.10
-- build.log --
#6 [3/3] RUN pip install --no-cache-dir --no-binary psycopg2 psycopg2==2.9.10
#6 12.65 Collecting psycopg2==2.9.10
#6 13.23   Downloading psycopg2-2.9.10.tar.gz (385 kB)
#6 27.10
>>#6 27.10       Error: pg_config executable not found.
#6 27.10
#6 28.18 ╰─> See above for output.
#6 28.18
#6 28.18 note: This error originates from a subprocess, and is likely not a problem with pip.
#6 ERROR: process "/bin/sh -c pip install --no-cache-dir --no-binary psycopg2 psycopg2==2.9.10" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir --no-binary psycopg2 psycopg2==2.9.10
""",
    r"""
with the development package there is nothing to find
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir --no-binary psycopg2 psycopg2==2.9.10
""",
)
