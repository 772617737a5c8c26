"""The parser of the command line, and what all commands have in common: how they end."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

import tts_core
from tts_core.cli.errors import CommandError, UsageError
from tts_core.cli.run import run
from tts_core.errors import TTSError
from tts_core.system.running_server import CannotStart

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, of the process's own arguments if none are given; returns the exit status.

    Raises SystemExit for --help, --version and arguments that cannot be parsed.
    """
    asked = _parser().parse_args(arguments)
    command = asked.command
    if command is not run:  # which has a log
        logging.basicConfig(handlers=[logging.NullHandler()])
    try:
        status = int(command(asked))
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has left is expected
        return status
    except (CommandError, TTSError) as error:
        print(f"aloud: {error}", file=sys.stderr)
        return error.status if isinstance(error, CommandError) else CommandError.status
    except CannotStart as error:
        print(f"aloud: {error}", file=sys.stderr)
        return UsageError.status
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output left; nor is what is buffered to reach it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CommandError.status
    except OSError as error:
        print(f"aloud: {error}", file=sys.stderr)
        return CommandError.status
    except UnicodeEncodeError:
        print("aloud: The arguments are not valid UTF-8; retype them.", file=sys.stderr)
        return CommandError.status
    except ValueError as error:
        if (sentence := _fault_of_settings(error)) is None:
            raise
        print(f"aloud: {sentence}", file=sys.stderr)
        return UsageError.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aloud",
        description="A text-to-speech studio. Without a command it opens the studio.",
        epilog="Settings are read from environment variables and a .env file.",
    )
    parser.add_argument("--version", action="version", version=f"Aloud {tts_core.__version__}")
    parser.set_defaults(command=run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, says: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        text = f"{says[0].upper()}{says[1:]}."
        return commands.add_parser(name, help=says, description=text, parents=parents)

    add("run", "open the studio")

    check = add("check", "tell what is installed, what can speak and what is missing")
    check.add_argument("--json", action="store_true", help="print a JSON object")
    check.set_defaults(command=_check)

    server = argparse.ArgumentParser(add_help=False)
    server.add_argument(
        "--url",
        type=_url,
        help="use this server; by default the one that is running here, if any",
    )
    server.add_argument(
        "--key", help="the server's API key; by default the first one in TTS_API_KEYS"
    )

    speak = add("speak", "speak a text into a file", server)
    speak.add_argument("text", nargs="?", help="the text; from standard input when absent or -")
    speak.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="where the audio goes; - (the default) is standard output",
    )
    speak.add_argument("--voice", default="default", help="its id or name, as `voices` lists them")
    speak.add_argument("--engine", default="auto", help="an engine's name, as `check` lists them")
    speak.add_argument("--speed", type=float, default=1.0, help="0.25 to 4; 1 is the voice's own")
    speak.add_argument(
        "--format",
        help="wav, mp3, flac, opus, aac or pcm (24 kHz, 16 bit, mono); by default what the name "
        "of the file ends in, else wav",
    )
    speak.set_defaults(command=_speak)

    voices = add("voices", "list the voices", server)
    voices.add_argument("--engine", help="only of this engine; `library`: only cloned voices")
    voices.add_argument("--language", help="only those that speak it, such as de or pt-br")
    voices.add_argument("--json", action="store_true", help="print a JSON array")
    voices.set_defaults(command=_voices)

    download = add("download", "list the weights that can be downloaded, or download some")
    download.add_argument("name", nargs="?", help="which to download, such as xtts")
    download.add_argument(
        "--accept-license",
        "--accept-licence",
        action="store_true",
        help="state that you accept their license",
    )
    download.set_defaults(command=_download)
    return parser


# Imported only when they are called for: numpy and pydantic take a third of a second.


def _check(asked: argparse.Namespace) -> int:
    from tts_core.cli.check import check

    return check(asked)


def _speak(asked: argparse.Namespace) -> int:
    from tts_core.cli.speak import speak

    return speak(asked)


def _voices(asked: argparse.Namespace) -> int:
    from tts_core.cli.voices import voices

    return voices(asked)


def _download(asked: argparse.Namespace) -> int:
    from tts_core.cli.download import download

    return download(asked)


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("it has to begin with http:// or https://")
    return value.rstrip("/") + "/"


def _fault_of_settings(error: ValueError) -> str | None:
    """Return what is wrong with the environment variables, if that is what the error is about.

    The value is left out: it may be a key.
    """
    import pydantic

    if not isinstance(error, pydantic.ValidationError) or error.title != "Settings":
        return None
    fault = error.errors(include_url=False, include_input=False)[0]
    name = str(fault["loc"][0]) if fault["loc"] else ""
    variable = name if name.isupper() else f"TTS_{name.upper()}"
    says = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{variable}: {says[:1].lower()}{says[1:]}. Set it in the environment or in .env."
