"""A folder that the database's account can enter, which pytest's own is not for root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A fresh data folder, gone after the test."""
    folder = Path(tempfile.mkdtemp(prefix="cais-ops-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
