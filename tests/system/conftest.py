"""Each module has a database and a post office of its own; each practice in it a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import MEASURED, answers, need, postgres_database
from tests.system.postoffice import PostOffice, post_office


@pytest.fixture(scope="module")
def own_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Empty, of the kind that `--database` names."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/crm.db"
        return
    need("PostgreSQL on port 5432", there=answers(5432))
    with postgres_database() as url:
        yield url


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the processes of a module."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a measured number at the end of the test run, also when all is well."""
    return partial(record_property, MEASURED)
