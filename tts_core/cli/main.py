"""The parser of the command line, and how every command starts and ends."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import tts_core
from tts_core.cli.console import discard_stdout, warn
from tts_core.cli.errors import CommandError, UsageError
from tts_core.cli.run import run
from tts_core.errors import TTSError
from tts_core.system.running_server import CannotStart

INTERRUPTED = 130
"""Exit status after Ctrl-C, by the convention of shells."""
_THREADS = "OPENBLAS_NUM_THREADS"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, by default of the process's own arguments, and return the exit status.

    Raises SystemExit for --help, --version and arguments that cannot be parsed.
    """
    _open_closed_streams()
    options = _parser().parse_args(arguments)
    if options.command is not run:  # which configures logging
        logging.basicConfig(handlers=[logging.NullHandler()])
    try:
        _load_numpy()
        _check_stdout(options)
        _check_encoding(options)
        return int(options.command(options))
    except CommandError as error:
        warn(str(error))
        return _ended(error.status)
    except TTSError as error:
        warn(str(error))
        return _ended(CommandError.status)
    except CannotStart as error:
        warn(str(error))
        return UsageError.status
    except KeyboardInterrupt:
        with suppress(OSError):
            print(file=sys.stderr)  # after the terminal's ^C
        return INTERRUPTED
    except BrokenPipeError:  # the reader of standard output has left
        return _ended(CommandError.status)
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        warn(f"{where}{error.strerror or error}.")
        return _ended(CommandError.status)


def _load_numpy() -> None:
    """Load numpy with one thread, unless the environment says otherwise.

    Threads of OpenBLAS that wait for each other made the speech check seven times as expensive on a
    busy machine. Engines' processes, which inherit the environment, compute with their own number.
    """
    is_ours = _THREADS not in os.environ
    os.environ.setdefault(_THREADS, "1")
    import numpy as _  # noqa: F401

    if is_ours:
        del os.environ[_THREADS]


def _open_closed_streams() -> None:
    """Open the null device where a standard stream is closed (`>&-`).

    Otherwise the next file to be opened would get that stream's number, and what is printed. A
    closed standard output stays None, for `_check_stdout`.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good


def _check_stdout(options: argparse.Namespace) -> None:
    """Raise CommandError when standard output is closed and the command writes to it."""
    if sys.stdout is not None:
        return
    if options.command is not run and getattr(options, "output", "-") == "-":
        file = ", or name a file with --output" if "output" in options else ""
        raise CommandError(f"Standard output is closed; open it{file}.")
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good


def _check_encoding(options: argparse.Namespace) -> None:
    """Raise UsageError for an argument that is not text in the locale's encoding.

    Python decodes its bytes to lone surrogates. The name of a file may be any bytes.
    """
    for name, value in vars(options).items():
        if name not in ("output", "document") and isinstance(value, str) and not _is_text(value):
            raise UsageError(
                f"The argument {name!r} is not valid text in the encoding of this locale "
                f"({sys.getfilesystemencoding()}); retype it, or set LC_ALL to a UTF-8 locale."
            )


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _ended(status: int) -> int:
    """Return the exit status, after dropping output that can no longer be written."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        discard_stdout()
    return status


def _add_narrate(narrate: argparse.ArgumentParser) -> None:
    narrate.add_argument(
        "document",
        help=".txt, .md, .html, .epub, .docx, .pdf, .srt, .vtt or .csv, or a folder of these",
    )
    narrate.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="where the result goes; - (the default) is standard output; for a folder of "
        "documents a folder, which gets a file for each of them",
    )
    narrate.add_argument("--voice", help="the narrator's, as `voices` lists them")
    narrate.add_argument("--engine", help="an engine's name, as `check` lists them")
    narrate.add_argument("--language", help="such as de or pt-br; by default the document's")
    narrate.add_argument("--speed", type=float, help="0.25 to 4; 1 is the voice's own")
    narrate.add_argument("--title", help="by default the document's")
    narrate.add_argument("--author", help="by default the document's")
    narrate.add_argument(
        "--cast", metavar="FILE", help='the voice of each speaker, as JSON: {"Anna": "en-gb"}'
    )
    narrate.add_argument(
        "--format",
        help="m4b, mp3, opus, flac, wav, srt, vtt, epub or project; by default what the name of "
        "the file ends in, else m4b",
    )
    narrate.add_argument(
        "--new", action="store_true", help="start over, even if the document was begun before"
    )
    narrate.set_defaults(command=_narrate)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aloud",
        description="A text-to-speech studio. Without a command, it starts the web server.",
        epilog="Settings are read from environment variables and a .env file.",
    )
    parser.add_argument("--version", action="version", version=f"Aloud {tts_core.__version__}")
    parser.set_defaults(command=run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, says: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        text = f"{says[0].upper()}{says[1:]}."
        return commands.add_parser(name, help=says, description=text, parents=parents)

    add("run", "start the web server")

    check = add("check", "report what is installed, which engines can speak and what is missing")
    check.add_argument("--json", action="store_true", help="print a JSON object")
    check.set_defaults(command=_check)

    server = argparse.ArgumentParser(add_help=False)
    server.add_argument(
        "--url",
        type=_url,
        help="the server to use; by default the one that is running here, if any",
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

    _add_narrate(add("narrate", "speak a document into an audiobook or another file", server))

    voices = add("voices", "list the voices", server)
    voices.add_argument("--engine", help="only of this engine; `library`: only cloned voices")
    voices.add_argument("--language", help="only those that speak it, such as de or pt-br")
    voices.add_argument("--json", action="store_true", help="print a JSON array")
    voices.set_defaults(command=_voices)
    of_voices = voices.add_subparsers(title="commands", metavar="COMMAND")
    says = "withdraw the consent for a cloned voice, for good"
    withdraw = of_voices.add_parser("withdraw", help=says, description=f"{says.capitalize()}.")
    withdraw.add_argument("voice", help="its id or name")
    withdraw.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    withdraw.set_defaults(command=_withdraw)

    verify = add("verify", "tell whether a file was generated, by what, and whether it has changed")
    verify.add_argument("file", help="a WAV, MP3, FLAC or M4A file")
    verify.add_argument("--json", action="store_true", help="print a JSON object")
    verify.set_defaults(command=_verify)

    download = add("download", "list the weights that can be downloaded, or download some")
    download.add_argument("name", nargs="?", help="the weights to download, such as xtts")
    download.add_argument(
        "--accept-license",
        "--accept-licence",
        action="store_true",
        help="state that you accept their license",
    )
    download.set_defaults(command=_download)
    return parser


# Commands are imported on use, since numpy and pydantic take a third of a second.


def _check(options: argparse.Namespace) -> int:
    from tts_core.cli.check import check

    return check(options)


def _speak(options: argparse.Namespace) -> int:
    from tts_core.cli.speak import speak

    return speak(options)


def _narrate(options: argparse.Namespace) -> int:
    from tts_core.cli.narrate import narrate

    return narrate(options)


def _voices(options: argparse.Namespace) -> int:
    from tts_core.cli.voices import voices

    return voices(options)


def _withdraw(options: argparse.Namespace) -> int:
    from tts_core.cli.voices import withdraw

    return withdraw(options)


def _verify(options: argparse.Namespace) -> int:
    from tts_core.cli.verify import verify

    return verify(options)


def _download(options: argparse.Namespace) -> int:
    from tts_core.cli.download import download

    return download(options)


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("must begin with http:// or https://")
    return value.rstrip("/") + "/"
