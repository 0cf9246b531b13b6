"""Alpine's packages for commands, headers and libraries that Python projects ask for (pkgs.alpinelinux.org, contents search; 2026-11)."""

from __future__ import annotations

COMMANDS = {
    "gcc": "gcc", "cc": "gcc", "g++": "g++", "c++": "g++", "make": "make", "cmake": "cmake", "git": "git",
    "bash": "bash", "curl": "curl", "cargo": "cargo",
    "rustc": "rust", "python3": "python3", "pip3": "py3-pip", "pip": "py3-pip", "node": "nodejs", "npm": "npm",
    "useradd": "shadow", "groupadd": "shadow",
    "usermod": "shadow", "sudo": "sudo", "openssl": "openssl", "perl": "perl", "jq": "jq",
    "psql": "postgresql-client", "mysql": "mysql-client",
    "ssh": "openssh-client", "ssh-keyscan": "openssh-client", "rsync": "rsync", "pg_config": "libpq-dev",
    "mysql_config": "mariadb-connector-c-dev",
    "pkg-config": "pkgconf", "ninja": "ninja", "gfortran": "gfortran", "tini": "tini", "su-exec": "su-exec",
    "zip": "zip", "ffmpeg": "ffmpeg",
    "autoconf": "autoconf", "automake": "automake", "xml2-config": "libxml2-dev", "xslt-config": "libxslt-dev",
    "envsubst": "gettext", "svn": "subversion",
    "supervisord": "supervisor", "redis-cli": "redis", "swig": "swig", "patchelf": "patchelf", "go": "go",
    "java": "openjdk17-jre", "nginx": "nginx",
}  # fmt: skip
HEADERS = {
    "Python.h": "python3-dev", "libpq-fe.h": "libpq-dev", "ffi.h": "libffi-dev", "openssl/": "openssl-dev",
    "zlib.h": "zlib-dev", "jpeglib.h": "jpeg-dev",
    "libxml/": "libxml2-dev", "libxslt/": "libxslt-dev", "linux/": "linux-headers",
    "mysql.h": "mariadb-connector-c-dev", "sqlite3.h": "sqlite-dev",
    "yaml.h": "yaml-dev", "png.h": "libpng-dev", "freetype/": "freetype-dev", "ft2build.h": "freetype-dev",
    "limits.h": "musl-dev", "stdio.h": "musl-dev",
    "stdlib.h": "musl-dev", "string.h": "musl-dev", "sys/": "musl-dev", "sql.h": "unixodbc-dev",
    "lber.h": "openldap-dev", "sasl/": "cyrus-sasl-dev",
    "gmp.h": "gmp-dev", "readline/": "readline-dev", "curl/": "curl-dev", "webp/": "libwebp-dev",
    "cairo.h": "cairo-dev", "glib.h": "glib-dev",
    "krb5.h": "krb5-dev", "gssapi": "krb5-dev", "event.h": "libevent-dev", "expat.h": "expat-dev",
    "bzlib.h": "bzip2-dev", "lzma.h": "xz-dev",
    "ev.h": "libev-dev", "zmq.h": "zeromq-dev", "geos_c.h": "geos-dev", "gdal.h": "gdal-dev", "proj.h": "proj-dev",
    "hdf5.h": "hdf5-dev", "cblas.h": "openblas-dev",
    "magic.h": "file-dev", "snappy": "snappy-dev", "alsa/": "alsa-lib-dev", "portaudio.h": "portaudio-dev",
    "execinfo.h": "libexecinfo-dev", "pcre.h": "pcre-dev",
}  # fmt: skip
LIBRARIES = {
    "libstdc++.so.6": "libstdc++", "libgcc_s.so.1": "libgcc", "libpq.so.5": "libpq", "libGL.so.1": "mesa-gl", "libglib-2.0.so.0": "glib",
    "libgomp.so.1": "libgomp", "libffi.so.8": "libffi", "libxml2.so.2": "libxml2", "libxslt.so.1": "libxslt",
    "libjpeg.so.8": "libjpeg-turbo",
    "libmariadb.so.3": "mariadb-connector-c", "libmagic.so.1": "libmagic", "libgfortran.so.5": "libgfortran",
    "libopenblas.so.3": "openblas",
    "libsqlite3.so.0": "sqlite-libs", "libz.so.1": "zlib", "libcurl.so.4": "libcurl", "libSM.so.6": "libsm", "libXext.so.6": "libxext",
}  # fmt: skip


def header(name: str) -> str:
    """The package of a header as an #include names it."""
    return HEADERS.get(name) or next(
        (package for start, package in HEADERS.items() if start.endswith("/") and name.startswith(start)), ""
    )


# Commands that only few packages bring: words in the names of those that are or need the package. "any": not followed.
_ONLY = {
    "npm": ("npm", "node-gyp"), "pip3": ("pip", "virtualenv", "pipx"), "git": ("git", "sdk", "abuild", "tig", "hub", "composer", "stagit"),
    "make": ("make", "build-base", "sdk", "abuild", "dkms"), "sudo": ("sudo",), "curl": ("curl", "sdk", "composer"), "unzip": (),
}  # fmt: skip


def brought(command: str, package: str, release: tuple[int, ...]) -> bool:
    """May a package bring the command, itself or by what it needs? Yes for commands that this table does not follow."""
    words = _ONLY.get(command)
    if words is None or not release or package.startswith("what apk leaves"):
        return True
    if (command == "npm" and release < (3, 6)) or (command == "pip3" and release < (3, 12)):
        return package.startswith(("nodejs", "python3")) or any(word in package for word in words)
    return any(word in package for word in words)
