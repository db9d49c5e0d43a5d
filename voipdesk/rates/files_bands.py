"""The columns of a sheet that hold prices of a part of the week, and the time bands of the table they go into."""

from collections.abc import Collection
from dataclasses import replace

from voipdesk.tabular.band_words import ROLE, known_band
from voipdesk.tabular.layout import Layout


def with_bands(layout: Layout, bands: Collection[str]) -> Layout:
    """The layout with each such column under the name of the table's time band that it means (`rate.Off-Peak`); those that
    mean none are not taken, and stand in `bandless`.
    """
    columns: dict[str, int] = {}
    names: dict[str, str] = {}
    left: list[int] = []
    for role, at in layout.columns.items():
        name = _meant(role, layout.title(at), bands) if role.startswith(ROLE) else None
        made = role if name is None else ROLE + name
        if (role.startswith(ROLE) and not name) or made in columns:
            left.append(at)
        else:
            columns[made] = at
            names[role] = made
    left = [at for at in {*layout.bandless, *left} if at not in columns.values()]
    if not left and columns == layout.columns:
        return replace(layout, bands=tuple(bands), bandless=())
    findings = [
        replace(one, role=names.get(one.role, "")) if one.role.startswith(ROLE) else one
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


def _meant(role: str, title: str, bands: Collection[str]) -> str | None:
    """The band of a column: the one that was said, or that its title names, or the only one of that time of the week."""
    said = role.removeprefix(ROLE)
    if said in bands:
        return said
    return known_band(title, bands) or known_band(said, bands)
