"""The course of a wizard without a screen: forward, back without losing anything, steps that are not needed."""

import sys

import pytest

from voipdesk.kit.flow import Flow, Step


def steps() -> list[Step]:
    return [
        Step("file", "File", check=lambda v: [] if v.get("path") else ["Choose a file."]),
        Step("rows", "Rows", needed=lambda v: not v.get("profile")),
        Step("columns", "Columns", needed=lambda v: not v.get("profile")),
        Step("review", "Review"),
        Step("publish", "Publish"),
    ]


def test_it_goes_through_all_steps_and_carries_values_forward() -> None:
    flow = Flow(steps(), {"table": "Aurora"})
    flow.enter(path="rates.csv")
    seen = [flow.go_on().name for _ in range(4)]
    assert seen == ["rows", "columns", "review", "publish"]
    assert flow.is_last
    assert dict(flow.values) == {"table": "Aurora", "path": "rates.csv"}
    with pytest.raises(ValueError, match="last step"):
        flow.go_on()


def test_a_known_profile_goes_straight_to_review() -> None:
    flow = Flow(steps())
    flow.enter(path="rates.csv", profile="aurora")
    assert flow.go_on().name == "review"
    assert [(step.name, state) for step, state in flow.outline()] == [
        ("file", "done"),
        ("review", "current"),
        ("publish", "open"),
    ]


def test_a_step_that_is_held_up_says_why_and_stays() -> None:
    flow = Flow(steps())
    assert flow.problems() == ["Choose a file."]
    with pytest.raises(ValueError, match=r"Choose a file\."):
        flow.go_on()
    assert flow.current.name == "file"


def test_going_back_loses_nothing() -> None:
    flow = Flow(steps())
    flow.enter(path="rates.csv")
    flow.go_on()
    flow.enter(header=4)
    flow.go_on()
    flow.enter(unit="cents")
    flow.go_back()
    assert flow.current.name == "rows"
    assert flow.entered("columns") == {"unit": "cents"}
    assert "unit" not in flow.values  # not gone yet, so it does not count
    flow.go_on()
    assert flow.values["unit"] == "cents"


def test_a_changed_answer_changes_the_course() -> None:
    flow = Flow(steps())
    flow.enter(path="rates.csv", profile="aurora")
    flow.go_on()
    flow.go_back("file")
    flow.enter(profile=None)
    assert flow.go_on().name == "rows"


def test_only_steps_gone_can_be_gone_back_to() -> None:
    flow = Flow(steps())
    assert not flow.may_go_back
    with pytest.raises(ValueError, match="no such step"):
        flow.go_back()
    with pytest.raises(ValueError, match="no such step"):
        flow.go_back("publish")


def test_later_steps_win_over_earlier_ones() -> None:
    flow = Flow([Step("a", "A"), Step("b", "B")], {"x": 0})
    flow.enter(x=1)
    flow.go_on()
    flow.enter(x=2)
    assert flow.values["x"] == 2
    flow.go_back()
    assert flow.values["x"] == 1


@pytest.mark.parametrize(
    "wrong", [[], [Step("a", "A"), Step("a", "B")], [Step("a", "A", needed=lambda _: False)]]
)
def test_a_flow_needs_steps(wrong: list[Step]) -> None:
    with pytest.raises(ValueError, match="step"):
        Flow(wrong)


def test_flow_knows_no_screen() -> None:
    import subprocess

    code = "import sys; sys.modules['PySide6'] = None; import voipdesk.kit.flow"
    subprocess.run([sys.executable, "-c", code], check=True)
