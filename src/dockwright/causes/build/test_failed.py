"""The step runs the project's own tests or linter, and they fail.

Nothing is wrong with the image: the source does not pass. A build that runs tests fails when a dependency without a pin
moves, the clock or the network differs, or a service that the tests want is not there.
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
    tool: str = ""
    what: str = ""


TITLE = "The tests fail[ ({tool}: {what})]"
WHY = "The step ends with the exit code of the tests."
EXPLAINS = (
    "node/build-failed",
    "deps/build-failed",
    "build/compile-error",
    "runtime/module-missing",
    "runtime/crash",
)

SIGNATURES = (
    # npm ERR! Test failed.  See above for more details.
    sign('npm', r"npm (?:ERR!|error) Test failed", sure=0.93, tool='npm test', what='see above'),
    # FAILED (failures=1)
    sign('FAILED (', r"^FAILED \((?P<what>(?:failures|errors)=\d+.*)\)", sure=0.95, tool='unittest'),
    # ======================== 570 failed in 74.53s (0:01:14) ========================
    sign(' failed', r"^=+ (?P<what>(?:\d+ \w+, )*\d+ failed.*?) in [\d.]+ ?s", sure=0.95, tool='pytest'),
    # Tests run: 12, Failures: 2, Errors: 0, Skipped: 0
    sign('Tests run: ', r"Tests run: \d+, +(?P<what>(?:Failures: [1-9]\d*|Failures: 0, +Errors: [1-9]\d*))", sure=0.92, tool='JUnit', also='There are test failures'),
    # There are test failures.
    sign('There are test failures', sure=0.93, tool='surefire', what='see the reports'),
    # > There were failing tests. See the report at: file:///…
    sign('There were failing tests', sure=0.95, tool='gradle', what='see the report'),
    # --- FAIL: TestX (0.00s)
    sign('--- FAIL: ', r"--- FAIL: (?P<what>\S+)", sure=0.93, tool='go test'),
    # FAIL	github.com/x/y	0.008s
    sign('FAIL\t', r"^FAIL\t(?P<what>\S+)", sure=0.92, tool='go test'),
    # test result: FAILED. 3 passed; 1 failed; 0 ignored
    sign('test result: FAILED', r"FAILED\. (?P<what>.+? failed)", sure=0.95, tool='cargo test'),
    # ✖ 2 problems (2 errors, 0 warnings)
    sign('✖ ', r"✖ (?P<what>\d+ problems? \([1-9]\d* errors?)", sure=0.93, tool='eslint'),
    # ./ipwb/indexer.py:151:40: E741 ambiguous variable name 'l'
    sign('.py:', r"^\S+\.py:\d+:\d+: (?P<what>[EWFC]\d{3,4} .+)", sure=0.85, tool='linter'),
    # FAILURES!
    sign('FAILURES!', r"^FAILURES!", sure=0.9, tool='phpunit', what='see above'),
    # Test Run Failed.
    sign('Test Run Failed', sure=0.93, tool='dotnet test', what='see above'),
    # Failed: 42
    sign('Failed: ', r"^\s*Failed: (?P<what>[1-9]\d*)\b", sure=0.8, also='Passed: ', tool='dotnet test'),
    # Tests:       2 failed, 10 passed, 12 total
    sign('Tests: ', r"^Tests: +(?P<what>[1-9]\d* failed)", sure=0.93, tool='jest'),
    # 12 examples, 1 failure
    sign(' examples, ', r"^\d+ examples?, (?P<what>[1-9]\d* failures?)", sure=0.93, tool='rspec'),
    # ===> Testing [FAIL]: Template::Mustache:ver<1.1.4>
    sign('===> Testing [FAIL]: ', r"Testing \[FAIL\]: (?P<what>\S+)", sure=0.9, tool='zef'),
    # Result: FAIL
    sign('Result: FAIL', r"^Result: FAIL", sure=0.93, tool='prove', what='see above'),
    # Error: karma exited with code 1
    sign('karma exited with code', sure=0.9, tool='karma', what='see above'),
    # Error: Fuzz target exited with exit code: 1
    sign('Fuzz target exited with exit code', sure=0.9, tool='cargo fuzz', what='it crashed'),
    # vet: src/x_test.go:122:7: response declared but not used
    sign('_test.go:', r"^vet: (?P<what>\S+_test\.go:\d+)", sure=0.9, tool='go vet'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Run the same tests outside of the build and mend what they show; keep tests in a stage of their own, so that an image can be built without them."
    )


CASES = (
    r"""
unittest
-- from --
sw-1573 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 10/11 : RUN cd /data/ && python -m unittest discover
Ran 186 tests in 83.976s
>>FAILED (failures=1)
The command '/bin/sh -c cd /data/ && python -m unittest discover' returned a non-zero code: 1
""",
    r"""
eslint
-- from --
sw-1491 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/9 : RUN yarn lint
  31:9  error  'image' is assigned a value but never used  no-unused-vars
>>✖ 1 problem (1 error, 0 warnings)
The command '/bin/sh -c yarn lint' returned a non-zero code: 1
""",
    r"""
pytest
-- from --
sw-0531 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/11 : RUN apt-get update -y &&     apt-get install -y locales git-core gcc g++ netcat libxml2-dev     libxslt-dev libz-dev python3-dev libyaml-dev
FAILED fhir/resources/tests/test_visionprescription.py::VisionPrescriptionTests::testVisionPrescription1
FAILED fhir/resources/tests/test_visionprescription.py::VisionPrescriptionTests::testVisionPrescription2
>>======================== 570 failed in 74.53s (0:01:14) ========================
The command '/bin/sh -c cd /fhir_resources && pipenv install --dev && pipenv run pytest fhir/resources/tests' returned a non-zero code: 1
""",
    r"""
npm test
-- from --
sw-0649 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 10/30 : RUN npm test
Snapshots:   0 total
Time:        3.651s
Ran all test suites.
>>npm ERR! Test failed.  See above for more details.
The command '/bin/sh -c npm test' returned a non-zero code: 1
""",
    r"""
dotnet
-- from --
sw-1293 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/5 : RUN dotnet test src/UnitTests/UnitTests.csproj -c Release --no-build
   at IntegrationTests.SubTests.Given_subscribed_sync_using_observer_and_subscribed_to_other_subject_as_well_It_should_only_get_subject_specific_messages() in /src/IntegrationTests/SubTests.cs:line 42
--- End of stack trace from previous location where exception was thrown ---
>>Test Run Failed.
Total tests: 44
The command '/bin/sh -c dotnet test src/IntegrationTests/IntegrationTests.csproj -c Release --no-build' returned a non-zero code: 1
""",
    r"""
unittest of Python 3.12
-- build.log --
#7 ERROR: process "/bin/sh -c python -m unittest" did not complete successfully: exit code: 1
------
 > [4/4] RUN python -m unittest:
1.289 AssertionError: 1 != 2
1.289
1.289 ----------------------------------------------------------------------
1.289 Ran 1 test in 0.010s
1.290
>>1.290 FAILED (failures=1)
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
