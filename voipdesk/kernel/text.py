"""The translation marker: source text is English, looked up in the catalogue of the chosen language."""

import gettext
import os
from pathlib import Path

_DOMAIN = "voipdesk"
_RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
_state: dict[str, gettext.NullTranslations | str | Path | None] = {
    "catalogue": gettext.NullTranslations(),
    "language": "en",
    "folder": None,
}


def use_language(language: str, folder: Path) -> None:
    """Load the catalogue of `language` (ISO 639-1) from `folder`; an absent one means English."""
    _state["language"], _state["folder"] = language, folder
    _state["catalogue"] = gettext.translation(
        _DOMAIN, localedir=str(folder), languages=[language], fallback=True
    )


def language() -> str:
    """The chosen language, ISO 639-1."""
    return str(_state["language"])


def in_use() -> tuple[str, Path | None]:
    """The chosen language and the folder of its catalogue (None: none was chosen yet), for another process."""
    folder = _state["folder"]
    assert folder is None or isinstance(folder, Path)
    return language(), folder


def is_right_to_left(code: str | None = None) -> bool:
    """Whether text of the language (the chosen one by default) runs from right to left."""
    return (code or language()).split("_")[0] in _RIGHT_TO_LEFT


def preferred_language(chosen: str = "") -> str:
    """`VOIPDESK_LANG`, else the chosen language, else the system's, else English."""
    named = os.environ.get("VOIPDESK_LANG") or chosen or os.environ.get("LANG", "en")
    code = named.split(".")[0].split("_")[0].lower()
    return code if code.isalpha() and code not in {"c", "posix"} else "en"


def tr(source: str) -> str:
    """`source` in the chosen language. Always a literal; values go in afterwards with `.format()`."""
    catalogue = _state["catalogue"]
    assert isinstance(catalogue, gettext.NullTranslations)
    return catalogue.gettext(source) if source else ""


def trn(one: str, many: str, count: int) -> str:
    """The form of `one`/`many` that fits `count`, with `{count}` filled in, its thousands parted."""
    catalogue = _state["catalogue"]
    assert isinstance(catalogue, gettext.NullTranslations)
    return catalogue.ngettext(one, many, count).format(count=f"{count:,}")
