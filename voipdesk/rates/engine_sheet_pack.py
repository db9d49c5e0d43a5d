"""A sheet's columns as bytes and back: a container of our own, compressed, checked, without pickle."""

import json
import struct
import zlib
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voipdesk.kernel.ledger import Ledger
from voipdesk.kernel.problems import Refused
from voipdesk.kernel.text import tr
from voipdesk.rates.engine import RateColumns
from voipdesk.rates.engine_sheet_columns import Faults, SheetColumns

_MAGIC = b"VDsheet1"
_LEVEL = 1
_END = struct.Struct("<I")
_LONGEST = 1 << 31
_NUMBERS = tuple(
    one.name
    for one in fields(RateColumns)
    if one.name not in {"ids", "version", "prefixes", "band_names", "destination_names"}
)
_KINDS = {"state": np.int8, "source_row": np.int32, "repeats": np.int32, "is_dated": np.bool_}
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def pack(columns: SheetColumns) -> bytes:
    """The columns with their faults and tally as bytes; a few megabytes for 250,000 rates."""
    rates = columns.rates
    columns.faults.settle()
    parts: list[bytes] = []
    coded: dict[str, Any] = {}
    for name, values in (
        ("prefixes", rates.prefixes),
        ("protected", columns.protected),
        *((name, getattr(rates, name)) for name in _NUMBERS),
        ("source_row", columns.source_row),
        ("repeats", columns.repeats),
        ("is_dated", columns.is_dated),
        ("conflicts", columns.conflicts),
    ):
        if name == "next_price" and np.array_equal(values, rates.price):
            coded[name] = {"as": "price"}
        else:
            coded[name] = _put(parts, *_texts(values) if values.dtype.kind == "S" else _whole(values))
    names = json.dumps([rates.band_names, rates.destination_names], ensure_ascii=False)
    coded["names"] = _put(parts, {}, names.encode("utf-8", "surrogatepass"))
    told = {
        "columns": coded,
        "tally": columns.tally.as_dict(),
        "faulty": columns.faulty,
        "faults": [len(columns.faults), *(len(block) for block in columns.faults.blocks)],
    }
    head = json.dumps(told, separators=(",", ":")).encode()
    body = b"".join((_MAGIC, _END.pack(len(head)), head, *parts, *columns.faults.blocks))
    return body + _END.pack(zlib.crc32(body))


def unpack(packed: bytes) -> SheetColumns:
    """The columns again. `Refused` where the bytes are not exactly what `pack` gave."""
    try:
        return _unpacked(packed)
    except (ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error) as cause:
        raise Refused(
            "staged_damaged",
            tr("The rows that were read from the file are damaged ({why}).").format(why=cause),
            tr("Read the kept file again, or discard this import. No rate was changed."),
        ) from cause


def _unpacked(packed: bytes) -> SheetColumns:
    start = len(_MAGIC) + _END.size
    if len(packed) < start + _END.size or not packed.startswith(_MAGIC):
        raise ValueError("another kind of bytes")
    if zlib.crc32(memoryview(packed)[: -_END.size]) != _END.unpack(packed[-_END.size :])[0]:
        raise ValueError("checksum")
    length = _END.unpack(packed[len(_MAGIC) : start])[0]
    told = json.loads(packed[start : start + length])
    at = start + length
    read: dict[str, Any] = {}
    for name, how in told["columns"].items():
        if "as" in how:
            read[name] = read[how["as"]].copy()
            continue
        raw = _taken(packed[at : at + how["size"]], how)
        at += how["size"]
        read[name] = raw if name == "names" else _got(raw, how, _KINDS.get(name, np.int64))
    blocks: list[bytes] = []
    total, *sizes = told["faults"]
    for size in sizes:
        blocks.append(packed[at : at + size])
        at += size
    bands, destinations = json.loads(read["names"].decode("utf-8", "surrogatepass"))
    count = len(read["prefixes"])
    rates = RateColumns(
        ids=np.arange(count, dtype=np.int64),
        version=np.zeros(count, dtype=np.int64),
        prefixes=read["prefixes"],
        band_names=tuple(bands),
        destination_names=tuple(destinations),
        **{name: read[name] for name in _NUMBERS},
    )
    return SheetColumns(
        rates,
        read["source_row"],
        read["is_dated"],
        read["repeats"],
        read["conflicts"],
        Ledger(**told["tally"]),
        Faults(blocks, total),
        read["protected"],
        told["faulty"],
    )


def _put(parts: list[bytes], how: dict[str, Any], raw: bytes) -> dict[str, Any]:
    packed = zlib.compress(raw, _LEVEL)
    parts.append(packed)
    return {**how, "size": len(packed), "raw": len(raw)}


def _taken(packed: bytes, how: dict[str, Any]) -> bytes:
    """The raw bytes of one part; never more than was told."""
    if not 0 <= how["raw"] < _LONGEST:
        raise ValueError("length")
    reader = zlib.decompressobj()
    raw = reader.decompress(packed, how["raw"] + 1)
    if len(raw) != how["raw"]:
        raise ValueError("length")
    return raw


def _texts(values: NDArray[np.bytes_]) -> tuple[dict[str, Any], bytes]:
    """Prefixes place by place: the first digits of all, then the second ones."""
    places = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.dtype.itemsize)
    return {"count": len(values), "text": values.dtype.itemsize}, np.ascontiguousarray(places.T).tobytes()


def _whole(values: NDArray[Any]) -> tuple[dict[str, Any], bytes]:
    """Numbers as the least width holds them: less the smallest, divided by what divides all; constants as one."""
    count = len(values)
    if not count:
        return {"count": 0, "least": 0, "step": 1, "width": 1}, b""
    numbers = values.astype(np.int64, copy=False)
    least, most = int(numbers.min()), int(numbers.max())
    if least == most:
        return {"count": count, "least": least, "step": 0, "width": 1}, b""
    if most - least >= 1 << 62:
        return {"count": count, "least": 0, "step": 1, "width": 8}, numbers.tobytes()
    above = numbers - least
    step = int(np.gcd.reduce(above))
    above //= step
    width = next(size for size in _UNSIGNED if (most - least) // step < 1 << (8 * size))
    return {"count": count, "least": least, "step": step, "width": width}, above.astype(
        _UNSIGNED[width]
    ).tobytes()


def _got(raw: bytes, how: dict[str, Any], kind: Any) -> NDArray[Any]:
    count = how["count"]
    if "text" in how:
        places = np.frombuffer(raw, np.uint8).reshape(how["text"], count)
        return np.ascontiguousarray(places.T).view(f"S{how['text']}").reshape(count)
    if how["step"] == 0:
        return np.full(count, how["least"], dtype=kind)
    if len(raw) != count * how["width"]:
        raise ValueError("length")
    numbers = np.frombuffer(raw, _UNSIGNED[how["width"]]).astype(np.int64)
    numbers *= how["step"]
    numbers += how["least"]
    return numbers.astype(kind, copy=False)
