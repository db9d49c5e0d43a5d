"""All tables of all rooms in one metadata: for writing migrations and for tests; nothing at run time needs it."""

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

import voipdesk
from voipdesk.store.tables import metadata


def load() -> MetaData:
    """The metadata with every room's `schema` imported."""
    for room in iter_modules(voipdesk.__path__):
        try:
            import_module(f"voipdesk.{room.name}.schema")
        except ModuleNotFoundError as absent:
            if not str(absent.name).endswith((".schema", room.name)):
                raise
    return metadata
