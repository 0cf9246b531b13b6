r"""A distribution that is installed has moved on: what the program or another distribution takes from it is not there any more.

Nothing pins it, so the newest release came along; a name was removed (`np.float_`, pydantic's `BaseSettings`), moved to another
distribution, or the release was compiled for the one before (NumPy 1 and 2). The installer is content, for no requirement
forbids the newer release; the import or the first call fails, in a step of the build or when the container starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    """`fits`: the requirement that has what is looked for, where that is known."""

    name: str = ""
    what: str = ""
    fits: str = ""


TITLE = "The {name} that is installed does not have {what}[: {fits} does]"
WHY = (
    "No requirement keeps a newer release out, so it was installed; the code that uses it was written for an older one."
)
EXPLAINS = ("runtime/module-missing", "runtime/crash", "deps/build-failed", "deps/build-requires-missing")

SIGNATURES = (
    # AttributeError: `np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.
    sign("was removed in the NumPy 2.0 release", r"`(?P<what>np\.\w+)` was removed in the NumPy 2\.0", sure=0.96, name="numpy", fits="numpy<2"),
    # no recorded log yet: A module that was compiled using NumPy 1.x cannot be run in / NumPy 2.1.0 as it may crash.
    sign("A module that was compiled using NumPy 1.x cannot be run in", sure=0.9, name="numpy", what="the binary interface of NumPy 1", fits="numpy<2"),
    # ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject
    sign("numpy.dtype size changed", r"Expected 96 from C header, got 88", sure=0.95, name="numpy", what="the binary interface of NumPy 1", fits="numpy<2"),
    # no recorded log yet: numpy.ndarray size changed, may indicate binary incompatibility. Expected 88 from C header, got 80 from PyObject
    sign("size changed, may indicate binary incompatibility", r"Error: (?P<name>\w+)\.\w+ size changed", sure=0.88, what="the binary interface that a module was compiled for"),
    # no recorded log yet: AttributeError: module 'numpy' has no attribute 'bool'. `np.bool` was a deprecated alias for the builtin `bool`.
    sign("module 'numpy' has no attribute '", r"attribute '(?P<what>bool|int|float|complex|object|str|typeDict)'", sure=0.94, name="numpy", fits="numpy<1.24"),
    # pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package. See https://…
    sign("PydanticImportError: ", r"PydanticImportError: `(?P<what>[^`]+)` has been (?:moved|removed)", sure=0.97, name="pydantic", fits="pydantic<2"),
    # pydantic.errors.PydanticUserError: `const` is removed, use `Literal` instead
    sign("PydanticUserError: ", r"PydanticUserError: `(?P<what>\w+)` is removed", sure=0.96, name="pydantic", fits="pydantic<2"),
    # no recorded log yet: ImportError: cannot import name 'soft_unicode' from 'markupsafe' (/usr/local/lib/python3.8/site-packages/markupsafe/__init__.py)
    sign("cannot import name 'soft_unicode'", sure=0.96, name="markupsafe", what="soft_unicode", fits="markupsafe<2.1"),
    # no recorded log yet: ImportError: cannot import name 'escape' from 'jinja2'
    sign("' from 'jinja2'", r"cannot import name '(?P<what>escape|Markup|contextfilter|environmentfilter|contextfunction|evalcontextfilter)' from 'jinja2'", sure=0.96, name="jinja2", fits="jinja2<3.1"),
    # no recorded log yet: ImportError: cannot import name 'url_quote' from 'werkzeug.urls'
    sign("' from 'werkzeug", r"cannot import name '(?P<what>url_\w+|iri_to_uri|secure_filename|FileStorage|parse_rule|BaseResponse|cached_property|safe_str_cmp)' from 'werkzeug[\w.]*'", sure=0.93, name="werkzeug", fits="werkzeug<3"),
    # no recorded log yet: ImportError: cannot import name 'json' from 'itsdangerous'
    sign("' from 'itsdangerous'", r"cannot import name '(?P<what>json|TimedJSONWebSignatureSerializer|JSONWebSignatureSerializer)'", sure=0.96, name="itsdangerous", fits="itsdangerous<2.1"),
    # no recorded log yet: ImportError: cannot import name 'DEFAULT_CIPHERS' from 'urllib3.util.ssl_'
    sign("' from 'urllib3.", r"cannot import name '(?P<what>DEFAULT_CIPHERS|appengine|PROTOCOL_TLS)' from 'urllib3\.", sure=0.95, name="urllib3", fits="urllib3<2"),
    # no recorded log yet: ImportError: cannot import name 'cached_download' from 'huggingface_hub'
    sign("' from 'huggingface_hub'", r"cannot import name '(?P<what>cached_download)'", sure=0.96, name="huggingface_hub", fits="huggingface_hub<0.26"),
    # no recorded log yet: AttributeError: module 'PIL.Image' has no attribute 'ANTIALIAS'
    sign("module 'PIL.Image' has no attribute '", r"attribute '(?P<what>ANTIALIAS|LINEAR|CUBIC)'", sure=0.96, name="pillow", fits="pillow<10"),
    # no recorded log yet: TypeError: Descriptors cannot be created directly. / If this call came from a _pb2.py file, your generated code is out of date
    sign("Descriptors cannot", r"TypeError: Descriptors cannot (?:not )?be created directly", sure=0.96, name="protobuf", what="the interface that older generated code calls", fits="protobuf<3.21"),
    # no recorded log yet: TypeError: Client.__init__() got an unexpected keyword argument 'proxies'
    sign("got an unexpected keyword argument 'proxies'", r"TypeError: (?:Async)?Client\.__init__\(\) got", sure=0.93, name="httpx", what="the argument proxies", fits="httpx<0.28"),
    # TypeError: argument of type 'bool' is not iterable      (gradio_client reads the schemas of pydantic 2.11)
    *(sign("argument of type 'bool' is not iterable", sure=0.88, also=also, name="pydantic", what="the schemas that this gradio reads", fits="pydantic<2.11") for also in ("/gradio/", "/gradio_client/")),
    # no recorded log yet: AttributeError: 'EntryPoints' object has no attribute 'get'
    sign("'EntryPoints' object has no attribute 'get'", sure=0.92, name="importlib-metadata", what="EntryPoints.get", fits="importlib-metadata<5"),
    # no recorded log yet: AttributeError: module 'bcrypt' has no attribute '__about__'
    sign("module 'bcrypt' has no attribute '__about__'", sure=0.85, name="bcrypt", what="__about__", fits="bcrypt<4.1"),
    # no recorded log yet: AttributeError: module 'lib' has no attribute 'X509_V_FLAG_NOTIFY_POLICY'
    sign("module 'lib' has no attribute '", r"attribute '(?P<what>X509_V_FLAG_\w+|OpenSSL_add_all_algorithms)'", sure=0.95, name="cryptography", fits="cryptography<39"),
    # no recorded log yet: You tried to access openai.ChatCompletion, but this is no longer supported in openai>=1.0.0
    sign("but this is no longer supported in openai>=1.0.0", r"You tried to access (?P<what>[\w.]+), but", sure=0.96, name="openai", fits="openai<1"),
    # no recorded log yet: ImportError: cannot import name 'TypeAliasType' from 'typing_extensions'
    sign("' from 'typing_extensions'", r"cannot import name '(?P<what>\w+)'", sure=0.92, name="typing_extensions", fits="a newer typing-extensions"),
    # ImportError: …/site-packages/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN3c104cuda9SetDeviceEi
    sign("undefined symbol: _ZN", r"undefined symbol: (?P<what>_ZNK?(?:3c10|2at|5torch)\w{0,40})", sure=0.94, name="torch", fits="the release of torch that this module was compiled for"),
    # AttributeError: module 'shop.ui.item' has no attribute 'ItemCallbackType'      (a library's, or the project's own)
    sign("AttributeError: module '", r"^AttributeError: module '(?P<name>(?!(?:app|src|main|config|utils|core|api|models|settings|server|bot|setup)\b)[A-Za-z]\w*)(?![\w.]*\.settings')[\w.]*' has no attribute '(?P<what>\w+)'$", sure=0.64),
    # RuntimeError: module compiled against API version 0xe but this version of numpy is 0xd
    sign("but this version of numpy is ", r"compiled against A[BP]I version \w+ but this version of numpy is", sure=0.95, name="numpy", what="the binary interface that a module was compiled for", fits="a newer numpy"),
    # ImportError: Pandas requires version '3.0.0' or newer of 'jinja2' (version '2.11.3' currently installed).
    sign("' or newer of '", r"(?P<asks>\w+) requires version '(?P<wants>[^']+)' or newer of '(?P<name>[\w.-]+)' \(version", sure=0.95, what="what pandas asks of it", fits="a newer release"),
    # ImportError: cannot import name 'IOComponent' from 'gradio.components.base' (/usr/local/lib/python3.10/site-packages/gradio/components/base.py)
    sign("ImportError: cannot import name '", r"cannot import name '(?P<what>\w+)' from '(?P<name>[A-Za-z_]\w*)[\w.]*' \(\S*/(?:site|dist)-packages/", sure=0.86),
    # [AttributeError]: module 'hishel' has no attribute 'SyncSqliteStorage'   (a tool's own dependency; PDM's way of saying it)
    sign("[AttributeError]: module '", r"\[AttributeError\]: module '(?P<name>[A-Za-z]\w*)(?:\.\w+)*' has no attribute '(?P<what>\w+)'", sure=0.88),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import bound_for, site
    from dockwright.remedy_seen import seen

    facts = finding.facts
    assert isinstance(facts, Facts)
    if re.fullmatch(r"[\w.-]+<[\d.]+", facts.fits):
        here = site(finding.where, seen(project), facts.name)
        if here is not None:
            yield from bound_for(here, project, facts.fits, f"it still has {facts.what}")
        yield remedy.advice(
            f"Write `{facts.fits}` where {facts.name} is required, or add it to the requirements: it still has {facts.what}."
        )
    yield remedy.advice(
        f"Ask for a release of {facts.name} that still has {facts.what}, or take a newer release of what uses it."
    )


CASES = (
    r"""
pydantic's second release
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#6 [3/3] RUN python -c "from pydantic import BaseSettings"
#6 0.316 Traceback (most recent call last):
#6 0.316   File "<string>", line 1, in <module>
#6 0.316   File "/usr/local/lib/python3.12/site-packages/pydantic/__init__.py", line 442, in __getattr__
#6 0.316     return _getattr_migration(attr_name)
#6 0.316            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#6 0.316   File "/usr/local/lib/python3.12/site-packages/pydantic/_migration.py", line 305, in wrapper
#6 0.316     raise PydanticImportError(
>>#6 0.316 pydantic.errors.PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package. See https://pydantic.dev/docs/validation/2.14/migration/#basesettings-has-moved-to-pydantic-settings for more details.
#6 0.316
#6 0.316 For further information visit https://errors.pydantic.dev/2.14/u/import-error
#6 ERROR: process "/bin/sh -c python -c \"from pydantic import BaseSettings\"" did not complete successfully: exit code: 1
""",
    r"""
compiled for NumPy 1
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#6 [3/3] RUN python -c "import pandas"
#6 0.345   File "/usr/local/lib/python3.11/site-packages/pandas/_libs/__init__.py", line 13, in <module>
#6 0.345     from pandas._libs.interval import Interval
#6 0.345   File "pandas/_libs/interval.pyx", line 1, in init pandas._libs.interval
>>#6 0.345 ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject
#6 ERROR: process "/bin/sh -c python -c \"import pandas\"" did not complete successfully: exit code: 1
""",
    r"""
what a tool's own dependency has dropped
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#7 [4/4] RUN pdm lock
#7 3.726 See /root/.local/state/pdm/log/pdm-lock-2c2chn8p.log for detailed debug log.
>>#7 3.730 [AttributeError]: module 'hishel' has no attribute 'SyncSqliteStorage'
#7 3.732 WARNING: Add '-v' to see the detailed traceback
#7 ERROR: process "/bin/sh -c pdm lock" did not complete successfully: exit code: 1
""",
    r"""
a release of the right series
-- Dockerfile --
FROM python:3.12-slim
RUN pip install "pydantic<2"
""",
)
