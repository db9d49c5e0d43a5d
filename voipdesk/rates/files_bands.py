"""The columns of a sheet that hold prices of a part of the week, and the time bands of the table they go into."""

from collections.abc import Collection
from dataclasses import replace

from voipdesk.tabular.band_words import FEE, ROLE, known_band, part_role
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.words import band_of


def with_bands(layout: Layout, bands: Collection[str]) -> Layout:
    """The layout with each such column under the name of the table's time band that it means (`rate.Off-Peak`); those that
    mean none are not taken, and stand in `bandless`.
    """
    columns: dict[str, int] = {}
    names: dict[str, str] = {}
    left: list[int] = []
    by_time: dict[str, str] = {}
    for role, at in sorted(layout.columns.items(), key=lambda item: part_role(item[0])[0] == FEE):
        start, said = part_role(role)
        title = layout.title(at)
        if start == FEE:
            # A fee goes with the price of the same time, whatever band that was given to.
            name = said if ROLE + said in columns else by_time.get(band_of(title, FEE.rstrip(".")), "")
        else:
            name = _meant(said, title, bands) or "" if start else ""
            by_time[band_of(title)] = name
        made = start + name if start else role
        if (start and not name) or made in columns:
            left.append(at)
        else:
            columns[made] = at
            names[role] = made
    left = [at for at in {*layout.bandless, *left} if at not in columns.values()]
    if not left and columns == layout.columns:
        return replace(layout, bands=tuple(bands), bandless=())
    findings = [
        replace(one, role=names.get(one.role, "")) if part_role(one.role)[0] else one
        for one in layout.findings
    ]
    return replace(
        layout,
        bands=tuple(bands),
        columns=columns,
        confidence={names[role]: sure for role, sure in layout.confidence.items() if role in names},
        findings=tuple(findings),
        bandless=tuple(sorted(left)),
    )


def _meant(said: str, title: str, bands: Collection[str]) -> str | None:
    """The band of a column: the one that was said, or that its title names, or the only one of that time of the week."""
    return said if said in bands else known_band(title, bands) or known_band(said, bands)
