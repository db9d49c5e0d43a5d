"""The queue of files: kinds, targets, the same bytes, the unreadable."""

from pathlib import Path

import pytest

from tests.worlds import World, acme
from voipdesk.calls.commands import import_calls
from voipdesk.kernel.problems import FileError
from voipdesk.rates.commands import import_sheet, intake, revert_import
from voipdesk.rates.commands.learning import learn_titles
from voipdesk.rates.queries.intake import waiting_count, waiting_files
from voipdesk.rates.queries.previews import preview

RATES = (
    "Destination;Code;Rate;Effective Date\n"
    "France;33;0.01;30.11.2026\nSpain;34;0.02;30.11.2026\nItaly;39;0.03;30.11.2026\n"
)
CALLS = (
    "id;start;caller;called;duration;disposition;account\n"
    "c01;20/11/2026 09:00:00;1000;00447700900123;00:01:05;ANSWERED;NILE\n"
    "c02;20/11/2026 09:05:00;1000;+4930123456;00:00:59;ANSWERED;NILE\n"
    "c03;20/11/2026 09:10:00;1000;0018765551234;00:00:10;ANSWERED;NILE\n"
)


def world_with(tmp_path: Path, **files: str | bytes) -> tuple[World, list[Path]]:
    paths = []
    for name, content in files.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return acme(tmp_path, plans=False), paths


def test_files_wait_in_order_with_their_kind_and_target(tmp_path: Path) -> None:
    world, paths = world_with(
        tmp_path, aurora_12__csv=RATES, pbx__csv=CALLS, copy__csv=RATES, broken__pdf=b"%PDF-1.7\n%..."
    )
    with world:
        taken = intake.take_files(world.db, world.sara, paths)
        assert [(one.number, one.name, one.kind, one.table, one.state) for one in taken] == [
            (1, "aurora_12.csv", "rates", "Aurora A-Z", "waiting"),
            (2, "pbx.csv", "calls", "", "waiting"),
            (3, "copy.csv", "rates", "Aurora A-Z", "waiting"),
            (4, "broken.pdf", "", "", "failed"),
        ]
        assert taken[2].same_number == 1
        assert taken[3].problem is not None
        assert "PDF" in taken[3].problem.message
        assert waiting_count(world.db, world.sara) == 4
        assert intake.take_files(world.db, world.sara, paths[:2], via="watch") == []


def test_a_workspace_is_told_by_its_name_and_not_opened(tmp_path: Path) -> None:
    world, _ = world_with(tmp_path)
    gone = tmp_path / "gone.VDESK"  # Not even there: who looked for it would miss it.
    with world:
        (taken,) = intake.take_files(world.db, world.sara, [gone])
        assert taken.problem is not None
        assert taken.problem.code == "file_is_workspace"
        for enter in (preview, import_sheet, import_calls):
            with pytest.raises(FileError) as refused:
                enter(world.db, world.sara, gone)
            assert refused.value.code == "file_is_workspace"


def test_the_queue_is_reordered_skipped_and_emptied(tmp_path: Path) -> None:
    world, paths = world_with(tmp_path, a__csv=RATES, b__csv=CALLS)
    with world:
        first, second = intake.take_files(world.db, world.sara, paths)
        intake.move_waiting(world.db, world.sara, second.id, by=-1)
        assert [one.name for one in waiting_files(world.db, world.sara)] == ["b.csv", "a.csv"]
        intake.set_waiting(world.db, world.sara, second.id, state="skipped")
        assert waiting_count(world.db, world.sara) == 1
        intake.set_waiting(world.db, world.sara, first.id, state="opened")
        assert [one.name for one in waiting_files(world.db, world.sara)] == ["b.csv"]
        intake.remove_waiting(world.db, world.sara, second.id)
        assert waiting_files(world.db, world.sara) == []
        assert all(path.exists() for path in paths)


def test_a_file_that_has_changed_is_looked_at_anew_in_its_place(tmp_path: Path) -> None:
    """A slow copy that paused, a sheet that was saved again: the item stands for what lies there now."""
    world, (first, second) = world_with(tmp_path, a__csv=RATES[:40], b__csv=RATES)
    with world:
        db, sara = world.db, world.sara
        intake.take_files(db, sara, [first, second], via="watch")
        first.write_bytes(b"")
        (empty,) = intake.take_files(db, sara, [first], via="watch")
        assert (empty.number, empty.state) == (1, "failed")
        first.write_text(RATES + RATES, encoding="utf-8")
        (whole,) = intake.take_files(db, sara, [first], via="watch")
        assert (whole.id, whole.number, whole.state, whole.problem) == (empty.id, 1, "waiting", None)
        assert [one.name for one in waiting_files(db, sara)] == ["a.csv", "b.csv"]
        intake.set_waiting(db, sara, whole.id, state="opened")
        assert intake.take_files(db, sara, [first], via="watch") == []
        first.write_text(RATES + "\n", encoding="utf-8")
        (later,) = intake.take_files(db, sara, [first], via="watch")
        assert later.id != whole.id


def test_titles_that_were_named_are_known_afterwards(tmp_path: Path) -> None:
    sheet = "Wo;Vorw.;Betrag XY\nFrance;33;0.0100\nSpain;34;0.0200\nItaly;39;0.0300\nGhana;233;0.04\n"
    world, (path,) = world_with(tmp_path, strange__csv=sheet)
    with world:
        assert learn_titles(world.db, world.sara, {"Wo": "destination", "Betrag XY": "rate"})
        assert not learn_titles(world.db, world.sara, {"wo": "destination"})
        found = preview(world.db, world.sara, path).layout
        assert found.columns["rate"] == 2
        assert found.columns["destination"] == 0
        assert found.confidence["destination"] == 1.0


def test_the_same_content_is_what_it_is_now(tmp_path: Path) -> None:
    """Whichever stands first is the one to open; an import counts while it is published."""
    world, paths = world_with(tmp_path, a__csv=RATES, b__csv=RATES)
    with world:
        db, sara = world.db, world.sara
        first, second = intake.take_files(db, sara, paths)
        assert (first.same_number, second.same_number) == (None, 1)
        intake.move_waiting(db, sara, second.id, by=-1)
        assert [(one.name, one.same_number) for one in waiting_files(db, sara)] == [
            ("b.csv", None),
            ("a.csv", 1),
        ]
        intake.remove_waiting(db, sara, second.id)
        (left,) = waiting_files(db, sara)
        assert (left.same_number, left.same_import) == (None, "")
        report = import_sheet(db, sara, paths[1], table="Aurora A-Z", scope="partial", accept=["G1"])
        assert waiting_files(db, sara)[0].same_import == "b.csv"
        assert report.import_id is not None
        revert_import(db, sara, report.import_id, locked=None)
        assert waiting_files(db, sara)[0].same_import == ""
