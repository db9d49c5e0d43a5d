"""Sheets in and out: what is seen, what is asked and answered, ledgers, guards, exports."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import CommandLine, run
from tests.rates.story import join
from tests.tabular.test_several_sheets import deck, workbook
from voipdesk.tabular.sniff import sniff

Sheet = Callable[..., Path]
TITLES = "Prefix,Destination,Rate,Effective Date"
TABLE = ("--table", "Aurora A-Z")
SCORED = {
    "kind", "encoding", "delimiter", "decimal", "sheet", "header_row", "first_data_row", "columns", "date_order", "ask",
}  # fmt: skip
"""Keys that an answer to the layout contest has."""


def test_inspect_says_what_is_scored(sheet: Sheet) -> None:
    path = sheet("rates.csv", TITLES, "44,UK,0.01,2026-11-30", "45,Denmark,0.02,2026-11-30")
    seen = run("inspect", path, "--json").object
    assert set(seen) >= SCORED
    assert seen == {"file": "rates.csv", **json.loads(json.dumps(sniff(path).as_json()))}
    assert (seen["kind"], seen["delimiter"], seen["header_row"], seen["first_data_row"]) == (
        "rates",
        ",",
        1,
        2,
    )
    assert seen["columns"] == {"prefix": 0, "destination": 1, "rate": 2, "effective_date": 3}


def test_inspect_needs_no_workspace_and_shows_its_evidence(sheet: Sheet) -> None:
    path = sheet("preise.csv", "Vorwahl;Ziel;Preis", "0044;UK;0,0123", "0045;DK;0,02")
    done = run("inspect", path)
    assert done.code == 0
    said = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "delimiter ;" in said
    assert any(line.startswith("decimal ,") and "0,0123" in line for line in said)
    assert any(line.startswith("column 3 is rate Preis") and line.endswith("% sure") for line in said)


@pytest.fixture
def doubtful(sheet: Sheet) -> Path:
    """Every date of it could be two days."""
    return sheet("doubt.csv", TITLES, "46,Sweden,0.01,03/12/2026", "47,Norway,0.02,04/12/2026")


def test_a_question_names_the_option_that_answers_it(cli: CommandLine, doubtful: Path) -> None:
    before = cli.content()
    done = cli("import-rates", doubtful, *TABLE, "--scope", "partial", code=1)
    assert "--set date_order=dmy / --set date_order=mdy" in done.err
    assert cli.content() == before
    assert "answer with --set date_order=dmy|mdy" in run("inspect", doubtful).out


@pytest.mark.parametrize(("order", "day"), [("dmy", "2026-12-03"), ("mdy", "2026-03-12")])
def test_the_answer_is_taken(cli: CommandLine, doubtful: Path, tmp_path: Path, order: str, day: str) -> None:
    words = (*TABLE, "--scope", "partial", "--set", f"date_order={order}")
    made = cli.json("import-rates", doubtful, *words).object
    assert (made["accepted"], made["counts"]["new"]) == (2, 2)
    cli("export-rates", *TABLE, tmp_path / "out.csv", "--as-of", "2026-12-31")
    line = next(
        line for line in (tmp_path / "out.csv").read_text("utf-8-sig").splitlines() if line.startswith("46,")
    )
    assert day in line


def test_columns_are_told(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("odd.csv", "a,b,c", "x,46,0.0123", "y,47,0.0456")
    words = ("--scope", "partial", "--set", "columns.prefix=2", "--set", "columns.rate=3")
    made = cli.json("import-rates", path, *TABLE, *words).object
    assert (made["accepted"], made["counts"]["new"]) == (2, 2)


@pytest.mark.parametrize(
    "pair",
    ["decimal", "decimal=;", "date_order=ydm", "columns.prefix=0", "columns.rate=two", "scale=0", "scale=x",
     "colour=red", "=1", "columns.colour=1"],
)  # fmt: skip
def test_a_wrong_answer_is_wrong_usage(cli: CommandLine, doubtful: Path, pair: str) -> None:
    done = cli("import-rates", doubtful, *TABLE, "--set", pair, code=2)
    assert "--set" in done.err


def test_the_ledger_the_counts_and_the_changes_are_told(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet(
        "aurora.csv", "Aurora price list", TITLES, "44,UK Fixed,0.0090,2026-12-01", "447,UK Mobile,0.0250,2026-12-01",
        "49,Germany Fixed,0.0100,2026-12-01", "46,Sweden,0.0300,2026-12-01",
    )  # fmt: skip
    done = cli("import-rates", path, *TABLE, "--scope", "partial")
    assert "6 rows = 2 skipped + 0 blank + 4 accepted + 0 duplicates + 0 in quarantine" in done.out
    assert "1 new, 1 up, 1 down, 1 same" in done.out
    assert "0.0080 → 0.0090" in done.out
    listed = cli.json("imports", "list").lines[0]
    assert (listed["file"], listed["state"], listed["accepted"]) == ("aurora.csv", "published", 4)


def test_a_guard_stops_until_it_is_accepted(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("short.csv", TITLES, "44,UK Fixed,0.0080,2026-12-01")
    before = cli.content()
    done = cli("import-rates", path, *TABLE, code=1)
    assert "13 of 14 prefixes (92.9 %) are missing" in done.err
    assert "accept G3:13" in done.err
    assert "12 prefixes that are sold have no supplier left" in done.err
    assert cli.content() == before
    dry = cli.json("import-rates", path, *TABLE, "--dry-run").object
    assert (dry["held"], dry["counts"]["removed"]) == (True, 13)
    assert cli.content() == before
    made = cli.json("import-rates", path, *TABLE, "--accept", "G3:13").object
    assert made["counts"]["removed"] == 13
    guard = next(one for one in made["guards"] if one["id"] == "G3")
    assert (guard["state"], guard["accepted_by"]) == ("stop", "sara")


def test_a_sheet_tells_whom_it_hurts(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("dearer.csv", TITLES, "2012,Egypt Mobile Orange,0.1160,2026-12-01")
    words = ("import-rates", path, *TABLE, "--scope", "partial", "--dry-run")
    assert "below cost: 1 sell prefixes (Gold 1), 2 customers, 0.00 in 30 days" in cli(*words).out
    told = cli.json(*words).object["consequences"]
    assert (told["prefixes"], told["below_cost"]["Gold"], told["margin"]) == (1, 1, "0.00")
    assert {one["account"] for one in told["customers"]} == {"Nile Calls", "Blue Hotel"}


def test_one_date_for_all_rows(cli: CommandLine, sheet: Sheet, tmp_path: Path) -> None:
    path = sheet("one.csv", "Prefix,Destination,Rate", "46,Sweden,0.03", "47,Norway,0.04")
    cli("import-rates", path, *TABLE, "--scope", "partial", "--effective", "2026-12-24")
    for day, there in (("2026-12-23", False), ("2026-12-24", True)):
        cli("export-rates", *TABLE, tmp_path / f"{day}.csv", "--as-of", day)
        assert ("Sweden" in (tmp_path / f"{day}.csv").read_text("utf-8-sig")) is there


def test_an_import_is_reverted(cli: CommandLine, sheet: Sheet, tmp_path: Path) -> None:
    path = sheet("one.csv", TITLES, "46,Sweden,0.03,2026-11-01")
    cli("import-rates", path, *TABLE, "--scope", "partial")
    cli("imports", "revert", *TABLE)
    assert cli.json("imports", "list").lines[0]["state"] == "reverted"
    cli("export-rates", *TABLE, tmp_path / "out.csv")
    assert "Sweden" not in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_a_profile_by_name(cli: CommandLine, sheet: Sheet) -> None:
    first = sheet("first.csv", "code,name,cost", "46,Sweden,0.03", "47,Norway,0.04")
    cli("import-rates", first, *TABLE, "--scope", "partial")
    other = sheet("other.csv", "cost,name,code,more", "0.04,Sweden,46,1", "0.05,Norway,47,1")
    words = (*TABLE, "--scope", "partial", "--profile", "Aurora A-Z")
    assert cli.json("import-rates", other, *words, "--accept", "G13").object["counts"]["up"] == 2
    unknown = cli("import-rates", other, *TABLE, "--profile", "None such", code=1)
    assert "None such" in unknown.err
    assert "Aurora A-Z" in unknown.err


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("of", [("--table", "Aurora A-Z"), ("--plan", "Gold"), ("--account", "Nile Calls")])
def test_what_is_exported(cli: CommandLine, tmp_path: Path, form: str, of: tuple[str, str]) -> None:
    out = tmp_path / f"out.{form}"
    assert cli.json("export-rates", *of, out).object == {"file": str(out), "rows": 14, "blocked": 0}
    assert run("inspect", out, "--json").object["kind"] == "rates"


@pytest.mark.parametrize("of", [(), ("--table", "Aurora A-Z", "--plan", "Gold")])
def test_an_export_is_of_one_thing(cli: CommandLine, tmp_path: Path, of: tuple[str, ...]) -> None:
    assert "--account" in cli("export-rates", *of, tmp_path / "out.csv", code=2).err


def test_sheets_for_customers_are_made_listed_and_given_out_again(cli: CommandLine, tmp_path: Path) -> None:
    day, out = "2026-11-30", tmp_path / "out"
    out.mkdir()
    told = cli.json("plans", "set-prices", "Gold", "2010-2012", "447", "--price", "0.1280", "--from", day)
    assert told.object["prefixes"] == ["2010", "2011", "2012", "447"]
    made = cli.json("sheets", "make", out, "--from", day, "--plan", "Gold").object["made"]
    assert [(one["account"], one["rows"]) for one in made] == [("Blue Hotel", 4), ("Nile Calls", 4)]
    listed = cli.json("sheets", "list").lines
    assert {(one["customer"], one["kind"], one["effective"]) for one in listed} == {
        ("Blue Hotel", "changes", "2026-11-30 00:00:00"), ("Nile Calls", "changes", "2026-11-30 00:00:00"),
    }  # fmt: skip
    cli("sheets", "save", made[1]["id"], tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == Path(made[1]["file"]).read_bytes()
    assert (
        "no such sheet"
        in cli("sheets", "save", made[1]["id"], tmp_path / "his.xlsx", user="rami", code=1).err
    )
    assert "Nothing changes." in cli("sheets", "make", out, "--from", day, "--plan", "Silver", code=1).err
    everybody = cli("sheets", "make", out, "--from", day, "--full").out
    assert "Zeta Resell: 14 rows, 0 closed" in everybody
    assert "sound" in cli("verify").out.lower()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_account_exports_what_changes_for_it(cli: CommandLine, tmp_path: Path, ending: str) -> None:
    out, day = tmp_path / f"out.{ending}", "2026-11-30"
    cli("plans", "set-prices", "Gold", "2010", "--price", "0.1280", "--from", day)
    words = ("export-rates", "--account", "Nile Calls", "--changes-since", day, out)
    assert cli.json(*words, user="cora").object["rows"] == 1
    found = run("inspect", out, "--json").object
    assert (found["kind"], found["columns"]["rate"]) == ("rates", 2)
    assert "--account" in cli("export-rates", "--plan", "Gold", "--changes-since", day, out, code=2).err
    assert cli.json("sheets", "list").lines == []


def test_an_export_of_another_kind_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    done = cli("export-rates", *TABLE, tmp_path / "out.pdf", code=1)
    assert ".xlsx" in done.err
    assert not (tmp_path / "out.pdf").exists()


CALLS = "uniqueid,account,caller,called,start,answer,billsec"


def test_the_dates_of_calls_are_asked_and_told(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("calls.csv", CALLS, "1,NILE,20,442079460000,03/10/2026 10:00:00,03/10/2026 10:00:05,60")
    before = cli.content()
    assert "--set date_order=dmy" in cli("import-calls", path, code=1).err
    assert cli.content() == before
    cli("import-calls", path, "--set", "date_order=mdy")
    assert cli.json("calls", "list").lines[0]["answer"] == "2026-03-10 10:00:05"


def test_the_columns_of_calls_are_told(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("calls.csv", "q,w,e,r", "442079460000,2026-10-03 10:00:00,60,NILE")
    assert "--set columns.called=" in cli("import-calls", path, code=1).err
    told = [f"columns.{name}" for name in ("called=1", "start=2", "billsec=3", "account=4")]
    cli("import-calls", path, *(word for one in told for word in ("--set", one)))
    row = cli.json("calls", "list").lines[0]
    assert (row["called"], row["talk"], row["account"]) == ("442079460000", 60, "Nile Calls")


def test_what_was_guessed_of_calls_can_be_said_back(cli: CommandLine, sheet: Sheet) -> None:
    """A file without titles is not taken on a guess; but the guess is there, to be repeated or corrected."""
    rows = [
        f"id-{number},2013-02-03 19:5{number}:00,44207946000{number},{20 + number},NILE"
        for number in range(6)
    ]
    path = sheet("bare.csv", *rows)
    err = cli("import-calls", path, code=1).err
    told = err[err.index("--set") :].split()
    assert "columns.called=3" in told
    assert "header_row=0" in told
    made = cli.json("import-calls", path, *told).object
    assert (made["ledger"]["accepted"], made["ledger"]["skipped"]) == (6, 0)
    row = cli.json("calls", "list").lines[0]
    assert (row["called"], row["talk"], row["answer"]) == ("442079460000", 20, "2013-02-03 19:50:00")


def test_the_same_calls_twice(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("calls.csv", CALLS, "1,NILE,20,442079460000,2026-10-03 10:00:00,2026-10-03 10:00:05,60")
    before = cli.content()
    assert cli.json("import-calls", path, "--dry-run").object["dry_run"] is True
    assert cli.content() == before
    cli("import-calls", path)
    assert "already imported" in cli("import-calls", path, code=1).err
    assert cli.json("import-calls", path, "--again").object["duplicates"] == 1
    number = cli.json("calls", "imports").lines[0]["import"]
    assert "count no more" in cli("calls", "revert", number).out


def test_calls_without_titles_say_how_they_were_read(cli: CommandLine, sheet: Sheet) -> None:
    rows = [f"c{n},2026-10-03 10:0{n}:00,{20 + n},{1000 + n % 2},44207946000{n}" for n in range(8)]
    said = cli("import-calls", sheet("bare.csv", *rows)).out
    assert "account 4" in said
    assert "talk time 3" in said


def test_prices_and_codes_on_different_sheets(cli: CommandLine, tmp_path: Path) -> None:
    path = join(tmp_path / "join.xlsx")
    seen = run("inspect", path, "--json").object
    assert set(seen) >= SCORED
    assert seen["roles"] == {"Cover": "skip", "Rates": "rates", "Codes": "codes"}
    assert (seen["sheet"], seen["columns"]["prefix"], seen["titles"][3]) == ("Rates", 3, "Codes")
    done = cli.json(
        "import-rates", path, *TABLE, "--scope", "partial", "--accept", "G1", "--accept", "G11"
    ).object
    assert (done["rows"], done["accepted"], done["quarantined"], done["prefixes"]) == (8, 2, 1, 7)
    assert done["notes"] == ["Codes without a rate, not imported: Lemuria (999)."]
    (problem,) = done["problems"]
    assert (problem["code"], problem["sheet"], problem["row"]) == ("no_codes", "Rates", 4)


def test_sheets_are_told_on_the_command_line(cli: CommandLine, tmp_path: Path) -> None:
    first = deck(["Austria", 43, 0.01], ["Belgium", 32, 0.02])
    second = deck(["Norway", 47, 0.03], ["Zambia", 260, "call us"])
    path = workbook(tmp_path / "deck.xlsx", {"A–M": first, "N–Z": second})
    assert "! Other sheets look like rates too and are left out: N–Z." in run("inspect", path).out
    words = ("import-rates", path, *TABLE, "--scope", "partial", "--accept", "G1")
    done = cli.json(*words, "--set", "sheet=A–M/N–Z").object
    assert (done["rows"], done["accepted"], done["quarantined"]) == (8, 3, 1)
    assert [(one["sheet"], one["row"]) for one in done["problems"]] == [("N–Z", 4)]
    wrong = cli(*words, "--set", "sheet=A–M/P–Z", code=1)
    assert "there is no sheet P–Z; it has A–M, N–Z." in wrong.err
    wrong = cli(*words, "--set", "sheet=A–M", "--set", "codes=N-Z", code=1)
    assert "there is no sheet N-Z" in wrong.err


def test_places_in_lines_are_told(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet(
        "calls.dat",
        "HEAD20261120                                          ",
        "CALL00120261003100000NILE  00442079460000   000065    ",
        "CALL00220261003100100NILE  00442079460001   000217    ",
        "CALL00320261003100200NILE  00442079460002   000012    ",
        "TAIL000003                                            ",
    )
    told = ("called=28-44", "start=8-21", "billsec=45-50", "account=22-27")
    words = [word for one in told for word in ("--set", f"columns.{one}")]
    made = cli.json("import-calls", path, *words, "--set", "length=hms").object
    assert (made["ledger"]["accepted"], made["ledger"]["skipped"]) == (3, 2)
    assert [row["talk"] for row in cli.json("calls", "list").lines] == [65, 137, 12]
