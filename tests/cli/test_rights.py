"""Through the command line nobody gets anything of a sibling: names, calls, documents, prices, counts."""

import pytest

from tests.cli.running import CommandLine
from tests.worlds import World

LISTS = [
    ("accounts", "list"),
    ("logins", "list"),
    ("suppliers", "list"),
    ("tables", "list"),
    ("plans", "list"),
    ("plans", "assigned"),
    ("imports", "list"),
    ("calls", "list"),
    ("calls", "list", "--problem", "*"),
    ("calls", "imports"),
    ("problems", "list"),
    ("invoices", "list"),
    ("fees", "list"),
    ("taxes", "list"),
    ("settings", "get"),
    ("report", "home"),
    ("report", "home", "--period", "2026-10"),
    *(("report", "totals", "--by", by) for by in ("account", "customer", "destination", "day", "supplier")),
]
ABOVE = {"rami": set(), "zoe": set(), "cora": set(), "uma": {"Nile Calls"}}
"""Whom one knows besides those below: whoever sells to him. Acme VoIP sells to all."""

TEXTS = {"NILE": "Nile Calls", "BLUE": "Blue Hotel", "DSHOP": "Delta Shop", "ZSHOP": "Zeta Shop"}
PLANS = {"Gold", "Silver", "Wholesale", "DR Retail"}
OWN_PLANS = {"rami": {"DR Retail"}}
SECRET = {"Aurora", "STRANGER"}
"""The supplier, and the name of a call that belongs to nobody: for the admin only."""


def hidden_from(user: str, path: CommandLine) -> set[str]:
    """Words that must not come up for a user."""
    with World(path.path) as world:
        own = world.actor(user).account_id
        seen = {name for name, one in world.accounts.items() if own in one.path}
        names = set(world.accounts) - seen - ABOVE[user] - {"Acme VoIP"}
    return (
        names
        | {text for text, name in TEXTS.items() if name in names}
        | (PLANS - OWN_PLANS.get(user, set()))
        | SECRET
    )


@pytest.mark.parametrize("user", sorted(ABOVE))
@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_no_list_tells_of_a_sibling(month: CommandLine, user: str, words: tuple[str, ...]) -> None:
    hidden = hidden_from(user, month)
    for done in (month(*words, user=user, code=None), month.json(*words, user=user, code=None)):
        assert done.code in (0, 1)
        assert {word for word in hidden if word in done.told} == set()


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_the_admin_gets_an_answer_to_each(month: CommandLine, words: tuple[str, ...]) -> None:
    assert month(*words).out.strip()


def test_the_lists_would_have_told(month: CommandLine) -> None:
    """The words looked for do come up where they may: else the tests above prove nothing."""
    everything = "".join(month(*words).out for words in LISTS)
    wanted = hidden_from("uma", month) - {"BLUE", "NILE", "DSHOP", "ZSHOP"}
    assert {word for word in wanted if word not in everything} == set()


@pytest.mark.parametrize(
    "words",
    [
        ("price", "442079460420", "--account", "Nile Calls"),
        ("export-rates", "--account", "Nile Calls", "out.csv"),
        ("export-rates", "--plan", "Gold", "out.csv"),
        ("export-rates", "--account", "Nile Calls", "--changes-since", "2026-11-30", "out.csv"),
        ("sheets", "make", ".", "--from", "2026-11-30", "--account", "Nile Calls"),
        ("sheets", "make", ".", "--from", "2026-11-30", "--plan", "Gold"),
        ("plans", "set-prices", "Gold", "44", "--price", "1", "--from", "2026-11-30"),
        ("plans", "rules", "Gold"),
        ("plans", "assign", "DR Retail", "--account", "Nile Calls"),
        ("calls", "list", "--account", "Nile Calls"),
        ("accounts", "move", "Nile Calls", "--under", "Delta Resell"),
        ("accounts", "alias", "Nile Calls", "X"),
        ("fees", "set", "Nile Calls", "Fee", "1", "--from", "2026-10-01"),
        ("problems", "map", "STRANGER", "Nile Calls"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_sibling_is_unknown_word_for_word(month: CommandLine, words: tuple[str, ...]) -> None:
    before = month.content()
    real = month(*words, user="rami", code=1)
    invented = [word.replace("Nile Calls", "Nobody Ltd").replace("Gold", "Nobody Ltd") for word in words]
    assert month(*invented, user="rami", code=1).err == real.err.replace("Nile Calls", "Nobody Ltd").replace(
        "Gold", "Nobody Ltd"
    )
    assert month.content() == before


def test_calls_and_documents_of_a_sibling_are_unknown(month: CommandLine) -> None:
    of_nile = [row["id"] for row in month.json("calls", "list", "--account", "Nile Calls").lines]
    numbers = {row["customer"]: row["number"] for row in month.json("invoices", "list").lines}
    assert len(of_nile) == 2
    for key in of_nile:
        assert f"There is no call {key}" in month("calls", "explain", key, user="rami", code=1).err
    number = next(
        row["id"] for row in month.json("invoices", "list").lines if row["customer"] == "Nile Calls"
    )
    assert "There is no invoice" in month("invoices", "show", number, user="rami", code=1).err
    assert "There is no invoice" in month("invoices", "pdf", number, "out.pdf", user="rami", code=1).err
    assert set(numbers) >= {"Nile Calls", "Delta Resell"}


@pytest.mark.parametrize(
    "words",
    [
        ("import-rates", "sheet.csv", "--table", "Aurora A-Z"),
        ("export-rates", "--table", "Aurora A-Z", "out.csv"),
        ("compare-rates", "Aurora A-Z", "Borealis", "--out", "out.csv"),
        ("tables", "add", "Mine"),
        ("suppliers", "add", "Mine"),
        ("suppliers", "change", "Borealis", "--status", "archived"),
        ("backup", "copy.vdesk"),
        ("settings", "set", "name", "Mine"),
        ("taxes", "set", "--rate", "1", "--from", "2026-01-01"),
        ("imports", "revert", "--table", "Aurora A-Z"),
        ("imports", "show", "0" * 32),
        ("imports", "publish", "0" * 32),
        ("imports", "discard", "0" * 32),
        ("imports", "original", "0" * 32, "out.csv"),
        ("imports", "rejects", "0" * 32, "out.csv"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_a_reseller_may_not_do(month: CommandLine, words: tuple[str, ...]) -> None:
    before = month.content()
    done = month(*words, user="rami", code=1)
    assert "Aurora" not in done.told.replace("Aurora A-Z.csv", "")
    assert month.content() == before
