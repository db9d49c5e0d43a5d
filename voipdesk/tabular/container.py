"""What a file is: decided by its bytes, never by its name; refuses what is no table before anything is unpacked."""

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from voipdesk.kernel.problems import FileError
from voipdesk.kernel.text import tr
from voipdesk.tabular.faults import BROKEN_ARCHIVE, damaged, from_os, refusal, too_large

HEAD = 1 << 16
MAX_UNPACKED = 1 << 30
"""Bytes that a packed workbook may unpack to."""

FREE_UNPACKED = 1 << 26
"""Below this size the ratio does not matter."""

MAX_RATIO = 300
MAX_MEMBERS = 5_000
CHUNK = 1 << 20


class Container(StrEnum):
    """How the rows are wrapped."""

    TEXT = "csv"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    SPREADSHEETML = "spreadsheetml"
    XML = "xml"
    ZIP = "zip"
    GZIP = "gzip"


ARCHIVES = frozenset({Container.ZIP, Container.GZIP})
"""What has to be unpacked first."""

WORKBOOKS = frozenset({Container.XLSX, Container.XLSB, Container.XLS, Container.ODS, Container.SPREADSHEETML})
"""Containers whose cells carry types and whose sheets have names."""


@dataclass(frozen=True, slots=True)
class Found:
    """A container, and for a .zip the names of the members that may hold a table."""

    container: Container
    members: tuple[str, ...] = ()


_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
)
WORKSPACE = ".vdesk"
_PACKED = {"RAR", "7-Zip", "bzip2", "xz"}
_JSON = re.compile(r"[\ufeff\s]*(?:\[\s*)?\{\s*(?:\"[^\"\n]{1,200}\"\s*:|\})")
_GZIP = b"\x1f\x8b\x08"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def look(path: Path) -> Found:
    """The container of a file. FileError for what is missing, empty, locked, packed beyond bounds, or no table."""
    refuse_workspace(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(path)
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as cause:
        raise from_os(path, cause) from cause
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise _empty(path)
    _refuse_strangers(path, head)
    if head.startswith(_OLE):
        return Found(_inside_ole(path))
    if head.startswith(_GZIP):
        return Found(Container.GZIP, (path.name.removesuffix(".gz"),))
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _inside_zip(path)
    return Found(_text_kind(path, head))


def refuse_workspace(path: Path) -> None:
    """FileError for a workspace, by its name alone: it may be the one that is open.

    On Unix a process that closes a file lets go of every lock it has on it, also of those that SQLite works under.
    """
    if path.suffix.lower() == WORKSPACE:
        raise refusal(
            "file_is_workspace",
            path,
            tr("this is a workspace of VoIPDesk, not a sheet."),
            tr("Choose another file, or open it by File, Open."),
        )


def _empty(path: Path) -> FileError:
    return refusal(
        "file_empty", path, tr("the file is empty."), tr("Ask for it again, or choose another file.")
    )


def _refuse_strangers(path: Path, head: bytes) -> None:
    """Known kinds of file that hold no rows."""
    for magic, name in _STRANGERS:
        if head.startswith(magic) or (name == "PDF" and magic in head[:1024]):
            if magic == b"MZ" and b"\x00" not in head[:512]:
                continue
            hint = (
                tr("Unpack it, and choose the sheet inside.")
                if name in _PACKED
                else tr("Ask for the rates as CSV or Excel, or choose another file.")
            )
            raise _no_table(path, name, hint)
    if head[:2] in {b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"} and b"\x00" in head[:8]:
        raise refusal(
            "file_too_old",
            path,
            tr("this is a worksheet of Excel 4 or older."),
            tr("Open it in a spreadsheet program and save it as .xlsx."),
        )


def _no_table(path: Path, kind: str, hint: str) -> FileError:
    said = tr("the content is {kind}, not a table, whatever the name says.").format(kind=kind)
    return refusal("file_not_a_table", path, said, hint)


def _inside_ole(path: Path) -> Container:
    """An old Office file: a workbook, or something else, or a locked workbook."""
    names = {
        "EncryptedPackage".encode("utf-16-le"): "locked",
        "Workbook".encode("utf-16-le"): "xls",
        "Book".encode("utf-16-le"): "xls",
        "WordDocument".encode("utf-16-le"): "Word",
        "PowerPoint Document".encode("utf-16-le"): "PowerPoint",
        "__substg1.0_".encode("utf-16-le"): "Outlook",
    }
    found = _first_in_file(path, names)
    if found == "locked":
        raise locked(path)
    if found in {"xls", None}:
        return Container.XLS
    raise _no_table(path, str(found), tr("Ask for the rates as CSV or Excel, or choose another file."))


def _first_in_file(path: Path, names: dict[bytes, str]) -> str | None:
    """The meaning of the first listed name (by order of listing) that occurs anywhere in a file."""
    seen: set[bytes] = set()
    keep = max(len(name) for name in names)
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(CHUNK):
            window = tail + chunk
            seen.update(name for name in names if name not in seen and name in window)
            tail = window[-keep:]
    return next((meaning for name, meaning in names.items() if name in seen), None)


def locked(path: Path) -> FileError:
    """A workbook that asks for a password."""
    return refusal(
        "file_locked",
        path,
        tr("the workbook is protected by a password."),
        tr("Open it in a spreadsheet program, remove the password and save it again."),
    )


def _inside_zip(path: Path) -> Found:
    """A packed workbook, or a .zip that holds sheets."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            refuse_bomb(path, infos)
            return _zip_kind(path, archive, infos)
    except BROKEN_ARCHIVE as cause:
        if "password" in str(cause):
            raise locked(path) from cause
        raise damaged(path, str(cause)) from cause
    except OSError as cause:
        raise from_os(path, cause) from cause


def refuse_bomb(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Stop before unpacking when the declared sizes are beyond reason."""
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if len(infos) > MAX_MEMBERS:
        raise too_large(path, tr("it holds {count} packed files.").format(count=len(infos)))
    if total > MAX_UNPACKED or (total > FREE_UNPACKED and total // packed > MAX_RATIO):
        said = tr("it would unpack to {size} MB, {ratio} times its own size; that is not read here.")
        raise too_large(path, said.format(size=total >> 20, ratio=total // packed))


def _zip_kind(path: Path, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Found:
    names = {info.filename for info in infos}
    if any(info.flag_bits & 1 for info in infos):
        raise locked(path)
    if "mimetype" in names:
        kind = archive.read("mimetype")[:80]
        if b"opendocument.spreadsheet" in kind:
            if "content.xml" not in names:
                raise damaged(path, "content.xml")
            return Found(Container.ODS)
    lower = {name.lower().replace("\\", "/") for name in names}
    if "xl/workbook.bin" in lower:
        return Found(Container.XLSB)
    if "xl/workbook.xml" in lower or any(name.startswith("xl/worksheets/") for name in lower):
        return Found(Container.XLSX)
    if "[content_types].xml" in lower or "mimetype" in lower:
        said = tr("it is a packed document without a worksheet.")
        raise refusal("file_not_a_table", path, said, tr("Choose the workbook or CSV with the rows."))
    return Found(Container.ZIP, _members(path, infos))


def _members(path: Path, infos: list[zipfile.ZipInfo]) -> tuple[str, ...]:
    """Members that may be tables: no folders, no system droppings, nothing empty."""
    members = tuple(
        info.filename
        for info in infos
        if info.filename
        and not info.is_dir()
        and info.file_size
        and not info.filename.startswith("__MACOSX/")
        and not info.filename.rsplit("/", 1)[-1].startswith(".")
    )
    if not members:
        raise refusal("file_empty", path, tr("the archive holds no file."), tr("Choose another file."))
    return members


def _text_kind(path: Path, head: bytes) -> Container:
    """Markup or plain text; binary rubbish is refused."""
    sixteen = utf16_of(head)
    text = head.decode(sixteen, "replace") if sixteen else head.decode("latin-1")
    if not sixteen and _is_binary(head):
        said = tr("the content is binary, not text, not a workbook.")
        raise refusal(
            "file_not_a_table", path, said, tr("Ask for the rates as CSV or Excel, or choose another file.")
        )
    if _JSON.match(text):
        raise _no_table(path, "JSON", tr("Ask for the rates as CSV or Excel, or choose another file."))
    start = text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")[:HEAD].lower()
    if start.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<html" not in start:
            return Container.SPREADSHEETML
        if re.search(r"<(html|table|!doctype html|body|meta|style|head)\b", start):
            return Container.HTML
        if start.startswith("<?xml") or re.match(r"<[a-z_][\w.:-]*[\s>/]", start):
            return Container.XML
    return Container.TEXT


def utf16_of(head: bytes) -> str | None:
    """`utf-16`, `utf-16-le` or `utf-16-be` by mark or by where the zero bytes stand."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 4 and odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if half >= 4 and even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _is_binary(head: bytes) -> bool:
    """Whether control characters make up more than a thirtieth of it (a few zero bytes are a fault of a row)."""
    control = sum(head.count(code) for code in (*range(9), *range(14, 27), *range(28, 32)))
    return control * 30 > len(head)
