"""What a migration puts into the database, also after a test that emptied it."""

import pytest

from accounts.notices.models import RobotHost


@pytest.fixture
def known_hosts(db: None) -> None:
    """The two services whose robots are allowed from the start."""
    for host in ("oapi.dingtalk.com", "qyapi.weixin.qq.com"):
        RobotHost.objects.get_or_create(host=host)
