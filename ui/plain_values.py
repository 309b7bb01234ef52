"""What is kept in a cache, as msgpack: plain values and the few classes that say so. Reading it back runs no code.

Pickle would run whatever somebody put into Valkey; here a stranger's bytes are at worst a wrong drawing. Without Valkey
the values go the same way, so that what may not be kept is found wherever it is tried.
"""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgpack
import numpy as np
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.utils.functional import Promise
from django_redis.serializers.base import BaseSerializer

_TUPLE, _OBJECT, _NUMBERS, _TIME, _DATE, _DECIMAL = range(1, 7)
_KEPT: dict[str, type] = {}


def kept_in_cache[T: type](kind: T) -> T:
    """Let values of this frozen dataclass be kept, under its name, with values of its fields that may be kept too."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    _KEPT[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return kind


class PlainValues(BaseSerializer):
    """The serializer that django-redis is given."""

    def dumps(self, value: Any) -> bytes:
        """Raises TypeError for what may not be kept."""
        return _packed(value)

    def loads(self, value: bytes) -> Any:
        """Return what was kept, or None (a miss) where it cannot be read, as what an earlier release wrote."""
        try:
            return _unpacked(value)
        except (ValueError, TypeError, KeyError, msgpack.UnpackException):
            return None


def _packed(value: Any) -> bytes:
    packed: bytes = msgpack.packb(value, default=_as_plain, strict_types=True)
    return packed


def _unpacked(value: bytes) -> Any:
    return msgpack.unpackb(value, ext_hook=_from_plain, strict_map_key=False)


def _as_plain(value: Any) -> Any:
    """What msgpack does not know itself. With `strict_types` that is every subclass too."""
    if isinstance(value, tuple):
        return msgpack.ExtType(_TUPLE, _packed(list(value)))
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if name in _KEPT:
        given = [getattr(value, field.name) for field in fields(value) if field.init]
        return msgpack.ExtType(_OBJECT, _packed([name, given]))
    if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim == 1:
        return msgpack.ExtType(_NUMBERS, value.tobytes())
    for code, kind in ((_TIME, datetime), (_DATE, date)):
        if isinstance(value, kind):
            return msgpack.ExtType(code, value.isoformat().encode())
    if isinstance(value, Decimal):
        return msgpack.ExtType(_DECIMAL, str(value).encode())
    return _as_simple(value, name)


def _as_simple(value: Any, name: str) -> Any:
    """Numbers of numpy, choices, safe and lazy strings, as what they are."""
    if isinstance(value, str):
        return str.__str__(value)  # a safe string says of itself that it is its own text
    for plain in (int, float):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, Promise):
        return str.__str__(str(value))
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{name} may not be kept in the cache: mark it kept_in_cache, or keep plain values")


def _from_plain(code: int, data: bytes) -> Any:
    if code == _TUPLE:
        return tuple(_unpacked(data))
    if code == _OBJECT:
        name, given = _unpacked(data)
        return _KEPT[name](*given)
    if code == _NUMBERS:
        return np.frombuffer(data, dtype=np.float64)
    return _WRITTEN[code](data.decode())


_WRITTEN: dict[int, Any] = {_TIME: datetime.fromisoformat, _DATE: date.fromisoformat, _DECIMAL: Decimal}


class InProcess(LocMemCache):
    """Django's cache of one process, with the values as Valkey would have them."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        kept = super().get(key, None, version)
        found = None if kept is None else _READ.loads(kept)
        return default if found is None else found

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        super().set(key, _READ.dumps(value), timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return super().add(key, _READ.dumps(value), timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        if (value := self.get(key, version=version)) is None:
            raise ValueError(f"Key {key!r} not found")
        self.set(key, value + delta, version=version)
        return int(value + delta)


_READ = PlainValues({})
