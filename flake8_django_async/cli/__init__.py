"""The command `flake8-django-async`: explain a rule, trace a finding, check files, list what is known of libraries."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from flake8_django_async import __version__
from flake8_django_async.cli.colour import colour
from flake8_django_async.configure import ConfigurationError, Given, valid
from flake8_django_async.options import OPTIONS

FORMATS = ("text", "json", "sarif", "github")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. 0: nothing found; 1: something found; 2: a mistake in what was asked."""
    parser = _parser()
    argv = list(sys.argv[1:] if argv is None else argv)
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.command != "check":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if arguments.command == "check":
            return _check(arguments, rest)
        return _tell(arguments)
    except ConfigurationError as error:
        return _mistake(str(error))
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("flake8-django-async", description=__doc__, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"flake8-django-async {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--color", choices=("auto", "always", "never"), default=None, help="default: on a terminal")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    explain = commands.add_parser("explain", parents=[shared], help="a rule's page; all rules when none is named")
    explain.add_argument("rule", nargs="?", metavar="RULE", help="LDB101, or held-across-await")

    trace = commands.add_parser(
        "trace", parents=[shared], help="how a connection came to be held where flake8 reports it", allow_abbrev=False
    )
    trace.add_argument("place", metavar="PATH:LINE")
    _add_options(trace)

    check = commands.add_parser(
        "check",
        parents=[shared],
        help="check files as flake8 does, with these rules only",
        usage="flake8-django-async check [options] [flake8's options] [PATH ...]",
        epilog="Every other option is flake8's own (-j, --exclude, --config, --stdin-display-name, ...), "
        "and so is the configuration.",
        allow_abbrev=False,
    )
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument(
        "--write-baseline", metavar="FILE", help="write what is found to FILE; with the option baseline it is left out later"
    )
    _add_options(check)

    models = commands.add_parser(
        "models", parents=[shared], help="what is known of libraries, or of one name in them", allow_abbrev=False
    )
    models.add_argument("name", nargs="?", metavar="DOTTED", help="httpx, openai.AsyncOpenAI, django.db.models.QuerySet.aget")
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options that stand in [tool.flake8-django-async] of pyproject.toml as well")
    for option in OPTIONS:
        if not option.in_flake8:
            continue
        if option.kind == "flag":
            group.add_argument(f"--{option.name}", action="store_true", default=None, help=option.described)
        else:
            group.add_argument(f"--{option.name}", metavar=option.metavar, help=option.described)
    group.add_argument("--isolated", action="store_true", help="read neither flake8's configuration nor pyproject.toml")


def _given(arguments: argparse.Namespace) -> Given:
    """What `trace` was given. `check` hands it on to flake8."""
    values: list[tuple[str, object]] = []
    for option in OPTIONS:
        value: object = getattr(arguments, option.field, None)
        if value is not None:
            if option.is_list and isinstance(value, str):
                value = [word.strip() for word in value.split(",") if word.strip()]
            values.append((option.field, valid(option, value, f"--{option.name}", os.getcwd())))
    return Given(tuple(values), bool(getattr(arguments, "isolated", False)))


def _tell(arguments: argparse.Namespace) -> int:
    shade = colour(arguments.color or "auto")
    if arguments.command == "explain":
        from flake8_django_async.cli.explain import explain

        lines, status = explain(arguments.rule, shade)
    elif arguments.command == "trace":
        from flake8_django_async.cli.trace import trace

        lines, status = trace(arguments.place, _given(arguments), shade)
    else:
        from flake8_django_async.cli.models import models

        lines, status = models(arguments.name, _given(arguments), shade)
    if status == 2:
        return _mistake("\n".join(lines))
    _write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
    return status


def _check(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    from flake8.exceptions import EarlyQuit, ExecutionError

    from flake8_django_async.baseline import write
    from flake8_django_async.cli import report_sarif, reports
    from flake8_django_async.cli.drive import Failure, drive

    try:
        outcome = drive([*_for_flake8(arguments), *rest], arguments.write_baseline, traces=arguments.format in ("json", "sarif"))
    except (ExecutionError, Failure) as error:
        return _mistake(str(error).removeprefix("flake8-django-async: "))
    except EarlyQuit:
        return 130
    if arguments.write_baseline:
        known = [found.known for found in outcome.findings if found.code.startswith("LDB") and found.code != "LDB900"]
        with _writing(arguments.write_baseline):
            write(arguments.write_baseline, known)
        print(f"{len(known)} findings written to {arguments.write_baseline}", file=sys.stderr)
        return 0
    match arguments.format:
        case "json":
            report = reports.as_json(outcome.findings)
        case "sarif":
            report = report_sarif.sarif(outcome.findings)
        case "github":
            report = reports.github(outcome.findings)
        case _:
            report = reports.text(outcome.findings, colour("never" if outcome.output else arguments.color or outcome.color))
    # Bytes of a path that are no characters: as they were, and in JSON as it escapes what is no Unicode.
    data = report.encode("utf-8", "backslashreplace" if arguments.format in ("json", "sarif") else "surrogateescape")
    if outcome.output:
        with _writing(outcome.output), open(outcome.output, "wb") as stream:
            stream.write(data)
    else:
        _write(data)
    return outcome.status


def _for_flake8(arguments: argparse.Namespace) -> list[str]:
    """Our options as flake8 knows them."""
    argv = ["--isolated"] if arguments.isolated else []
    for option in OPTIONS:
        value: object = getattr(arguments, option.field, None)
        if value is not None:
            argv.append(option.flag if option.kind == "flag" else f"{option.flag}={value}")
    if arguments.write_baseline:
        argv.append("--django-async-baseline=")
    return argv


@contextmanager
def _writing(file: str) -> Iterator[None]:
    """Raise ConfigurationError where a file that was asked for cannot be written: no such folder, no right, a full disk."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"cannot write {file}: {error.strerror or error}") from None


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def _mistake(text: str) -> int:
    print(f"flake8-django-async: error: {text}", file=sys.stderr)
    return 2


def run() -> NoReturn:
    """The console script."""
    raise SystemExit(main())
