"""Signing in by the programs that people already have: DingTalk, WeChat, WeCom, Feishu, 浙政钉, OpenID Connect.

Allauth's provider classes speak the protocols and keep the state; what is asked goes out over `http`. Who somebody is
here is decided in `adapter`, from `accounts.identities` alone: an identity nobody has bound opens nothing.
"""
