"""Opening a workspace in the window: named, last used, the sample, or the welcome of a first run."""

from pathlib import Path

from PySide6.QtWidgets import QInputDialog, QLineEdit

from voipdesk.accounts.queries import actor_named, check_password, has_password, workspace
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit.ask import QtAsk
from voipdesk.kit.desk import Desk
from voipdesk.kit.jobs import Jobs
from voipdesk.shell import places
from voipdesk.shell.window import MainWindow
from voipdesk.store.database import Database

SAMPLE = "Sample.vdesk"


def first(
    window: MainWindow, *, workspace: Path | None, user: str | None, page: str = "", sample: bool = False
) -> None:
    """Show what was asked for; a refusal is told and the welcome shown instead."""
    try:
        if sample:
            workspace = sample_file()
        found = workspace or next(iter(places.recent()), None)
        if found is not None:
            open_in(window, found, user=user, page=page)
            return
    except VoipDeskError as refused:
        QtAsk(window).refuse(refused)
    from voipdesk.shell.welcome import Welcome

    Welcome(window).open()


def open_in(window: MainWindow, path: Path, *, user: str | None = None, page: str = "") -> None:
    """Open a workspace as its user and show it."""
    db = Database.open(path)
    try:
        actor = _sign_in(window, db, user)
        desk = Desk(db, actor, db.clock, workspace(db).zone, Jobs(window), QtAsk(window))
    except BaseException:
        db.close()
        raise
    places.opened(path)
    window.work_on(desk, page)


def sample_file() -> Path:
    """The sample workspace of this computer, made when it is first asked for."""
    path = places.home() / SAMPLE
    if not path.exists():
        from voipdesk.shell.sample import write_sample

        path.parent.mkdir(parents=True, exist_ok=True)
        write_sample(path).close()
    return path


def _sign_in(window: MainWindow, db: Database, user: str | None) -> Actor:
    """The actor of a login; asks for its password where it has one."""
    actor = actor_named(db, user)
    if not has_password(db, actor.name):
        return actor
    text, given = QInputDialog.getText(
        window, tr("Sign in"), tr("Password of {name}").format(name=actor.name), QLineEdit.EchoMode.Password
    )
    return check_password(db, actor.name, text if given else "")
