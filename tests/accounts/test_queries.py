"""What each level gets out of every query of the room: its subtree and nothing else."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.worlds import World
from voipdesk.accounts import commands, queries
from voipdesk.accounts.rules import Chain, Right
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.store.database import Database

SEEN = {
    "sara": {
        "Acme VoIP", "Nile Calls", "Uma", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders",
        "Delta Resell", "Delta Shop", "Zeta Resell", "Zeta Shop",
    },
    "rami": {"Delta Resell", "Delta Shop"},
    "zoe": {"Zeta Resell", "Zeta Shop"},
    "cora": {"Nile Calls", "Uma"},
    "uma": {"Uma"},
}  # fmt: skip

Ask = Callable[[Database, Actor, World], set[UUID]]


def by_finder(db: Database, actor: Actor, world: World) -> set[UUID]:
    with db.read() as conn:
        finder = queries.account_finder(conn, actor)
    asked = [one.name for one in world.accounts.values()] + [one.code for one in world.accounts.values()]
    asked += ["NILE", "BLUE", "ORCHID", "PALM", "DTRADE", "DSHOP", "ZSHOP"]
    return {found for text in asked if (found := finder.text(text)) is not None}


def by_key(db: Database, actor: Actor, world: World, key: Callable[[str], str | UUID]) -> set[UUID]:
    found = set()
    for name, one in world.accounts.items():
        if name in SEEN[actor.name]:
            found.add(queries.account(db, actor, key(name)).id)
            continue
        with pytest.raises(Refused) as refusal:
            queries.account(db, actor, key(name))
        assert refusal.value.code == "unknown_account", one
    return found


def by_alias(db: Database, actor: Actor, world: World) -> set[UUID]:
    """Aliases name only some accounts: the others are added, so that one more would still be seen."""
    with db.read() as conn:
        found = set(queries.aliases(conn, actor).values())
    unnamed = {"Acme VoIP", "Uma", "Delta Resell", "Zeta Resell"} & SEEN[actor.name]
    return found | {world.account(name).id for name in unnamed}


def by_subtree(db: Database, actor: Actor, world: World) -> set[UUID]:
    with db.read() as conn:
        return queries.subtree_ids(conn, actor)


QUERIES: dict[str, Ask] = {
    "tree": lambda db, actor, world: {one.id for one in queries.tree(db, actor)},
    "subtree_ids": by_subtree,
    "account by id": lambda db, actor, world: by_key(db, actor, world, lambda name: world.account(name).id),
    "account by name": lambda db, actor, world: by_key(db, actor, world, lambda name: name.upper()),
    "account by code": lambda db, actor, world: by_key(
        db, actor, world, lambda name: world.account(name).code
    ),
    "account_finder": by_finder,
    "aliases": by_alias,
}


@pytest.mark.parametrize("login", SEEN)
@pytest.mark.parametrize("query", QUERIES)
def test_every_query_gives_the_subtree_and_nothing_else(world: World, query: str, login: str) -> None:
    found = QUERIES[query](world.db, world.actor(login), world)
    assert {one.name for one in world.accounts.values() if one.id in found} == SEEN[login]
    assert len(found) == len(SEEN[login])


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("sara", {"sara", "rami", "zoe", "cora", "uma"}),
        ("rami", {"rami"}),
        ("zoe", {"zoe"}),
        ("cora", {"cora", "uma"}),
        ("uma", None),
    ],
)
def test_logins_are_those_of_the_subtree(world: World, login: str, seen: set[str] | None) -> None:
    if seen is None:
        with pytest.raises(NotAllowed):
            queries.logins(world.db, world.actor(login))
    else:
        assert {one.name for one in queries.logins(world.db, world.actor(login))} == seen


@pytest.mark.parametrize("login", ["rami", "cora", "uma"])
def test_suppliers_do_not_exist_below_the_admin(world: World, login: str) -> None:
    assert [one.name for one in queries.suppliers(world.db, world.sara)] == ["Aurora"]
    with pytest.raises(NotAllowed) as refusal:
        queries.suppliers(world.db, world.actor(login))
    assert "Aurora" not in str(refusal.value)
    with world.db.read() as conn, pytest.raises(NotAllowed):
        queries.supplier_on(conn, world.actor(login), "Aurora")


def test_unknown_reads_the_same_whether_it_exists_or_not(world: World) -> None:
    def said(key: str) -> str:
        with pytest.raises(Refused) as refusal:
            queries.account(world.db, world.rami, key)
        return str(refusal.value).replace(key, "…")

    assert said("Nile Calls") == said("Nobody At All") == said(world.account("Zeta Resell").code)


def test_an_alias_of_a_sibling_is_an_unknown_account(world: World) -> None:
    with world.db.read() as conn:
        finder = queries.account_finder(conn, world.rami)
    assert finder.find("NILE") is None
    assert finder.find("dshop") == world.account("Delta Shop").id


def test_two_accounts_of_one_name_need_the_code(world: World) -> None:
    commands.create_account(world.db, world.sara, name="Delta Shop", level="company", code="DS2")
    with pytest.raises(Refused, match="2 accounts are called") as refusal:
        queries.account(world.db, world.sara, "Delta Shop")
    assert "DS2" in str(refusal.value)
    assert queries.account(world.db, world.rami, "Delta Shop") == world.account("Delta Shop")
    with world.db.read() as conn:
        assert queries.account_finder(conn, world.sara).text("Delta Shop") is None


def test_the_tree_comes_parents_first_with_paths(world: World) -> None:
    tree = queries.tree(world.db, world.sara)
    place = {one.id: index for index, one in enumerate(tree)}
    assert tree[0].name == "Acme VoIP"
    assert [one.name for one in tree[1:4]] == ["Blue Hotel", "Delta Resell", "Delta Shop"]
    for one in tree[1:]:
        assert one.parent_id is not None
        assert place[one.parent_id] < place[one.id]
        assert one.path == (*tree[place[one.parent_id]].path, one.id)
    assert queries.tree(world.db, world.rami)[1] == world.account("Delta Shop")


@pytest.mark.parametrize(
    ("name", "reseller", "company", "user"),
    [
        ("Acme VoIP", None, None, None),
        ("Delta Resell", "Delta Resell", None, None),
        ("Delta Shop", "Delta Resell", "Delta Shop", None),
        ("Nile Calls", None, "Nile Calls", None),
        ("Uma", None, "Nile Calls", "Uma"),
    ],
)
def test_chains_one_by_one_and_in_bulk(
    world: World, name: str, reseller: str | None, company: str | None, user: str | None
) -> None:
    wanted = Chain(*(world.account(one).id if one else None for one in (reseller, company, user)))
    with world.db.read() as conn:
        assert queries.chain(conn, world.account(name).id) == wanted
        assert queries.chains(conn)[world.account(name).id] == wanted


def test_a_chain_of_nobody_is_a_fault_of_the_program(world: World) -> None:
    with world.db.read() as conn, pytest.raises(LookupError):
        queries.chain(conn, uuid4())


def test_the_finder_goes_by_text_then_trunk_then_caller(world: World) -> None:
    nile, blue = world.account("Nile Calls").id, world.account("Blue Hotel").id
    commands.add_alias(world.db, world.sara, account=nile, value="trunk-7", kind="trunk")
    commands.add_alias(world.db, world.sara, account=nile, value="2022", kind="caller")
    commands.add_alias(world.db, world.sara, account=blue, value="202273", kind="caller")
    with world.db.read() as conn:
        finder = queries.account_finder(conn, world.sara)
    assert finder.find("blue", trunk="trunk-7") == blue
    assert finder.find("GHOST", trunk="trunk-7") is None
    assert finder.find(" ", trunk="TRUNK-7", caller="202273000") == nile
    assert finder.find("", trunk="other", caller="+20227312345") == blue
    assert finder.caller("2022999") == nile
    assert finder.caller("20") is None


def test_the_only_admin_is_the_actor_unless_named(world: World) -> None:
    assert queries.actor_named(world.db) == world.sara
    assert world.rami.level == "reseller"
    assert Right.SEE_COSTS not in world.rami.rights
    with pytest.raises(Refused, match="no login ghost"):
        queries.actor_named(world.db, "ghost")
    commands.create_login(world.db, world.sara, account="Acme VoIP", name="nora")
    with pytest.raises(Refused, match="2 admin logins") as refusal:
        queries.actor_named(world.db)
    assert refusal.value.code == "which_login"


def test_passwords_fit_or_say_nothing(world: World) -> None:
    commands.set_password(world.db, world.sara, name="rami", password="correct horse")
    assert queries.has_password(world.db, "rami")
    assert not queries.has_password(world.db, "zoe")
    assert queries.check_password(world.db, "rami", "correct horse") == world.rami
    assert queries.check_password(world.db, "zoe", "") == world.zoe
    said = set()
    for name, password in (("rami", "wrong horse"), ("nobody", "correct horse")):
        with pytest.raises(Refused) as refusal:
            queries.check_password(world.db, name, password)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_the_workspace_tells_what_it_was_started_with(tmp_path: Path) -> None:
    db = commands.start_workspace(
        tmp_path / "w.vdesk", company=" Lamp  Co ", currency="EUR", zone="Europe/Riga"
    )
    try:
        workspace = queries.workspace(db)
        assert (workspace.name, workspace.currency, workspace.zone.key) == ("Lamp Co", "EUR", "Europe/Riga")
        assert (workspace.rounding.decimals, workspace.rounding.mode, workspace.country) == (6, "half_up", "")
        assert workspace.incarnation
        admin = queries.actor_named(db)
        assert (admin.name, admin.level, admin.rights) == ("admin", "admin", frozenset(Right))
        assert db.undo_label(admin) is None
    finally:
        db.close()
