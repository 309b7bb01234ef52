"""What the operator types where, and whether number and secret are good."""

import pytest

from accounts.signin.ways.registry import WAYS
from tests.integration.accounts.message_servers import KEY_ID, SECRET

PAGE = "/accounts/ways/setup/"
PROBED = [name for name, way in WAYS.items() if way.probe]


def test_the_page_names_variables_and_addresses_and_no_value(as_user, admin_user, offered):
    offered.OIDC = offered.OIDC | {"OIDC_CLIENT_SECRET": ""}
    page = as_user(admin_user).get(PAGE).text
    for name, way in WAYS.items():
        assert f"https://map.example.org/accounts/ways/{name}/back/" in page
        assert all(variable.name in page for variable in way.needed)
    assert KEY_ID not in page
    assert SECRET not in page
    assert page.count("变量没有填全") == 1
    assert PAGE in as_user(admin_user).get("/notices/channels/").text


@pytest.mark.parametrize("way", PROBED)
def test_the_button_asks_whether_they_are_good(as_user, admin_user, program_of, way):
    program_of(way)
    client = as_user(admin_user)
    client.post(f"/accounts/ways/{way}/probe/")
    assert "接受了编号和密钥" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("way", "group", "variable"),
    [
        ("dingtalk", "DINGTALK", "DINGTALK_APP_SECRET"), ("wecom", "WECOM", "WECOM_SECRET"),
        ("weixin_mp", "WEIXIN_MP", "WEIXIN_MP_APP_SECRET"), ("zhezhengding", "ZZD", "ZZD_APP_SECRET"),
    ],
)  # fmt: skip
def test_a_wrong_secret_is_said_with_the_code_alone(as_user, admin_user, program_of, offered, way, group, variable):
    program_of(way)
    setattr(offered, group, getattr(offered, group) | {variable: "wrong-secret-value"})
    client = as_user(admin_user)
    client.post(f"/accounts/ways/{way}/probe/")
    page = client.get(PAGE).text
    assert "没有接受" in page
    assert "wrong-secret-value" not in page


def test_what_is_not_offered_is_not_asked(as_user, admin_user, offered):
    client = as_user(admin_user)
    assert client.post("/accounts/ways/weixin_web/probe/").status_code == 404
    offered.SIGN_IN_WAYS = []
    assert client.post("/accounts/ways/dingtalk/probe/").status_code == 404
    assert client.post("/accounts/ways/nothing/probe/").status_code == 404


@pytest.mark.parametrize("who", ["deputy", "officer", "gis", "staff"])
def test_nobody_else_has_the_page(as_user, request, offered, who):
    client = as_user(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 404
    assert client.post("/accounts/ways/dingtalk/probe/").status_code == 404
