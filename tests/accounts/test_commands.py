"""What people may do to accounts, logins, suppliers and settings, and what is refused to whom."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.worlds import World
from voipdesk.accounts import commands, queries
from voipdesk.accounts.rules import Right
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import Conflict, NotAllowed, Refused
from voipdesk.store.database import Database

Do = Callable[[Database, Actor], object]

COMMANDS: dict[str, tuple[Do, set[str]]] = {
    # command on something of the actor's own place, and the levels that may do it
    "create_account": (
        lambda db, actor: commands.create_account(db, actor, name="New", level="user"),
        {"cora"},
    ),
    "create_company": (
        lambda db, actor: commands.create_account(db, actor, name="New", level="company"),
        {"sara", "rami"},
    ),
    "change_account": (
        lambda db, actor: commands.change_account(db, actor, account=actor.account_id, language="de"),
        {"sara", "rami", "cora"},
    ),
    "move_account": (
        lambda db, actor: commands.move_account(db, actor, account="Delta Shop", parent="Zeta Resell"),
        {"sara"},
    ),
    "add_alias": (
        lambda db, actor: commands.add_alias(db, actor, account=actor.account_id, value="NEW"),
        {"sara", "rami"},
    ),
    "remove_alias": (
        lambda db, actor: commands.remove_alias(db, actor, value="NILE"),
        {"sara"},
    ),
    "create_supplier": (lambda db, actor: commands.create_supplier(db, actor, name="Borealis"), {"sara"}),
    "change_supplier": (
        lambda db, actor: commands.change_supplier(db, actor, supplier="Aurora", name="Borealis"),
        {"sara"},
    ),
    "create_login": (
        lambda db, actor: commands.create_login(db, actor, account=actor.account_id, name="new"),
        {"sara", "rami", "cora"},
    ),
    "disable_login": (lambda db, actor: commands.disable_login(db, actor, name="uma"), {"sara", "cora"}),
    "set_password of another": (
        lambda db, actor: commands.set_password(db, actor, name="zoe", password="long enough"),
        {"sara"},
    ),
    "set_password of one's own": (
        lambda db, actor: commands.set_password(db, actor, name=actor.name, password="long enough"),
        {"sara", "rami", "cora", "uma"},
    ),
    "set_setting": (lambda db, actor: commands.set_setting(db, actor, key="country", value="20"), {"sara"}),
}
SECRETS = ("Nile", "Blue", "Orchid", "Palm", "Traders", "Zeta", "Aurora", "Acme")


@pytest.mark.parametrize("login", ["sara", "rami", "cora", "uma"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_what_the_level_may_not(world: World, command: str, login: str) -> None:
    do, allowed = COMMANDS[command]
    if login in allowed:
        do(world.db, world.actor(login))
        return
    before = world.db.undo_label(world.actor(login))
    with pytest.raises(Refused) as refusal:
        do(world.db, world.actor(login))
    if login == "rami":
        asked = ("Zeta",) if command == "move_account" else ()  # what he typed himself comes back
        assert not [name for name in SECRETS if name in str(refusal.value) and name not in (*asked, "NILE")]
    assert world.db.undo_label(world.actor(login)) == before


def test_a_login_without_the_right_is_refused_though_its_level_has_it(world: World) -> None:
    commands.create_login(
        world.db, world.sara, account="Acme VoIP", name="nora", rights=[Right.SEE_CALLS, Right.SEE_PRICES]
    )
    with pytest.raises(NotAllowed):
        commands.create_account(world.db, world.actor("nora"), name="New", level="company")


def test_nobody_gives_a_right_he_lacks(world: World) -> None:
    commands.create_login(
        world.db, world.sara, account="Acme VoIP", name="nora", rights=[Right.MANAGE_LOGINS, Right.SEE_PRICES]
    )
    nora = world.actor("nora")
    for account, rights in (("Acme VoIP", None), ("Acme VoIP", [Right.SETTINGS]), ("Delta Resell", None)):
        with pytest.raises(NotAllowed):
            commands.create_login(world.db, nora, account=account, name="mole", rights=rights)
    with pytest.raises(NotAllowed):
        commands.set_password(world.db, nora, name="sara", password="taken over")
    made = commands.create_login(world.db, nora, account="Uma", name="una", rights=[Right.SEE_PRICES])
    assert made.rights == {"see_prices"}


def test_accounts_get_codes_that_tell_nothing_of_siblings(world: World) -> None:
    made = commands.create_account(world.db, world.rami, name="Nile Calls", level="company")
    assert made.code == "DELTARESELL-NILECALLS"
    with pytest.raises(Refused, match=r"start with DELTARESELL-") as refusal:
        commands.create_account(world.db, world.rami, name="Other", level="company", code="NILECALLS")
    assert refusal.value.code == "code_prefix"
    with pytest.raises(Refused, match="This code is not free"):
        commands.create_account(
            world.db, world.rami, name="Other", level="company", code="deltaresell-nilecalls"
        )
    again = commands.create_account(world.db, world.sara, name="Nile-Calls", level="company")
    assert again.code == "NILECALLS2"


def test_siblings_have_different_names_cousins_need_not(world: World) -> None:
    with pytest.raises(Refused, match="an account nile calls here already"):
        commands.create_account(world.db, world.sara, name="nile  calls", level="company")
    assert commands.create_account(world.db, world.zoe, name="Nile Calls", level="company").depth == 2


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"payment_mode": "barter"}, "payment_mode"),
        ({"status": "asleep"}, "status"),
        ({"tax_status": "none"}, "tax_status"),
        ({"country": "EGY"}, "country"),
        ({"payment_days": -1}, "payment_days"),
    ],
)
def test_details_that_do_not_suit_are_named(world: World, details: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        commands.create_account(world.db, world.sara, name="New", level="company", **details)  # type: ignore[arg-type]


def test_details_are_kept_and_changed_and_undone(world: World) -> None:
    address = {"legal_name": "New Ltd", "lines": ["1 Lane"]}
    made = commands.create_account(
        world.db, world.sara, name="New", level="company", country="eg", credit_limit=Decimal("50.5"), address=address
    )  # fmt: skip
    assert (made.country, made.credit_limit, made.address, made.payment_days) == (
        "EG",
        Decimal("50.5"),
        address,
        14,
    )
    changed = commands.change_account(world.db, world.sara, account=made.id, name="Newer", payment_days=30)
    assert (changed.name, changed.payment_days, changed.country) == ("Newer", 30, "EG")
    world.db.undo(world.sara)
    assert queries.account(world.db, world.sara, made.id) == made


def test_one_changes_little_of_his_own_account(world: World) -> None:
    for details in ({"credit_limit": Decimal(1000)}, {"status": "disabled"}, {"code": "RICH"}):
        with pytest.raises(Refused) as refusal:
            commands.change_account(world.db, world.rami, account="Delta Resell", **details)  # type: ignore[arg-type]
        assert refusal.value.code == "own_account"
    own = commands.change_account(world.db, world.rami, account="Delta Resell", address={"lines": ["1 Quay"]})
    assert own.address == {"lines": ["1 Quay"]}


@pytest.mark.parametrize(
    ("account", "parent"),
    [
        ("Delta Resell", "Zeta Resell"),
        ("Uma", "Acme VoIP"),
        ("Nile Calls", "Blue Hotel"),
        ("Nile Calls", "Uma"),
        ("Delta Resell", "Delta Shop"),
        ("Acme VoIP", "Delta Resell"),
        ("Nile Calls", "Nile Calls"),
    ],
)
def test_moving_keeps_the_rules_of_levels(world: World, account: str, parent: str) -> None:
    with pytest.raises(Refused) as refusal:
        commands.move_account(world.db, world.sara, account=account, parent=parent)
    assert refusal.value.code == "no_place"


def test_a_moved_account_is_lost_at_once_and_its_code_with_it(world: World) -> None:
    moved = commands.move_account(world.db, world.sara, account="Delta Shop", parent="Zeta Resell")
    assert moved.code == "ZETARESELL-DELTASHOP"
    assert [one.name for one in queries.tree(world.db, world.rami)] == ["Delta Resell"]
    assert {one.name for one in queries.tree(world.db, world.zoe)} == {
        "Zeta Resell",
        "Zeta Shop",
        "Delta Shop",
    }
    with world.db.read() as conn:
        assert queries.account_finder(conn, world.rami).text("DSHOP") is None
        assert queries.account_finder(conn, world.zoe).text("DSHOP") == moved.id
    with pytest.raises(Refused, match="no account Delta Shop"):
        commands.change_account(world.db, world.rami, account="Delta Shop", name="Mine")


def test_an_account_with_its_own_code_keeps_it_when_moved(world: World) -> None:
    made = commands.create_account(
        world.db, world.sara, name="Wide", level="company", parent="Delta Resell", code="WIDE"
    )
    moved = commands.move_account(world.db, world.sara, account=made.id, parent="Acme VoIP")
    assert (moved.code, moved.parent_id) == ("WIDE", world.account("Acme VoIP").id)


def test_a_reseller_neither_learns_nor_takes_a_name_of_the_admins_switch(world: World) -> None:
    commands.add_alias(world.db, world.rami, account="Delta Shop", value="NILE")
    with world.db.read() as conn:
        assert queries.account_finder(conn, world.rami).text("NILE") == world.account("Delta Shop").id
        assert queries.account_finder(conn, world.sara).text("NILE") == world.account("Nile Calls").id


def test_a_name_means_one_account_of_a_desk(world: World) -> None:
    with pytest.raises(Refused, match="nile already means Nile Calls"):
        commands.add_alias(world.db, world.sara, account="Blue Hotel", value="nile")
    first = commands.add_alias(world.db, world.sara, account="Nile Calls", value="N2")
    assert commands.add_alias(world.db, world.sara, account="Nile Calls", value=" n2 ") == first
    commands.remove_alias(world.db, world.sara, value="NILE")
    commands.add_alias(world.db, world.sara, account="Blue Hotel", value="NILE")
    with pytest.raises(Refused, match="no name ZERO"):
        commands.remove_alias(world.db, world.sara, value="ZERO")


def test_login_names_are_taken_without_saying_by_whom(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        commands.create_login(world.db, world.rami, account="Delta Shop", name="cora")
    assert str(refusal.value) == "This login name is not free. Choose another name."


def test_a_disabled_login_is_no_actor(world: World) -> None:
    commands.set_password(world.db, world.sara, name="rami", password="correct horse")
    commands.disable_login(world.db, world.sara, name="rami")
    with pytest.raises(Refused, match="disabled"):
        world.actor("rami")
    with pytest.raises(Refused, match="do not fit"):
        queries.check_password(world.db, "rami", "correct horse")
    with pytest.raises(Refused, match="your own"):
        commands.disable_login(world.db, world.sara, name="sara")


def test_passwords_are_hashed_and_not_undone(world: World) -> None:
    commands.set_password(world.db, world.sara, name="zoe", password="correct horse")
    with pytest.raises(Refused, match="cannot be undone"):
        world.db.undo(world.sara)
    assert b"correct horse" not in b"".join(
        path.read_bytes() for path in world.path.parent.iterdir() if path.is_file()
    )
    with pytest.raises(Refused, match="eight"):
        commands.create_login(world.db, world.sara, account="Uma", name="una", password="short")


def test_suppliers_have_names_and_codes_of_their_own(world: World) -> None:
    made = commands.create_supplier(
        world.db, world.sara, name="Borealis", currency="EUR", notice_days={"new": 1}
    )
    assert (made.code, made.currency, made.notice_days) == ("BOREALIS", "EUR", {"new": 1})
    for name, code in (("aurora", "X"), ("Boreas", "borealis")):
        with pytest.raises(Refused) as refusal:
            commands.create_supplier(world.db, world.sara, name=name, code=code)
        assert refusal.value.code == "supplier_exists"
    with pytest.raises(Refused, match="dollars"):
        commands.create_supplier(world.db, world.sara, name="Other", currency="dollars")


def test_a_supplier_changes_and_is_put_away(world: World) -> None:
    changed = commands.change_supplier(
        world.db, world.sara, supplier="aurora", name="Aurora  Telecom", notice_days={"decrease": 0, "new": 3}
    )
    assert changed.name == "Aurora Telecom"
    assert changed.notice_days == {"increase": 7, "decrease": 0, "new": 3}
    assert (
        commands.change_supplier(world.db, world.sara, supplier=changed.id, status="archived").status
        == "archived"
    )
    assert world.db.undo_label(world.sara) == "Change supplier"
    world.db.undo(world.sara)
    with world.db.read() as conn:
        assert queries.supplier_on(conn, world.sara, changed.id) == changed
    # Its own name in other letters is no other supplier's.
    assert commands.change_supplier(world.db, world.sara, supplier=changed.id, name="AURORA TELECOM")


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"name": " "}, "empty"),
        ({"code": ""}, "empty"),
        ({"currency": "dollars"}, "bad_currency"),
        ({"status": "gone"}, "bad_detail"),
        ({"notice_days": {"sometimes": 7}}, "bad_detail"),
        ({"notice_days": {"increase": -1}}, "bad_detail"),
        ({"notice_days": {"increase": 366}}, "bad_detail"),
        ({"notice_days": {"increase": True}}, "bad_detail"),
        ({"name": "borealis"}, "supplier_exists"),
        ({"code": "BOREALIS"}, "supplier_exists"),
    ],
)
def test_what_does_not_suit_a_supplier_is_refused(world: World, details: dict[str, Any], code: str) -> None:
    commands.create_supplier(world.db, world.sara, name="Borealis")
    with pytest.raises(Refused) as refusal:
        commands.change_supplier(world.db, world.sara, supplier="Aurora", **details)
    assert refusal.value.code == code
    with world.db.read() as conn:
        assert queries.supplier_on(conn, world.sara, "Aurora").notice_days == {"increase": 7}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("country", "EG"),
        ("country", "999"),
        ("rounding", {"decimals": 9, "mode": "up"}),
        ("rounding", {"decimals": 6, "mode": "sideways"}),
        ("currency", "EUR"),
        ("name", "  "),
        ("colour", "red"),
    ],
)
def test_settings_that_do_not_suit_are_refused(world: World, key: str, value: object) -> None:
    before = queries.workspace(world.db)
    with pytest.raises(Refused):
        commands.set_setting(world.db, world.sara, key=key, value=value)
    assert queries.workspace(world.db) == before


def test_the_currency_may_be_another_one_while_nothing_has_an_amount(world: World) -> None:
    asked: list[str] = []

    def stands_on(conn: Connection, actor: Actor) -> Sequence[str]:
        asked.append(actor.name)
        return ("rates", "calls") if len(asked) == 1 else ()

    with pytest.raises(Refused, match="there are rates, calls in it"):
        commands.set_setting(world.db, world.sara, key="currency", value="EUR", stands_on=stands_on)
    with pytest.raises(Refused) as refusal:
        commands.set_setting(world.db, world.sara, key="currency", value="eu", stands_on=stands_on)
    assert refusal.value.code == "bad_currency"
    commands.set_setting(world.db, world.sara, key="currency", value="EUR", stands_on=stands_on)
    assert queries.workspace(world.db).currency == "EUR"
    assert "Currency" not in (world.db.undo_label(world.sara) or "")


def test_settings_are_read_back(world: World) -> None:
    commands.set_setting(world.db, world.sara, key="rounding", value={"decimals": 4, "mode": "half_even"})
    commands.set_setting(world.db, world.sara, key="country", value="20")
    commands.set_setting(world.db, world.sara, key="zone", value="UTC")
    commands.set_setting(world.db, world.sara, key="sample", value=True)
    workspace = queries.workspace(world.db)
    assert (workspace.rounding.decimals, workspace.rounding.mode) == (4, "half_even")
    assert (workspace.country, workspace.zone.key, workspace.is_sample) == ("20", "UTC", True)


@pytest.mark.parametrize(
    ("company", "currency", "zone", "code"),
    [
        ("", "USD", "UTC", "empty"),
        ("Lamp", "usd", "UTC", "bad_currency"),
        ("Lamp", "USD", "Nowhere", "bad_zone"),
        ("Lamp", "USD", "../etc/passwd", "bad_zone"),
        ("Lamp", "USD", "", "bad_zone"),
    ],
)
def test_no_file_is_left_of_a_workspace_that_cannot_start(
    tmp_path: Path, company: str, currency: str, zone: str, code: str
) -> None:
    path = tmp_path / "w.vdesk"
    with pytest.raises(Refused) as refusal:
        commands.start_workspace(path, company=company, currency=currency, zone=zone)
    assert refusal.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_undo_of_an_account_that_has_something_below_is_refused(world: World) -> None:
    made = commands.create_account(world.db, world.rami, name="Wide", level="company")
    commands.create_account(world.db, world.sara, name="Una", level="user", parent=made.id)
    with pytest.raises(Conflict, match="depends on a row of “account”"):
        world.db.undo(world.rami)
    assert queries.account(world.db, world.sara, "Una").path[2] == made.id
