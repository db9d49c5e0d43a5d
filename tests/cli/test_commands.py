"""What each command does and says, on the world of Acme VoIP."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
import pytest

from tests.cli.running import CommandLine, run
from voipdesk.cli import main
from voipdesk.cli.arguments import wants_window

PROMISED = [
    "sample", "inspect", "import-rates", "export-rates", "price", "import-calls", "rate", "report", "backup", "restore",
    "verify", "new", "undo", "redo", "invoices draft", "invoices issue", "invoices list", "invoices show",
    "invoices pdf", "invoices void", "accounts list", "accounts add", "accounts move", "accounts alias",
    "suppliers list", "suppliers add", "suppliers change", "tables list", "tables add", "plans list", "plans add",
    "plans rule", "plans assign", "plans rules", "plans set-prices",
    "sheets make", "sheets list", "sheets save", "imports list", "imports show",
    "imports publish", "imports discard", "imports original", "imports rejects", "imports revert",
    "calls list", "calls explain",
    "problems list", "problems map", "fees set", "taxes set", "settings get", "settings set",
]  # fmt: skip


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, f"{above}{name} ")
        else:
            yield f"{above}{name}", found


def test_what_was_promised_is_there_and_no_more_than_works() -> None:
    main.load()
    found = dict(commands(main.voipdesk))
    assert set(PROMISED) <= set(found)
    assert not {"payments", "statement", "sync"} & {name.split()[0] for name in found}


@pytest.mark.parametrize("words", ["", *PROMISED])
def test_each_command_explains_itself(words: str) -> None:
    done = run(*words.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert "--json" in done.out
    assert "--workspace" in done.out


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ([], True),
        (["--sample"], True),
        (["--workspace", "a.vdesk", "--user", "rami", "--page", "rates"], True),
        (["--workspace=a.vdesk"], True),
        (["--workspace", "verify"], True),
        (["verify"], False),
        (["--workspace", "a.vdesk", "verify"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_when_the_window_is_wanted(words: list[str], window: bool) -> None:
    assert wants_window(words) is window


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("price",), ("invoices", "draft"), ("invoices", "draft", "--period", "2026-13"),
     ("invoices", "issue"), ("report", "totals", "--by", "colour"), ("rate", "--from", "yesterday"),
     ("fees", "set", "Nile Calls", "Fee", "ten", "--from", "2026-01-01"),
     ("fees", "set", "Nile Calls", "Fee", "nan", "--from", "2026-01-01"),
     ("fees", "set", "Nile Calls", "Fee", "1", "--from", "01/02/2026"), ("settings", "set", "rounding", "{")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_told_apart(cli: CommandLine, words: tuple[str, ...]) -> None:
    before = cli.content()
    assert cli(*words, code=2).err
    assert cli.content() == before


def test_a_refusal_is_on_stderr_or_one_object_on_stdout(cli: CommandLine) -> None:
    done = cli("price", "442079460420", "--account", "Nobody", code=1)
    assert done.out == ""
    assert done.err.startswith("There is no account Nobody. ")
    told = cli.json("price", "442079460420", "--account", "Nobody", code=1)
    assert told.err == ""
    assert told.object["error"]["code"] == "unknown_account"


def test_no_workspace_was_named() -> None:
    done = run("accounts", "list")
    assert done.code == 1
    assert "--workspace FILE" in done.err


def test_options_stand_before_or_after(cli: CommandLine) -> None:
    before = run("--json", "--user", "rami", "--workspace", cli.path, "accounts", "list")
    after = run("accounts", "list", "--workspace", cli.path, "--json", "--user", "rami")
    assert before.lines == after.lines
    assert [row["account"] for row in before.lines] == ["Delta Resell", "Delta Shop"]


def test_a_new_workspace_from_nothing(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path / "new.vdesk")
    words = ("new", cli.path, "--company", "Own Ltd", "--currency", "EUR", "--zone", "Europe/Berlin")
    assert run(*words).code == 0
    assert "exists already" in run(*words).err
    assert cli.json("settings", "get").object["currency"] == "EUR"
    assert cli.json("accounts", "list").lines[0]["account"] == "Own Ltd"
    assert cli("verify").out == "Sound: database, rate imports, rate sheets sent, call imports, documents.\n"


def test_the_tree_grows_moves_and_is_undone(cli: CommandLine) -> None:
    cli(
        "accounts",
        "add",
        "Oak Ltd",
        "--level",
        "company",
        "--alias",
        "OAK",
        "--prepaid",
        "--credit-limit",
        "50",
    )
    cli("accounts", "alias", "Oak Ltd", "OAKTRUNK", "--kind", "trunk")
    moved = cli.json("accounts", "move", "Oak Ltd", "--under", "Delta Resell").object
    assert moved["name"] == "Oak Ltd"
    oak = next(row for row in cli.json("accounts", "list").lines if row["account"] == "Oak Ltd")
    assert (oak["under"], oak["mode"]) == ("Delta Resell", "prepaid")
    assert cli("undo").out.startswith("Undone: ")
    oak = next(row for row in cli.json("accounts", "list").lines if row["account"] == "Oak Ltd")
    assert oak["under"] == "Acme VoIP"
    cli("redo")
    oak = next(row for row in cli.json("accounts", "list").lines if row["account"] == "Oak Ltd")
    assert oak["under"] == "Delta Resell"
    assert cli("redo", code=1).err


def test_terms_of_a_supplier_are_changed(cli: CommandLine) -> None:
    made = cli.json("suppliers", "add", "Borealis", "--notice", "increase=14", "--notice", "new=1").object
    assert made["notice"] == {"increase": 14, "new": 1}
    cli("suppliers", "change", "borealis", "--notice", "new=0", "--code", "BOR", "--status", "archived")
    row = next(row for row in cli.json("suppliers", "list").lines if row["name"] == "Borealis")
    assert row["notice"] == {"increase": 14, "new": 0}
    assert (row["code"], row["status"]) == ("BOR", "archived")
    assert "increase 14" in cli("suppliers", "list").out
    assert "always" in cli("suppliers", "change", "BOR", "--notice", "always=7", code=1).err
    assert "increase=7" in cli("suppliers", "change", "BOR", "--notice", "7", code=2).err
    cli("suppliers", "change", "BOR", code=2)


def test_suppliers_tables_and_plans_are_made(cli: CommandLine) -> None:
    cli("suppliers", "add", "Borealis", "--currency", "USD")
    cli("tables", "add", "Borealis A-Z", "--supplier", "Borealis")
    row = next(row for row in cli.json("tables", "list").lines if row["table"] == "Borealis A-Z")
    assert (row["supplier"], row["currency"], row["default"]) == ("Borealis", "USD", "")
    cli("plans", "add", "Special", "--markup", "12.5%", "--decimals", "4", "--rounding", "up")
    cli(
        "plans",
        "rule",
        "Special",
        "--match",
        "prefix",
        "--pattern",
        "447",
        "--action",
        "fixed",
        "--price",
        "0.03",
    )
    cli("plans", "rule", "Special", "--match", "destination", "--pattern", "*Cuba*", "--action", "block")
    rules = cli.json("plans", "rules", "Special").lines
    assert [(row["action"], row["markup"], row["fixed_price"]) for row in rules] == [
        ("markup", "0.125", None),
        ("fixed", "0", "0.03"),
        ("block", "0", None),
    ]
    cli("plans", "assign", "Special", "--account", "Nile Calls", "--from", "2026-12-01")
    held = cli.json("plans", "assigned", "--account", "Nile Calls").lines
    assert [(row["plan"], row["until"]) for row in held] == [
        ("Gold", "2026-12-01 00:00:00"),
        ("Special", None),
    ]
    assert {row["predefined"] for row in cli.json("plans", "list").lines} == {"", "cost", "plus10", "free"}


def test_a_price_with_its_derivation(cli: CommandLine) -> None:
    words = (
        "price",
        "+44 20 7946 0420",
        "--account",
        "Delta Shop",
        "--at",
        "2026-10-15T12:00",
        "--seconds",
        "90",
    )
    found = cli.json(*words).object
    # Buy 0.0080, Wholesale +10 % = 0.0088, DR Retail +25 % = 0.0110 a minute; 90 seconds at 1/1.
    assert [(one["level"], one["amount"]) for one in found["levels"]] == [
        ("cost", "0.012000"),
        ("reseller", "0.013200"),
        ("company", "0.016500"),
    ]
    assert (found["number"], found["amount"], found["trouble"]) == ("442079460420", "0.016500", "")
    told = cli(*words).out
    assert "Delta Shop (company): 0.0165 USD, margin 0.0033" in told
    assert "90 s × 0.0110 / 60" in told.replace("0.011 ", "0.0110 ")
    of_rami = cli.json(*words, user="rami").object["levels"]
    assert [one["level"] for one in of_rami] == ["reseller", "company"]


def test_a_price_that_there_is_none_of(cli: CommandLine) -> None:
    found = cli.json("price", "999123", "--account", "Nile Calls").object
    assert (found["amount"], found["trouble"]) == (None, "no_rate")
    assert found["levels"][-1]["text"] in cli("price", "999123", "--account", "Nile Calls").out


def test_calls_are_listed_explained_and_mended(month: CommandLine) -> None:
    rows = month.json("calls", "list").lines
    assert {row["unique_id"] for row in rows} == {"n1", "n2", "b1", "d1", "d2", "z1", "g1"}
    call = next(row for row in rows if row["unique_id"] == "d1")
    assert (call["account"], call["price"], call["cost"]) == ("Delta Shop", "0.088", "0.08")
    why = month.json("calls", "explain", call["id"]).object
    assert [Decimal(one["amount"]) for one in why["levels"]] == [
        Decimal(one["recomputed"]) for one in why["levels"]
    ]
    assert "Billed seconds" in month("calls", "explain", call["id"]).out
    waiting = {row["code"]: row for row in month.json("problems", "list").lines}
    assert [(code, row["what"], row["calls"]) for code, row in waiting.items()] == [
        ("unknown_account", "STRANGER", 1)
    ]
    assert month.json("problems", "map", "STRANGER", "Blue Hotel").object["calls"] == 1
    assert month.json("rate").object["charged"] == 1
    assert month("problems", "list").out == "Nothing waits.\n"
    assert [row["unique_id"] for row in month.json("calls", "list", "--number", "1").lines] == ["d2"]
    assert "1 to 2 of 7" in month("calls", "list", "--limit", "2").out


def test_rating_again_is_tried_first(month: CommandLine) -> None:
    month("plans", "rule", "Gold", "--match", "exact", "--pattern", "44", "--action", "free")
    before = month.content()
    dry = month.json("rate", "--rerate", "--dry-run", "--from", "2026-10-01", "--to", "2026-11-01").object
    assert (dry["dry_run"], dry["run"]) == (True, None)
    assert month.content() == before
    assert {one["account"] for one in dry["untouched"]} >= {"Nile Calls"}


def test_invoices_are_listed_shown_printed_and_voided(month: CommandLine, tmp_path: Path) -> None:
    listed = {row["customer"]: row for row in month.json("invoices", "list", "--period", "2026-10").lines}
    nile = listed["Nile Calls"]
    shown = month.json("invoices", "show", nile["id"]).object
    usage = sum(Decimal(line["unit_price"]) for line in shown["lines"] if line["kind"] == "usage")
    prices = [Decimal(row["price"]) for row in month.json("calls", "list", "--account", "Nile Calls").lines]
    assert usage == sum(prices)
    assert "Line rental" in month("invoices", "show", nile["id"]).out
    out = tmp_path / "nile.pdf"
    month("invoices", "pdf", nile["id"], out)
    assert out.read_bytes().startswith(b"%PDF-")
    assert "there is no folder" in month("invoices", "pdf", nile["id"], tmp_path / "no" / "x.pdf", code=1).err
    month("invoices", "void", nile["id"], "--reason", "Wrong address")
    again = month.json("invoices", "list", "--state", "void").lines
    assert [row["number"] for row in again] == [nile["number"]]
    assert "Sound" in month("verify").out


def test_unrated_calls_are_decided_on(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "uniqueid,account,called,start,answer,billsec\n1,NILE,999123456,2026-10-03 10:00:00,2026-10-03 10:00:05,60\n",
        encoding="utf-8",
    )
    cli("import-calls", file)
    cli("rate")
    assert "no price" in cli("invoices", "draft", "--period", "2026-10", code=1).err
    made = cli.json("invoices", "draft", "--period", "2026-10", "--leave-out-unrated").object
    assert [one["reason"] for one in made["left_out"] if one["calls"]] == ["unrated"]
    assert "There is no draft" in cli("invoices", "issue", "--period", "2026-10").out


def test_a_tax_must_have_been_decided(cli: CommandLine, tmp_path: Path) -> None:
    cli("fees", "set", "Nile Calls", "Line rental", "25", "--from", "2026-10-01")
    assert cli("invoices", "draft", "--period", "2026-10", code=None).told
    cli("taxes", "set", "--rate", "14", "--from", "2026-01-01")
    made = cli.json("invoices", "draft", "--period", "2026-10").object
    assert [(one["customer"], Decimal(one["total"])) for one in made["drafts"]] == [
        ("Nile Calls", Decimal("28.50"))
    ]
    assert cli.json("taxes", "list").lines[0]["rate"] == "14"
    assert cli.json("fees", "list").lines[0]["fee"] == "Line rental"


@pytest.mark.parametrize("by", ["account", "customer", "destination", "day", "hour", "supplier"])
def test_figures_add_up(month: CommandLine, by: str) -> None:
    whole = month.json("report", "totals").lines[0]
    parts = month.json("report", "totals", "--by", by).lines
    for name in ("calls", "answered", "seconds"):
        assert sum(row[name] for row in parts) == whole[name]
    assert sum(Decimal(row["revenue"]) for row in parts) == Decimal(whole["revenue"])
    assert by in parts[0]


def test_the_figures_of_home(month: CommandLine) -> None:
    found = month.json("report", "home", "--period", "2026-10").object
    whole = month.json("report", "totals", "--period", "2026-10").lines[0]
    assert Decimal(found["figures"]["revenue"]) == Decimal(whole["revenue"])
    assert found["attention"]
    assert "Revenue" in month("report", "home", "--period", "2026-10").out


def test_settings(cli: CommandLine) -> None:
    cli("settings", "set", "country", "20")
    assert cli.json("settings", "get", "country").object == {"country": "20"}
    cli("settings", "set", "rounding", '{"decimals": 4, "mode": "up"}')
    assert cli.json("settings", "get", "rounding").object == {"rounding": {"decimals": 4, "mode": "up"}}
    assert "zone" in cli("settings", "set", "zone", "Mars", code=1).err
    assert "there are rates" in cli("settings", "set", "currency", "EUR", code=1).err


def test_a_backup_is_the_workspace_and_is_restored_beside_it(month: CommandLine, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.vdesk", tmp_path / "other.vdesk"
    made = month.json("backup", copy).object
    assert made["bytes"] == copy.stat().st_size
    month("accounts", "add", "After Ltd", "--level", "company")
    assert run("restore", copy, other).code == 0
    names = {row["account"] for row in CommandLine(other).json("accounts", "list").lines}
    assert "After Ltd" not in names
    assert "Sound" in CommandLine(other)("verify").out
    assert "exists already" in run("restore", copy, other).err


def test_verify_finds_what_was_tampered_with(month: CommandLine) -> None:
    import sqlite3

    connection = sqlite3.connect(month.path)
    try:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE invoice SET total = total + 100000000 WHERE seq = 1")
        connection.commit()
    finally:
        connection.close()
    done = month("verify", code=1)
    assert "its sums are not those that were printed" in done.err
    assert month.json("verify", code=1).object["error"]["code"] == "not_sound"


def test_logins_and_their_passwords(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("logins", "add", "ben", "--account", "Blue Hotel")
    assert cli.json("accounts", "list", user="ben").lines[0]["account"] == "Blue Hotel"
    words = ("--workspace", cli.path, "logins", "password", "ben")
    assert run(*words, typed="a long secret\na long secret\n").code == 0
    refused = cli("accounts", "list", user="ben", code=1)
    assert "VOIPDESK_PASSWORD" in refused.err
    monkeypatch.setenv("VOIPDESK_PASSWORD", "another secret")
    assert "do not fit" in cli("accounts", "list", user="ben", code=1).err
    monkeypatch.setenv("VOIPDESK_PASSWORD", "a long secret")
    cli("accounts", "list", user="ben")
    monkeypatch.delenv("VOIPDESK_PASSWORD")
    cli("logins", "password", "ben", "--none")
    cli("accounts", "list", user="ben")
    cli("logins", "disable", "ben")
    assert "disabled" in cli("accounts", "list", user="ben", code=1).err
    assert {row["login"] for row in cli.json("logins", "list", user="rami").lines} == {"rami"}


def test_the_open_workspace_is_never_written_over(month: CommandLine, tmp_path: Path) -> None:
    before = month.content()
    number = month.json("invoices", "list").lines[0]["id"]
    for words in (("backup", month.path), ("invoices", "pdf", number, month.path)):
        assert "is the open workspace" in month(*words, code=1).err
    assert month.content() == before
    assert "there is no folder" in month("backup", tmp_path / "no" / "copy.vdesk", code=1).err


def test_a_name_that_is_no_text_is_wrong_usage(cli: CommandLine, tmp_path: Path) -> None:
    odd = str(tmp_path / "odd\udcff.csv")
    assert "rename it" in cli("import-rates", odd, "--table", "Aurora A-Z", code=2).err
    assert "rename it" in run("inspect", odd).err


def test_rules_tell_their_days_on_the_clocks_of_the_workspace(cli: CommandLine) -> None:
    cli("plans", "add", "Bare")
    assert "nothing is sold" in cli("plans", "rules", "Bare").out
    words = ("--match", "prefix", "--pattern", "44", "--action", "fixed", "--price", "0.02")
    cli("plans", "rule", "Bare", *words, "--from", "2026-11-30", "--until", "2026-12-31")
    row = cli.json("plans", "rules", "Bare").object
    assert (row["from"], row["until"]) == ("2026-11-30 00:00:00", "2026-12-31 00:00:00")
