"""Levels and rights as pure values."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voipdesk.accounts.rules import (
    ALL,
    LEVEL_RIGHTS,
    LEVELS,
    Right,
    can_stand_under,
    code_from,
    may,
    require,
    rights_of,
)
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import NotAllowed

TOP, OWN, OTHER = (UUID(int=number) for number in (1, 2, 3))


def actor(level: str, rights: frozenset[str] | None = None) -> Actor:
    return Actor(OWN, level, "somebody", rights_of(level, [ALL]) if rights is None else rights)


@pytest.mark.parametrize(
    ("level", "parent", "fits"),
    [
        ("reseller", "admin", True),
        ("company", "admin", True),
        ("company", "reseller", True),
        ("user", "company", True),
        ("reseller", "reseller", False),
        ("user", "admin", False),
        ("user", "reseller", False),
        ("company", "company", False),
        ("admin", "admin", False),
        ("company", "user", False),
    ],
)
def test_levels_stand_where_the_product_says(level: str, parent: str, fits: bool) -> None:
    assert can_stand_under(level, parent) is fits


@pytest.mark.parametrize(
    ("right", "levels"),
    [
        (Right.SEE_COSTS, {"admin"}),
        (Right.SEE_SUPPLIERS, {"admin"}),
        (Right.IMPORT_RATES, {"admin"}),
        (Right.OVERRIDE_GUARDS, {"admin"}),
        (Right.SETTINGS, {"admin"}),
        (Right.BACKUP, {"admin"}),
        (Right.SEE_MARGINS, {"admin", "reseller"}),
        (Right.EDIT_PLANS, {"admin", "reseller"}),
        (Right.INVOICE, {"admin", "reseller"}),
        (Right.IMPORT_CALLS, {"admin", "reseller"}),
        (Right.MANAGE_ACCOUNTS, {"admin", "reseller", "company"}),
        (Right.SEE_INVOICES, {"admin", "reseller", "company"}),
        (Right.SEE_CALLS, {"admin", "reseller", "company"}),
        (Right.SEE_PRICES, set(LEVELS)),
    ],
)
def test_each_level_may_what_the_roles_say(right: Right, levels: set[str]) -> None:
    assert {level for level in LEVELS if may(actor(level), right)} == levels


def test_a_user_sees_calls_only_where_it_was_granted() -> None:
    assert Right.SEE_CALLS not in rights_of("user", [ALL])
    assert Right.SEE_CALLS in rights_of("user", [ALL, Right.SEE_CALLS])


@given(st.sampled_from(LEVELS), st.lists(st.sampled_from([*Right, "nonsense", ALL])))
def test_no_grant_lifts_a_login_above_its_level(level: str, granted: list[str]) -> None:
    assert rights_of(level, granted) <= LEVEL_RIGHTS[level]


@given(st.sampled_from(LEVELS), st.sampled_from(list(Right)))
def test_rights_written_into_an_actor_by_hand_do_not_lift_it_either(level: str, right: Right) -> None:
    forged = actor(level, frozenset(Right))
    assert may(forged, right) is (right in LEVEL_RIGHTS[level])


def test_the_path_of_the_owner_decides_with_the_right() -> None:
    reseller = actor("reseller")
    assert may(reseller, Right.EDIT_PLANS, owner_path=(TOP, OWN, OTHER))
    assert not may(reseller, Right.EDIT_PLANS, owner_path=(TOP, OTHER))
    assert not may(reseller, Right.SEE_COSTS, owner_path=(TOP, OWN))


def test_a_refusal_names_nothing() -> None:
    with pytest.raises(NotAllowed) as refusal:
        require(actor("company"), Right.SEE_COSTS)
    assert str(refusal.value) == "This is not part of your account. Ask the person who gave you your login."


@pytest.mark.parametrize(
    ("name", "prefix", "code"),
    [
        ("Nile Calls", "", "NILECALLS"),
        ("a b c d e f g h i j k l m n", "", "ABCDEFGHIJKL"),
        ("شركة النيل", "", "شركةالنيل"),
        ("***", "", "ACCOUNT"),
        ("Shop", "DELTA", "DELTA-SHOP"),
    ],
)
def test_codes_are_made_of_names(name: str, prefix: str, code: str) -> None:
    assert code_from(name, prefix) == code
