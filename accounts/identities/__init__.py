"""Identities at others' programs (DingTalk, WeChat and so on) that open an account here: bound, taken away, looked up.

The rows are allauth's (`SocialAccount`); a trigger writes each of them down as a change of credentials.
"""
