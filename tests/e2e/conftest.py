"""What the tests of real processes share."""

from collections.abc import Iterator

import pytest

from tests.fakes.forked_servers import ForkedServers


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkedServers]:
    """Start the parent of quick servers; it takes some seconds, so tests that want it stand in few groups."""
    server = ForkedServers()
    yield server
    server.close()
