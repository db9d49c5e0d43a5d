"""Where the program keeps its own files, and which workspaces were open last."""

import contextlib
import json
import os
from pathlib import Path


def home() -> Path:
    """The folder of settings and crash reports: `VOIPDESK_HOME`, else the system's place for them."""
    named = os.environ.get("VOIPDESK_HOME")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("VoIPDesk", appauthor=False, roaming=True)


def remembered() -> dict[str, object]:
    """What the window remembers: recent files, geometry. Anything unreadable counts as nothing."""
    try:
        kept = json.loads((home() / "window.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def remember(**values: object) -> None:
    """Keep some of it; a disk that refuses is no reason to stop working."""
    kept = {**remembered(), **values}
    with contextlib.suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
        partial = home() / "window.json.part"
        partial.write_text(json.dumps(kept), encoding="utf-8")
        partial.replace(home() / "window.json")


def recent() -> list[Path]:
    """Workspaces opened last, newest first, as far as they still exist."""
    listed = remembered().get("recent")
    paths = [Path(str(one)) for one in listed] if isinstance(listed, list) else []
    return [path for path in paths if path.is_file()]


def opened(path: Path) -> None:
    """Put a workspace in front of the recent ones."""
    absolute = path.absolute()
    others = [one for one in recent() if one != absolute]
    remember(recent=[str(one) for one in [absolute, *others][:8]])


def crash_report(details: str, stamp: str) -> Path | None:
    """Write the details of a program fault; None where even that is refused."""
    target = home() / "crashes" / f"{stamp}.txt"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(details, encoding="utf-8")
    except OSError:
        return None
    return target
