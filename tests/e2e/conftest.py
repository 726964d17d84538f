"""What the tests of real processes share."""

from collections.abc import Iterator

import pytest

from tests.fakes.forked import ForkServer


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Start the parent of quick servers; tests that want it stand in the group ``forked``, to share it."""
    server = ForkServer()
    yield server
    server.close()
