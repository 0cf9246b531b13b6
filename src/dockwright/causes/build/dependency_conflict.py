"""Two packages of the language's package manager ask for versions of a third that can't meet.

Bundler, Composer, Cargo and the like solve all wishes at once and say which of them contradict each other. Python's
are `deps/conflict`, npm's `node/peer-conflict`, those of system packages `system/package-conflict`.
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
    package: str = ""
    tool: str = ""


TITLE = "[{tool} finds ]no version of {package} that suits all who ask for it"
WHY = "The wishes of the manifest and of what it brings can't be met together."

SIGNATURES = (
    # Bundler could not find compatible versions for gem "rails":
    sign('could not find compatible versions for gem "', r'compatible versions for gem "(?P<package>[^"]+)"', sure=0.9, tool='bundler'),
    # Could not find compatible versions
    sign('Could not find compatible versions', r"^Could not find compatible versions", sure=0.88, tool='bundler', package='a gem'),
    # Your requirements could not be resolved to an installable set of packages.
    sign('could not be resolved to an installable set', sure=0.75, tool='composer', package='a package'),
    # error: failed to select a version for `openssl-sys`.
    sign('failed to select a version for ', r"failed to select a version for (?:the requirement )?`(?P<package>[^`\s]+)", sure=0.92, tool='cargo'),
    # error NU1107: Version conflict detected for Microsoft.CodeAnalysis.Common.
    sign('error NU1107: ', r"NU1107: Version conflict detected for (?P<package>[\w.-]+)", sure=0.95, tool='NuGet'),
    # error NU1605: Detected package downgrade: X from 2.0 to 1.0
    sign('error NU1605: ', r"package downgrade: (?P<package>[\w.-]+)", sure=0.93, tool='NuGet'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Relax the pin that excludes the other, or take releases of both that were made for each other."
    )


CASES = (
    r"""
bundler
-- from --
sw-0416 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/10 : RUN bundle install
      spring (< 3.0, >= 1.2)
>>Bundler could not find compatible versions for gem "tzinfo":
  In Gemfile:
The command '/bin/sh -c bundle install' returned a non-zero code: 6
""",
    r"""
bundler and rails
-- from --
sw-0359 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/9 : RUN cd /home/nepenthes &&   gem install --no-rdoc --no-ri bundler &&   bundle install --without local
(~> 4.2.0)', in any of the sources.
>>Bundler could not find compatible versions for gem "rails":
  In Gemfile:
The command '/bin/sh -c cd /home/nepenthes &&   gem install --no-rdoc --no-ri bundler &&   bundle install --without local' returned a non-zero code: 6
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
