"""Prices of a part of the week: which columns hold them, in many languages, under one row of titles or two."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.tabular.test_sniff import asked, found, rates
from voipdesk.tabular import words
from voipdesk.tabular.band_words import known_band
from voipdesk.tabular.layout import columns_named
from voipdesk.tabular.terms import BandPrice

ROWS = (
    "44;United Kingdom;0.0200;0.0100;0.0090",
    "49;Germany;0.0300;0.0210;0.0110",
    "33;France;0.0105;0.0055;0.0044",
    "34;Spain;0.0210;0.0110;0.0100",
)
TAKEN = {"prefix": 0, "destination": 1, "rate": 2, "rate.off-peak": 3, "rate.weekend": 4}


@pytest.mark.parametrize(
    "titles",
    [
        "Peak;Off-Peak;Weekend", "Peak Rate;offPeakRate;Weekend USD/min", "Rate;OFF_PEAK;Sat & Sun",
        "Hauptzeit;Nebenzeit;Samstag/Sonntag", "Preis Hauptzeit;Preis Nebenzeit;Preis Wochenende",
        "Heures pleines;Heures creuses;Week-end", "Prix;Prix heures creuses;Prix fin de semaine",
        "Pico;Fuera de pico;Fin de semana",
        "Precio hora punta;Precio fuera de hora punta;Precio fin de semana",
        "Fascia intera;Fascia ridotta;Fine settimana", "Piek;Dal;Weekend",
        "Ponta;Fora de ponta;Fim de semana", "Szczyt;Poza szczytem;Weekend", "Špička;Mimo špičku;Víkend",
        "Csúcsidő;Csúcsidőn kívül;Hétvége", "Ore de vârf;În afara orelor de vârf;Sfârșit de săptămână",
        "Yoğun;Yoğun olmayan;Hafta sonu", "Пик;Непиковое время;Выходные", "Пік;Позапік;Вихідні",
        "الذروة;خارج الذروة;نهاية الأسبوع", "سعر الذروة;سعر خارج الذروة;سعر نهاية الأسبوع",
        "高峰;非高峰;周末", "ピーク;オフピーク;週末", "피크;비피크;주말", "Högtrafik;Lågtrafik;Helg",
        "Spidsbelastning;Lavtid;Weekend", "Huippu;Hiljainen aika;Viikonloppu",
        "Αιχμή;Εκτός αιχμής;Σαββατοκύριακο", "Jam sibuk;Luar jam sibuk;Akhir pekan",
    ],
)  # fmt: skip
def test_prices_of_other_times_are_known_by_their_titles(tmp_path: Path, titles: str) -> None:
    layout = found(tmp_path, f"Code;Name;{titles}", *ROWS)
    assert (dict(layout.columns), asked(layout), layout.notes) == (TAKEN, set(), ())


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path) -> None:
    layout = found(tmp_path, "Vorwahl;Ziel;Preis Nebenzeit;Preis Hauptzeit;Preis Abend", *ROWS)
    assert (layout.columns["rate.off-peak"], layout.columns["rate"]) == (2, 3)
    assert layout.columns["rate.evening"] == 4
    by_night = found(tmp_path, "Code;Name;Night;Day;Weekend", *ROWS)
    assert (by_night.columns["rate.night"], by_night.columns["rate"]) == (2, 3)


@pytest.mark.parametrize(
    ("above", "below", "titles"),
    [
        ("Code;Name;Rate;;", ";;Peak;Off-Peak;Weekend", "Rate Peak;Rate Off-Peak;Rate Weekend"),
        (";;Peak;Off-Peak;Weekend", "Code;Name;Rate;Rate;Rate", "Rate Peak;Rate Off-Peak;Rate Weekend"),
        ("Code;Name;Tarif;;", ";;Pleines;Creuses;Week-end", "Tarif Pleines;Tarif Creuses;Tarif Week-end"),
        ("Vorwahl;Ziel;Preis;;", ";;Hauptzeit;Nebenzeit;Wochenende", "Preis Hauptzeit;Preis Nebenzeit;Preis Wochenende"),
        ("الرمز;الوجهة;السعر;;", ";;ذروة;خارج الذروة;نهاية الأسبوع", "السعر ذروة;السعر خارج الذروة;السعر نهاية الأسبوع"),
        (";;USD/min;;", "Code;Name;Peak;Off-Peak;Weekend", "USD/min Peak;USD/min Off-Peak;USD/min Weekend"),
    ],
)  # fmt: skip
def test_times_may_stand_in_a_row_of_their_own(tmp_path: Path, above: str, below: str, titles: str) -> None:
    layout = found(tmp_path, "Price list of November;;;;", above, below, *ROWS)
    assert (dict(layout.columns), ";".join(layout.titles[2:])) == (TAKEN, titles)
    assert layout.first_data_row == 4
    assert columns_named(layout.as_data(), layout.titles) == TAKEN  # what a profile keeps finds them again
    with (tmp_path / "sheet.csv").open("a", encoding="utf-8") as file:
        file.write("\n".join([above, below, "39;Italy;0.0200;0.0100;0.0090"]) + "\n")
    read = rates(tmp_path, layout)  # the header is repeated in the middle of the rows
    assert [row.codes for row in read] == [("44",), ("49",), ("33",), ("34",), ("39",)]
    assert not any(row.problems for row in read)


def test_a_row_of_times_above_two_prices_and_two_fees(tmp_path: Path) -> None:
    rows = [f"{row.rpartition(';')[0]};0.2;0.1;2026-12-01" for row in ROWS]
    layout = found(tmp_path, "Code;Name;Rate;;Setup fee;;Valid from", ";;Peak;Off-Peak;Peak;Off-Peak;", *rows)
    assert layout.columns == {
        "prefix": 0, "destination": 1, "rate": 2, "rate.off-peak": 3, "connection_fee": 4, "effective_date": 6,
        "connection_fee.off-peak": 5,
    }  # fmt: skip
    assert layout.notes == ()
    cheap = rates(tmp_path, layout)[0].terms.bands[0]
    assert (cheap.price, cheap.connect_fee) == (Decimal("0.01"), Decimal("0.1"))


@pytest.mark.parametrize(
    ("title", "kind", "role"),
    [
        ("Off-Peak Rate", "off-peak", None),
        ("Peak/Off-Peak Rate", "", "rate"),
        ("Peak & Off-Peak", "", "rate"),
        ("Off Peak Call Set Up Charge", "", None),
        ("Off-Peak Margin", "", None),
        ("Old Off-Peak Rate", "", None),
        ("Weekend minutes", "", None),
        ("Valido dal", "", "effective_date"),
        ("Peak", "", "rate"),
        ("Peak Call Set Up Charge", "", "connection_fee"),
        ("Time band", "", "band"),
        ("National", "", None),
    ],
)
def test_titles_of_times(title: str, kind: str, role: str | None) -> None:
    named = words.role_of(title, words.RATES)
    assert (words.band_of(title), named[0] if named else None) == (kind, role)


def test_a_title_without_prices_below_it_is_no_band(tmp_path: Path) -> None:
    dates = [f"{row.rpartition(';')[0].rpartition(';')[0]};yes;01/12/2026" for row in ROWS]
    layout = found(tmp_path, "Codice;Destinazione;Tariffa;Weekend;Dal", *dates)
    assert layout.columns == {"prefix": 0, "destination": 1, "rate": 2, "effective_date": 4}


def test_a_row_says_what_it_costs_in_each_band(tmp_path: Path) -> None:
    lines = (
        "44;UK;0,02;0,01;0,009;", "45;DK;0,02;;n/a;", "46;SE;0,02;blocked;0,5;", "47;NO;0,02;0,01;;blocked",
        "48;PL;0,02;;;closed", "49;DE;0,02;often;0,01;", "33;FR;blocked;0,01;;",
    )  # fmt: skip
    layout = found(tmp_path, "Code;Name;Peak;Off-Peak;Weekend;Status", *lines)
    read = {row.codes[0]: row for row in rates(tmp_path, layout)}
    cheap = Decimal("0.01")
    assert {code: row.terms.bands for code, row in read.items() if code != "49"} == {
        "44": (BandPrice("off-peak", price=cheap), BandPrice("weekend", price=Decimal("0.009"))),
        "45": (),
        "46": (BandPrice("off-peak", "blocked"), BandPrice("weekend", price=Decimal("0.5"))),
        "47": (BandPrice("off-peak", "blocked", cheap),),
        "48": (BandPrice("off-peak", "closed"), BandPrice("weekend", "closed")),
        "33": (BandPrice("off-peak", price=cheap),),
    }
    assert [(one.code, one.place.column) for one in read["49"].problems] == [("price_unreadable", "Off-Peak")]


@pytest.mark.parametrize(
    ("text", "is_cell", "meant"),
    [
        ("Off-Peak", False, "off peak"),
        ("Nebenzeit", False, "off peak"),
        ("Heures creuses", True, "off peak"),
        ("Weekend", False, None),
        ("Night", False, None),  # two bands are of the night
        ("NIGHT 2", False, "Night 2"),
        ("Peak", True, ""),
        ("", True, ""),
        ("All day", True, ""),
        ("Peak", False, None),
        ("Sundays", True, None),
    ],
)
def test_which_band_of_a_table_is_meant(text: str, is_cell: bool, meant: str | None) -> None:
    assert known_band(text, ["off peak", "Night 1", "Night 2"], is_cell=is_cell) == meant
