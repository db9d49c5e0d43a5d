"""When a call is one that is known already: within a desk, between desks, and after a name was given to an account."""

from decimal import Decimal

import pytest

from tests.calls.conftest import Writer, generic
from tests.worlds import World
from voipdesk.accounts import commands as people
from voipdesk.calls import commands, queries
from voipdesk.calls.queries import CallFilter
from voipdesk.kernel.problems import Refused
from voipdesk.store.database import Database

NILE = "7,NILE,1000,+447700900123,2026-11-20 10:00:00,,60,ANSWERED"
SHOP = "9,DSHOP,2000,+447700900123,2026-11-20 11:00:00,,60,ANSWERED"


def test_a_reseller_does_not_learn_that_a_strangers_call_exists(world: World, file_of: Writer) -> None:
    commands.import_calls(world.db, world.sara, file_of(generic(NILE, SHOP), "switch.csv"))
    made = commands.import_calls(world.db, world.rami, file_of(generic(NILE, SHOP, ""), "his.csv"))
    assert made.duplicate_rows == (3,), "Delta Shop's is his own and known; of NILE he knows nothing"
    assert [(one.code, one.label) for one in made.groups] == [("unknown_account", "NILE")]


def test_a_reseller_cannot_keep_a_call_from_the_admins_import(world: World, file_of: Writer) -> None:
    his = file_of(generic(NILE, SHOP.replace("DSHOP", "nobody")), "his.csv")
    commands.import_calls(world.db, world.rami, his)
    commands.dismiss_problem(world.db, world.rami, code="unknown_account", reason="not mine")
    made = commands.import_calls(
        world.db, world.sara, file_of(generic(NILE, SHOP, ""), "switch.csv"), rate=True
    )
    assert (made.ledger.accepted, made.duplicates) == (2, 0)
    assert {one.label: one.revenue for one in made.customers} == {
        "Nile Calls": Decimal("0.029"),
        "Delta Resell": Decimal("0.0275"),
    }


def test_a_call_two_desks_imported_is_not_given_to_an_account_twice(world: World, file_of: Writer) -> None:
    unnamed = SHOP.replace("DSHOP", "shop-2")
    commands.import_calls(world.db, world.sara, file_of(generic(unnamed), "switch.csv"))
    commands.import_calls(world.db, world.rami, file_of(generic(SHOP, ""), "his.csv"))
    mapped = commands.map_account(world.db, world.sara, text="shop-2", account="Delta Shop")
    assert mapped.calls == 0
    assert len(queries.calls(world.db, world.sara, CallFilter(account="Delta Shop")).rows) == 1
    assert queries.problems(world.db, world.sara) == []


@pytest.mark.parametrize(
    ("changed", "accepted"),
    [
        (
            "7,NILE,1000,+4930123456,2026-12-01 09:00:00,,5,ANSWERED",
            1,
        ),  # the counter of the switch began anew
        ("7,NILE,1000,+447700900123,2026-11-20 10:05:00,,8,ANSWERED", 1),  # another leg of the call
        ("7,NILE,1000,+447700900123,2026-11-20 08:00:00,,60,ANSWERED", 0),  # read in another zone
        ("7,NILE,1000,+447700900123,2026-11-20 10:00:00,,61,ANSWERED", 0),  # its duration set right
    ],
)
def test_an_id_that_is_used_again_swallows_no_other_call(
    world: World, file_of: Writer, changed: str, accepted: int
) -> None:
    commands.import_calls(world.db, world.sara, file_of(generic(NILE), "first.csv"))
    made = commands.import_calls(world.db, world.sara, file_of(generic(changed), "second.csv"))
    assert (made.ledger.accepted, made.duplicates) == (accepted, 1 - accepted)


def test_the_same_file_in_two_processes_at_once_is_one_import(
    world: World, file_of: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(generic(NILE))
    written = Database.write
    late: list[bool] = []

    def slow(self: Database, *words: object, **options: object) -> object:
        """The other process is quicker between our look and our write."""
        if not late:
            late.append(True)
            commands.import_calls(world.db, world.sara, path)
        return written(self, *words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "write", slow)
    with pytest.raises(Refused) as refused:
        commands.import_calls(world.db, world.sara, path)
    assert refused.value.code == "already_imported"
    assert len(queries.imports(world.db, world.sara)) == 1


@pytest.mark.parametrize("by_mapping", [True, False])
def test_the_name_of_an_account_that_was_moved_away_can_be_given_anew(
    world: World, file_of: Writer, by_mapping: bool
) -> None:
    people.add_alias(world.db, world.rami, account="Delta Shop", value="SHOP-1")
    people.create_account(world.db, world.rami, name="Second", level="company")
    people.move_account(world.db, world.sara, account="Delta Shop", parent="Zeta Resell")
    path = file_of(generic(SHOP.replace("DSHOP", "SHOP-1")))
    if by_mapping:
        commands.import_calls(world.db, world.rami, path)
        commands.map_account(world.db, world.rami, text="SHOP-1", account="Second")
    else:
        people.add_alias(world.db, world.rami, account="Second", value="SHOP-1")
        commands.import_calls(world.db, world.rami, path)
    assert len(queries.calls(world.db, world.rami, CallFilter(account="Second")).rows) == 1
    assert not queries.calls(world.db, world.zoe).rows
