"""Other people's words and our links in messages of other programs."""

from django.utils.translation import gettext as _

from ui.text.cut import cut

_HARMLESS = str.maketrans("[]()<>*`@!", "［］（）＜＞＊｀＠！")


def plain(text: str) -> str:
    """Keep people's words from becoming links, pictures or mentions: their signs become full-width ones."""
    return text.translate(_HARMLESS)


def link(address: str) -> str:
    """A link in markdown; nothing for none."""
    return f"\n\n[{_('查看')}]({address})" if address else ""


def dingtalk(title: str, body: str, address: str, most: int) -> dict[str, object]:
    """A message in DingTalk's markdown; its title and words take `most` bytes, the link comes after them."""
    text = cut(f"### {plain(title)}\n\n{plain(body)}", most) + link(address)
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
