"""Time bands on the command line: made with an import, said where there is none, named by the price of a number."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.running import CommandLine

Sheet = Callable[..., Path]
TABLE = ("--table", "Aurora A-Z")


def test_columns_of_a_part_of_the_week_become_rates_of_a_time_band(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("peaks.csv", "Prefix,Destination,Peak,Off-Peak", "471,Norway,0.03,0.01", "472,Norway,0.03,")
    words = ("import-rates", path, *TABLE, "--scope", "partial")
    left = cli(*words, "--dry-run").out
    assert 'no time band for it: Off-Peak. Make one: --band "Off-Peak=Mon-Fri 20:00-08:00, Sat-Sun"' in left
    assert cli.json(*words, "--dry-run").object["bandless"] == ["Off-Peak"]
    band = ("--band", "Off-Peak=Mon-Fri 20:00-08:00, Sat-Sun")
    staged = cli(*words, "--stage", *band).out
    assert "3 new" in staged
    made = cli(*words, *band, "--accept", "G12").out
    assert "new      471 Off-Peak – → 0.0100  Norway" in made
    assert "Not taken" not in made
    cli("plans", "assign", "+10 %", "--account", "Blue Hotel", "--from", "2026-12-01")
    peak, cheap = (
        cli("price", "47112345678", "--account", "Blue Hotel", "--at", f"2026-12-01T{hour}:00").out
        for hour in (12, 22)
    )
    assert "Off-Peak" not in peak
    lines = [" ".join(line.split()) for line in cheap.splitlines()]
    assert {
        "Time band Off-Peak",
        "Base price of 471 0.01",
        "Price per minute 0.01",
        "Price per minute 0.011",
    } <= set(lines)
    for wrong in ("Off-Peak", "Off-Peak=noon", "Off-Peak=Mon 25-26"):
        assert "--band" in cli(*words, "--band", wrong, code=2).err
    other = cli(*words, "--band", "Off-Peak=Sat-Sun", "--accept", "G12", code=1).err
    assert "Off-Peak of Aurora A-Z is Mon–Fri 20:00–08:00, Sat–Sun." in other


def test_tables_are_compared_in_a_time_band(cli: CommandLine, sheet: Sheet) -> None:
    cli("tables", "add", "Borealis", "--currency", "USD")
    path = sheet("peaks.csv", "Prefix,Destination,Peak,Off-Peak", "44,UK,0.03,0.01", "20,Egypt,0.03,")
    cli("import-rates", path, "--table", "Borealis", "--band", "Off-Peak=Mon-Fri 20:00-08:00, Sat-Sun")

    def prices(*words: str) -> dict[str, str]:
        lines = cli.json("compare-rates", "Aurora A-Z", "Borealis", *words).lines
        return {row["prefix"]: row["prices"]["Borealis"] for row in lines if row["prefix"] in {"44", "20"}}

    assert prices() == {"44": "0.03", "20": "0.03"}
    assert prices("--band", "Nebenzeit") == {"44": "0.01", "20": "0.03"}


def test_calls_are_rated_by_the_band_of_their_answer(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("peaks.csv", "Prefix,Destination,Peak,Off-Peak", "471,Norway,0.0300,0.0100")
    band = ("--band", "Off-Peak=Mon-Fri 20:00-08:00, Sat-Sun", "--effective", "2026-10-01")
    cli("import-rates", path, *TABLE, "--scope", "partial", *band)
    head = "uniqueid,account,caller,called,start,answer,billsec,disposition"
    times = {
        "a": "2026-11-17 19:59:59",
        "b": "2026-11-17 22:00:00",
        "c": "2026-11-16 07:59:00",
        "d": "2026-11-14 12:00:00",
    }
    rows = [f"{name},BLUE,1,4712345678,{time},{time},60,ANSWERED" for name, time in times.items()]
    cli("import-calls", sheet("calls.csv", head, *rows))
    cli("rate")
    costs = {row["id"]: row["cost"] for row in cli.json("calls", "list").lines}
    assert costs == {1: "0.03", 2: "0.01", 3: "0.01", 4: "0.01"}  # the third is answered on a Monday morning
