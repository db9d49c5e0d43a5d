"""Staged imports from the command line: kept, looked at, published, dropped, taken back."""

from pathlib import Path

from tests.cli.running import CommandLine
from tests.cli.test_sheets import TABLE, Sheet

LINES = ("46,Sweden,0.03", "47,Norway,0.04", "48,Poland,oops")


def staged(cli: CommandLine, sheet: Sheet, *options: str, name: str = "first.csv") -> str:
    path = sheet(name, "code,name,cost", *LINES)
    return str(cli.json("import-rates", path, *TABLE, "--stage", "--scope", "partial", *options).object["id"])


def test_a_staged_sheet_waits_until_it_is_published(cli: CommandLine, sheet: Sheet, tmp_path: Path) -> None:
    key = staged(cli, sheet, "--note", "December")
    assert cli.json("imports", "list").lines[0]["state"] == "staged"
    shown = cli.json("imports", "show", key).object
    assert (shown["counts"]["new"], shown["quarantined"], shown["held"]) == (2, 1, False)
    assert cli.json("imports", "rejects", key, tmp_path / "rejects.csv").object["rows"] == 1
    made = cli.json("imports", "publish", key).object
    assert (made["counts"]["new"], made["version"]) == (2, 2)
    record = cli.json("imports", "show", key).object
    assert (record["state"], record["note"], record["decisions"]["scope"]) == (
        "published",
        "December",
        "partial",
    )
    out = tmp_path / "out.csv"
    cli("imports", "original", key, out)
    assert out.read_bytes() == (tmp_path / "first.csv").read_bytes()
    assert "published already" in cli("imports", "discard", key, code=1).err
    assert cli.json("imports", "revert", key, "--note", "wrong file").object["state"] == "reverted"


def test_a_dropped_one_is_not_published(cli: CommandLine, sheet: Sheet) -> None:
    key = staged(cli, sheet)
    cli("imports", "discard", key)
    assert cli.json("imports", "list").lines[0]["state"] == "cancelled"
    assert "was cancelled" in cli("imports", "publish", key, code=1).err


def test_guards_hold_a_staged_one_until_they_are_accepted(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("cents.csv", "code,name,cost", "44,UK Fixed,0.9", "447,UK Mobile,0.5")
    words = (
        "import-rates",
        path,
        *TABLE,
        "--stage",
        "--scope",
        "partial",
        "--clamp-notice",
        "--past",
        "keep",
    )
    shown = cli.json(*words).object
    assert shown["held"] is True
    key = str(shown["id"])
    done = cli("imports", "publish", key, code=1)
    assert "--accept G1" in done.err
    assert cli.json("imports", "publish", key, "--accept", "G1").object["counts"]["up"] == 2


def test_wrong_usage(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("a.csv", "code,name,cost", *LINES)
    assert cli("import-rates", path, *TABLE, "--stage", "--dry-run", code=2).err
    assert "imports list" in cli("imports", "show", "17", code=2).err
    assert cli("imports", "revert", code=2).err
    assert "no such import" in cli("imports", "show", "0" * 32, code=1).err


def test_contradictions_and_currencies_are_settled_as_in_the_window(cli: CommandLine, sheet: Sheet) -> None:
    lines = ('"33,34",France,0.03', '"33,34",France,0.05', "39,Italy,0.01", "39,Italy,0.02")
    path = sheet("twice.csv", "code,name,cost EUR", *lines)
    words = ("import-rates", path, *TABLE, "--scope", "partial")
    assert "G8:EUR" in cli(*words, code=1).err
    settled = ("--pick", "2:33", "--pick", "3:34", "--conflicts", "highest", "--convert", "1.1@2026-11-20")
    tried = cli.json(*words, *settled, "--dry-run").object
    assert (tried["counts"]["new"], tried["quarantined"]) == (3, 0)
    guards = {one["id"]: one for one in tried["guards"]}
    assert (guards["G8"]["state"], guards["G7"]["token"]) == ("ok", "3")
    assert "1 EUR is 1.1 USD on 2026-11-20" in guards["G8"]["text"]
    key = str(cli.json(*words, *settled, "--stage").object["id"])
    assert cli.json("imports", "publish", key).object["counts"]["new"] == 3
    record = cli.json("imports", "show", key).object
    assert record["decisions"]["chosen"] == ["2:33", "3:34"]
    assert record["decisions"]["convert"]["rate"] == "1.1"
    assert set(record["decisions"]["by"]) == {"scope", "chosen", "conflicts", "convert"}
    out = path.parent / "out.csv"
    cli("export-rates", "--table", "Aurora A-Z", out)
    rates = {line.split(",")[0]: line for line in out.read_text(encoding="utf-8-sig").splitlines()}
    for prefix, price in (("33", "0.033"), ("34", "0.055"), ("39", "0.022")):
        assert price in rates[prefix]
    today = cli.json(*words, "--convert", "2", "--conflicts", "first", "--dry-run", "--accept", "G12").object
    assert "on 2026-11-23" in next(one["text"] for one in today["guards"] if one["id"] == "G8")


def test_wrong_choices_are_wrong_usage_or_refused(cli: CommandLine, sheet: Sheet) -> None:
    path = sheet("a.csv", "code,name,cost", *LINES)
    words = ("import-rates", path, *TABLE, "--scope", "partial", "--dry-run")
    assert "12:4478" in cli(*words, "--pick", "x", code=2).err
    assert "12:4478" in cli(*words, "--pick", "2:", code=2).err
    assert cli(*words, "--convert", "1.1@yesterday", code=2).err
    assert "not a rate of exchange" in cli(*words, "--convert", "0", code=1).err
    assert "no other currency" in cli(*words, "--convert", "1.1", code=1).err
    assert "1/60" in cli(*words, "--set", "scale=0", code=2).err
    assert cli.json(*words, "--set", "scale=1/60").object["counts"]["new"] == 2
