"""Errors that end a command with one sentence on stderr, besides those of `tts_core.errors`."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot do what it was asked for; `str(error)` says why and what to do."""

    status = 1


class UsageError(CommandError):
    """The command was called in a way that it does not understand."""

    status = 2
