"""Errors that end a command with one sentence on standard error, besides `tts_core.errors`."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot do what it was asked for; `str(error)` says why and what to do."""

    status = 1
    """The exit status of the process."""


class UsageError(CommandError):
    """The command was called in a way that it does not understand."""

    status = 2
