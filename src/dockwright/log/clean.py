"""Text as a terminal would finally show it: decoded, without escape sequences, carriage returns and control characters.

Every function here keeps the number of lines, so that line numbers stay those of the file.
"""

from __future__ import annotations

import codecs
import re

MAX_LINE = 100_000  # characters of one line that are kept: its head and its tail
BREAK = "\n"

# CSI, OSC (hyperlinks of pip, uv), charset and two-character sequences
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[()][0-9A-Za-z]|[@-Z\\^_=>])")
# ^[[91m is what `cat -v` makes of one; web pages lose the escape character itself: `[91mE: Unable to locate package`
SPELLED = re.compile(r"(?:\^\[|␛)\[[0-9;]*[mK]|(?<=\n)\[(?:0|1|91)m|\[0m(?=\n)")
SPELLINGS = ("^[[", "␛", "[91m", "[0m")
CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
SURROGATE = re.compile(r"[\ud800-\udfff]")
# section_start:1560896352:prepare_script\r\x1b[0K (GitLab) and ##[group], ##[error] (GitHub, Azure)
SECTION = re.compile(r"\n(?:section_(?:start|end):\d+:[^\r\n]*\r|##\[[a-z]{1,20}\])")
VERTEX_HEAD = re.compile(r"#\d{1,9} (?:\d{1,9}\.\d{1,9} )?")


def clean(text: str) -> str:
    """Without escape sequences and control characters; carriage returns stay, `collapse` needs them."""
    if "\x1b" in text:
        text = ANSI.sub("", text)
    data = text.encode()
    kept = data.translate(None, CONTROLS)
    text = text if len(kept) == len(data) else kept.decode()
    if any(spelling in text for spelling in SPELLINGS):
        text = SPELLED.sub("", f"\n{text}\n")[1:-1]
    if "section_" in text or "##[" in text:
        text = SECTION.sub("\n", f"\n{text}")[1:]
    return text


def collapse(line: str) -> str:
    """What a progress display finally shows: the last segment that is not blank, behind the builder's prefix."""
    line = line.rstrip("\r")
    if "\r" not in line:
        return line
    head = VERTEX_HEAD.match(line)
    at = head.end() if head else 0
    shown = next((part for part in reversed(line[at:].split("\r")) if part and not part.isspace()), "")
    return line[:at] + shown


def shorten(line: str) -> str:
    """A line of many megabytes would cost every later search; its two ends say what it is."""
    if len(line) <= MAX_LINE:
        return line
    return f"{line[: MAX_LINE // 2]} … {line[-MAX_LINE // 2 :]}"


def decoder(first: bytes) -> codecs.IncrementalDecoder:
    """By the byte order mark; PowerShell writes UTF-16 when `docker build > build.log` is run in it."""
    utf16 = first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8-sig")("replace")


def whole(text: str) -> str:
    """Lone surrogates replaced: no encoder takes them."""
    return text if text.isascii() or not SURROGATE.search(text) else SURROGATE.sub("\ufffd", text)
