"""Texts find their catalogue: gathered from the source, compiled, looked up, with the same places for values."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from voipdesk.kernel import text

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "resources" / "translations"


@pytest.fixture(scope="module")
def workshop() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def english():
    yield
    text.use_language("en", TRANSLATIONS)


def test_every_text_is_gathered_and_looked_up_in_the_language(workshop, tmp_path, english):
    catalog = workshop.gathered()
    assert len(catalog) > 300
    pseudo = Catalog(locale="eo")
    for message in catalog:
        if message.id:
            many = isinstance(message.id, tuple | list)
            said = tuple(f"⟦{part}⟧" for part in message.id) if many else f"⟦{message.id}⟧"
            pseudo.add(message.id, said)
    file = tmp_path / "eo" / "LC_MESSAGES" / "voipdesk.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as target:
        write_mo(target, pseudo)
    text.use_language("eo", tmp_path)
    assert text.tr("Home") == "⟦Home⟧"
    assert text.tr("never gathered") == "never gathered"
    assert text.trn("{count} job", "{count} jobs", 2) == "⟦2 jobs⟧"
    text.use_language("xx", tmp_path)
    assert text.tr("Home") == "Home"


def test_catalogues_keep_the_places_for_values():
    for file in TRANSLATIONS.glob("*/LC_MESSAGES/voipdesk.po"):
        with file.open("rb") as source:
            for message in read_po(source):
                one = message.id[-1] if isinstance(message.id, tuple | list) else message.id
                said = message.string[-1] if isinstance(message.string, tuple | list) else message.string
                if message.id and said:
                    places = re.compile(r"\{\w*\}")
                    assert sorted(places.findall(one)) == sorted(places.findall(said)), (file, one)


@pytest.mark.parametrize(
    ("environment", "language", "mirrored"),
    [
        ({"VOIPDESK_LANG": "ar"}, "ar", True),
        ({"LANG": "de_DE.UTF-8"}, "de", False),
        ({"LANG": "C.UTF-8"}, "en", False),
    ],
)
def test_the_language_is_the_wished_one_else_the_systems(monkeypatch, environment, language, mirrored):
    monkeypatch.delenv("VOIPDESK_LANG", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert text.preferred_language() == language
    assert text.is_right_to_left(text.preferred_language()) is mirrored
