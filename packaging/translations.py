"""Gather the program's texts, bring the catalogues up to date, and compile them.

python packaging/translations.py            gather into resources/translations/voipdesk.pot, update, compile
python packaging/translations.py add ar     begin a catalogue for another language
"""

import io
import pathlib
import sys

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"tr": None, "trn": (1, 2)}


def gathered() -> Catalog:
    """Every text of the program, with the places that use it."""
    catalog = Catalog(project="VoIPDesk", charset="utf-8", header_comment="# Texts of VoIPDesk.")
    found = extract_from_dir(ROOT / "voipdesk", method_map=[("**.py", "python")], keywords=KEYWORDS)
    for name, _, message, comments, _ in found:
        # Places without line numbers: otherwise every edit of a file would touch the catalogues.
        catalog.add(message, locations=[(f"voipdesk/{name}", 0)], auto_comments=comments)
    return catalog


def text_of(catalog: Catalog) -> bytes:
    """The catalogue as a .po file that differs only where its texts do."""
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, include_lineno=False, omit_header=False, width=110)
    kept = [line for line in out.getvalue().splitlines() if b"-Date:" not in line]
    return b"\n".join(kept) + b"\n"


def update(language: str, template: Catalog) -> int:
    """Bring one language up to date and compile it; returns how many texts it still lacks."""
    file = FOLDER / language / "LC_MESSAGES" / "voipdesk.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists():
        with file.open("rb") as source:
            catalog = read_po(source, locale=language)
    else:
        catalog = Catalog(locale=language, project="VoIPDesk", charset="utf-8")
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    file.write_bytes(text_of(catalog))
    with file.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalog)
    return sum(not message.string for message in catalog if message.id)


def main() -> None:
    """Gather, update every language there is, compile."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    template = gathered()
    (FOLDER / "voipdesk.pot").write_bytes(text_of(template))
    languages = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
    if sys.argv[1:2] == ["add"]:
        languages = sorted({*languages, sys.argv[2]})
    for language in languages:
        print(f"{language}: {update(language, template)} of {len(template)} texts to translate")
    print(f"{len(template)} texts")


if __name__ == "__main__":
    main()
