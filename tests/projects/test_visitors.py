"""What visitors have left is deleted when they stay away, and nobody else's, nor at home."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.projects.conftest import Open
from tests.support.projects import begun, ended
from tts_core.errors import StorageError
from tts_core.service import SpeechService
from tts_core.services import visitors
from tts_core.services.visitors import DAY
from tts_core.settings import Settings
from tts_core.stats.history import History
from tts_core.stats.store import Store
from tts_core.types import Caller

ANNA, BEN = (Caller(owner_id=name * 32, operator=False) for name in "ab")
OPERATOR = Caller("key:1", owner_id="c" * 32)


class Clock(SimpleNamespace):
    now: float = 1_000_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(visitors, "time", clock)
    return clock


def made(service: SpeechService, folder: Path, caller: Caller) -> None:
    """A project and a dictionary of a visitor."""
    ended(service, begun(service, folder, caller=caller), caller)
    service.lexicon.save(caller, "Aloud", "a loud")


def left(service: SpeechService, caller: Caller) -> tuple[int, int]:
    """How many projects and entries a visitor has; asking is not a visit."""
    noted = dict(service.lexicon._visitors._noted)
    found = len(service.projects.all(caller)), len(service.lexicon.all(caller))
    service.lexicon._visitors._noted = noted
    return found


def pass_days(service: SpeechService, clock: Clock, days: float) -> None:
    """Time passes while the server runs; it tidies up all the while."""
    for _ in range(round(days * 48)):
        clock.now += DAY / 48
        service.lexicon._visitors.absent()
    service._upkeep.run_all()


def test_only_what_absent_visitors_have_left_is_deleted(
    open_service: Open, tmp_path: Path, clock: Clock, database_url: str | None
) -> None:
    service = open_service(history_scope="session", keep_visitors_days=2, database_url=database_url)
    for caller in (ANNA, BEN, OPERATOR):
        made(service, tmp_path, caller)
    pass_days(service, clock, 1.5)
    assert left(service, ANNA) == left(service, BEN) == (1, 1)
    service.lexicon.matcher(BEN)  # he speaks
    pass_days(service, clock, 1.5)
    assert left(service, ANNA) == (0, 0)
    assert left(service, BEN) == (1, 1)
    assert left(service, OPERATOR) == (2, 1)  # with Ben's
    assert len(list(service.settings.projects_path.iterdir())) == 2
    service.lexicon.save(ANNA, "Tomato", "to mah toe")  # she is welcome again
    service.projects.all(BEN)
    pass_days(service, clock, 1.5)
    assert left(service, ANNA) == (0, 1)
    pass_days(service, clock, 30)
    assert left(service, ANNA) == left(service, BEN) == (0, 0)
    assert left(service, OPERATOR) == (1, 1)
    assert service.history.database.use(_owners) == [""]


def test_time_in_which_nobody_could_come_does_not_count(
    open_service: Open, tmp_path: Path, clock: Clock
) -> None:
    """The server was off, or its clock was set."""
    values = {"history_scope": "session", "keep_visitors_days": 2}
    service = open_service(**values)
    made(service, tmp_path, ANNA)
    service._upkeep.run_all()
    service.close()
    clock.now += 400 * DAY
    again = open_service(**values)
    again._upkeep.run_all()
    pass_days(again, clock, 1.5)
    assert left(again, ANNA) == (1, 1)
    pass_days(again, clock, 1)
    assert left(again, ANNA) == (0, 0)


@pytest.mark.parametrize("has_tidied", [True, False], ids=["later", "within minutes"])
def test_who_came_right_before_the_server_stood_still_stays(
    open_service: Open, tmp_path: Path, clock: Clock, has_tidied: bool
) -> None:
    """The machine was suspended, or the server was ended before it noted what it knew."""
    values = {"history_scope": "session", "keep_visitors_days": 2}
    service = open_service(**values)
    if has_tidied:
        service._upkeep.run_all()
        clock.now += 300
    made(service, tmp_path, ANNA)
    service.close()
    clock.now += 3 * DAY
    again = open_service(**values)
    pass_days(again, clock, 1.5)
    assert left(again, ANNA) == (1, 1)
    pass_days(again, clock, 1)
    assert left(again, ANNA) == (0, 0)


def test_a_visit_while_the_database_is_away_counts(
    open_service: Open, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_service(history_scope="session", keep_visitors_days=2)
    made(service, tmp_path, ANNA)
    pass_days(service, clock, 1.5)
    service.lexicon.matcher(ANNA)  # she speaks
    with monkeypatch.context() as patch:
        patch.setattr(History, "use", unavailable)
        service._upkeep.run_all()
    pass_days(service, clock, 1.5)
    assert left(service, ANNA) == (1, 1)


def unavailable(*_: object) -> None:
    raise StorageError("The database is locked.")


def test_who_comes_back_while_others_are_forgotten_keeps_all(
    open_service: Open, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To delete books takes a while."""
    service = open_service(history_scope="session", keep_visitors_days=2)
    for caller in (ANNA, BEN):
        made(service, tmp_path, caller)
    forget = service.projects.forget_visitor

    def forgetting(owner: str) -> None:
        forget(owner)
        for caller in (ANNA, BEN):
            if caller.owner_id != owner:
                service.projects.all(caller)

    monkeypatch.setattr(service.projects, "forget_visitor", forgetting)
    pass_days(service, clock, 3)
    assert sorted([left(service, ANNA), left(service, BEN)]) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("stuck", [ANNA, BEN], ids=["Anna", "Ben"])
def test_what_cannot_be_deleted_does_not_keep_the_rest(
    open_service: Open, tmp_path: Path, clock: Clock, stuck: Caller
) -> None:
    service = open_service(history_scope="session", keep_visitors_days=2)
    for caller in (ANNA, BEN):
        made(service, tmp_path, caller)
    (project,) = service.projects.all(stuck)
    in_the_way = service.settings.projects_path / f"{project.project_id}.deleted"
    (in_the_way / "folder").mkdir(parents=True)
    pass_days(service, clock, 3)
    other = BEN if stuck is ANNA else ANNA
    assert (left(service, stuck), left(service, other)) == ((1, 1), (0, 0))
    shutil.rmtree(in_the_way)
    pass_days(service, clock, 0.5)
    assert left(service, stuck) == (0, 0)


def test_what_an_earlier_version_has_begins_to_count(
    open_service: Open, tmp_path: Path, clock: Clock
) -> None:
    service = open_service(history_scope="session")
    made(service, tmp_path, ANNA)
    pass_days(service, clock, 3)
    service.close()
    again = open_service(history_scope="session", keep_visitors_days=2)
    pass_days(again, clock, 1)
    assert left(again, ANNA) == (1, 1)
    pass_days(again, clock, 1.5)
    assert left(again, ANNA)[0] == 0


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"keep_visitors_days": 1},
        {"history_scope": "session"},
        {"history_scope": "session", "keep_visitors_days": 0},
        {"history_scope": "session", "keep_visitors_days": 1, "api_keys": "key"},
    ],
)
def test_nothing_is_deleted_at_home(
    open_service: Open, tmp_path: Path, clock: Clock, values: dict[str, object]
) -> None:
    service = open_service(**values)
    for caller in (ANNA, Caller(), Caller(owner_id="d" * 32)):
        made(service, tmp_path, caller)
    pass_days(service, clock, 3)
    assert left(service, Caller())[0] == 3
    assert left(service, ANNA)[1] == 1


def test_a_space_keeps_what_visitors_have_left_for_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    def days(**values: object) -> float:
        return Settings(_env_file=None, **values).visitor_days  # type: ignore[arg-type]

    assert days() == days(history_scope="session") == 0
    monkeypatch.setenv("SPACE_ID", "me/aloud")
    assert days() == 30
    assert days(keep_visitors_days=0) == days(history_scope="all") == days(auth="me:word") == 0


@pytest.mark.usefixtures("clock")
def test_visitors_who_leave_nothing_take_no_room(
    open_service: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "MOST_NOTED", 50)
    service = open_service(history_scope="session", keep_visitors_days=1)
    for number in range(visitors.MOST_NOTED + 10):
        service.lexicon.matcher(Caller(owner_id=f"{number:032x}", operator=False))
    assert len(service.lexicon._visitors._noted) == visitors.MOST_NOTED
    service._upkeep.run_all()
    assert service.history.database.use(_owners) == [""]


def test_one_task_that_fails_does_not_end_the_upkeep(open_service: Open) -> None:
    done: list[int] = []
    service = open_service()
    service._upkeep._tasks[:0] = [lambda: 1 // 0]
    service.add_sweep(lambda: done.append(1))
    service._upkeep.run_all()
    assert done == [1]


def _owners(store: Store) -> list[str]:
    from sqlalchemy import select

    from tts_core.stats.schema import visitors as table

    with store.reading() as connection:
        return list(connection.execute(select(table.c.owner)).scalars())
