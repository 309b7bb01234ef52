"""A chain of three links, its key and the anchors that are made of it."""

import pytest

from ledger import audit
from ledger.anchors import services
from ledger.chain import settle
from tests.data.witnesses import Authority


@pytest.fixture(autouse=True)
def own_key(settings, tmp_path):
    """A key file and a journal of this test's own; nothing configured outside."""
    settings.LEDGER_KEY, settings.LEDGER_TRUSTED_KEYS = "", []
    settings.LEDGER_KEY_FILE = tmp_path / "ledger" / "key.pem"
    settings.ANCHORS = {
        "timestamps": [], "timestamp_roots": "", "peers": {}, "witnesses": [],
    }  # fmt: skip
    return settings.LEDGER_KEY_FILE


@pytest.fixture
def written(staff):
    """Three links to anchor."""
    for number in range(3):
        audit.record(staff, f"made-{number}", staff)
    settle()


@pytest.fixture
def anchored(written, django_capture_on_commit_callbacks):
    """Anchor the chain, with what happens after the commit."""

    def make(now=None):
        with django_capture_on_commit_callbacks(execute=True):
            return services.make_anchor(now)

    return make


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa"))
