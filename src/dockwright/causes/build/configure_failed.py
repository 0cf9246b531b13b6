"""A configure script, CMake or Meson looks over the image and stops: something that it asks for is not as it wants.

The line after `error:` says what. A library that a system package would bring is `system/header-missing`, a compiler that
is not there `system/compiler-missing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    message: str = ""
    where: str = ""


TITLE = "The configuration stops[ at {where}][: {message}]"
WHY = "The check of the build environment fails before anything is compiled."
EXPLAINS = (
    "build/file-missing",
    "dockerfile/path-exists",
)

SIGNATURES = (
    # configure: error: Ooops ! no opencv detected in the system
    sign('configure: error: ', r"configure: error: (?P<message>.+)", sure=0.85),
    # ./configure: error: the HTTP gzip module requires the zlib library.
    sign('/configure: error: ', r"configure: error: (?P<message>.+)", sure=0.88),
    # CMake Error at CMakeLists.txt:129 (pkg_check_modules):
    sign('CMake Error at ', r"CMake Error at (?P<where>\S+)", sure=0.8, also='Configuring incomplete, errors occurred'),
    # CMake Error: The following variables are used in this project, but they are set to NOTFOUND.
    sign('CMake Error at ', r"CMake Error at (?P<where>\S+)", sure=0.75, also='CMake Generate step failed'),
    sign('CMake Error: ', r"CMake Error: (?P<message>.+)", sure=0.8),
    # modules/policy/meson.build:24:2: ERROR:  Problem encountered: …
    sign('meson.build:', r"(?P<where>\S*meson\.build:\d+)\S*: ERROR:\s+(?P<message>.+)", sure=0.9),
    # ERROR: `/tmp/pear/temp/uuid/configure --with-php-config=/usr/local/bin/php-config --with-uuid' failed
    sign("configure --with-php-config=", r"ERROR: `(?P<where>\S+/configure).*' failed", sure=0.8),
    # autoreconf: 'configure.ac' or 'configure.in' is required
    sign('autoreconf: ', r"autoreconf: (?P<message>(?:failed to run|'configure\.ac').+)", sure=0.88),
    # The configuration failed
    sign('The configuration failed', r"^The configuration failed", sure=0.6, message='waf'),
    # *** extconf.rb failed ***   (a gem's native extension; what it lacks is told above, or in mkmf.log)
    sign('*** extconf.rb failed ***', sure=0.6, message="extconf.rb of a gem's native extension"),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Install what the check asks for in an earlier step (its development package), or switch the feature off with the option that the message names."
    )


CASES = (
    r"""
configure
-- from --
sw-1572 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 3/3 : RUN git clone https://github.com/hihozhou/php-opencv.git && cd php-opencv && phpize && ./configure --with-php-config=/usr/bin/php-config && make && make test && make install && sh -c 'echo "extension=opencv.so" > /etc/php/7.2/mods-available/opencv.ini' && ln -s /etc/php/7.2/mods-available
checking for pkg-config... found
checking for opencv... not found
>>configure: error: Ooops ! no opencv detected in the system
The command '/bin/sh -c git clone https://github.com/hihozhou/php-opencv.git && cd php-opencv && phpize && ./configure --with-php-config=/usr/bin/php-config && make && make test && make install && sh -c 'echo "extension=opencv.so" > /etc/php/7.2/mods-available/opencv.ini' && ln -s /etc/php/7.2/mods-
""",
    r"""
nginx
-- from --
sw-0947 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/8 : RUN bash /tmp/install-nginx.sh
checking for zlib library ... not found
>>./configure: error: the HTTP gzip module requires the zlib library.
You can either disable the module by using --without-http_gzip_module
The command '/bin/sh -c bash /tmp/install-nginx.sh' returned a non-zero code: 1
""",
    r"""
CMake
-- from --
sw-1733 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 14/22 : RUN LDFLAGS=-fuse-ld=gold cget -p $PREFIX install hcc,/hcc  && rm -rf /hcc
HCC version: 3.0.19502-286651a0-286651a0
=============================================
>>CMake Error at CMakeLists.txt:252 (MESSAGE):
  ROCm is NOT available on the system!
-- Configuring incomplete, errors occurred!
The command '/bin/sh -c LDFLAGS=-fuse-ld=gold cget -p $PREFIX install hcc,/hcc  && rm -rf /hcc' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
