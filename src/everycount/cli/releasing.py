"""Commands that make, check, compare and explain releases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DIFFERENT, DONE, Progress, add_engine, command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from everycount.cli.shared import Commands
    from everycount.release import Release


def release(args: argparse.Namespace) -> int:
    """Make a release of a survey folder."""
    from everycount.formats import write
    from everycount.release import read
    from everycount.survey import release_folder

    progress = Progress(quiet=args.quiet)
    try:
        given = [read(one) for one in args.given]
        made, folder = release_folder(
            args.folder,
            policy=args.policy,
            given=given,
            noise_key=noise_key(args, args.folder),
            engine=args.engine,
            progress=progress,
        )
        progress("writing")
        replaced = next((one for one in given if one.digest == made.provenance.supersedes), None)
        also = _briefs(made, args) if args.briefs or args.briefs_by else None
        written = write(made, args.out, questionnaire=folder.questionnaire, before=replaced, also=also)
    finally:
        progress.end()
    if not args.quiet:
        say_written(made, written, args.out)
    return DONE


def _briefs(made: Release, args: argparse.Namespace) -> dict[str, bytes]:
    """What goes back to the people, below ``give-back/``; all of it or none."""
    from everycount.faults import Fault, InputError
    from everycount.formats.brief import Given, files

    found = dict(files(made, Given(address=args.address), args.briefs_by))
    faults = [each for each in found.values() if isinstance(each, Fault)]
    if faults:
        raise InputError(*dict.fromkeys(faults))
    return {f"give-back/{name}": each for name, each in found.items() if not isinstance(each, Fault)}


def say_written(made: Release, written: Sequence[Path], out: Path) -> None:
    """How much a release holds, and where to begin."""
    hidden = sum(1 for cell in made.cells.cells if cell.value is None)
    print(f"{len(made.cells.cells)} cells, {hidden} of them without a number; {len(written)} files.")
    print(f"Open {out / 'report.html'}")


def noise_key(args: argparse.Namespace, folder: Path) -> bytes | None:
    """The secret of a policy that changes counts, from a file or the environment."""
    import os

    if args.noise_key is None and "EVERYCOUNT_NOISE_KEY" not in os.environ:
        return None
    from everycount.survey.noise import VARIABLE, read_secret

    return read_secret(args.noise_key, os.environ.get(VARIABLE), folder)


def verify(args: argparse.Namespace) -> int:
    """Say whether a release is as it was written, and with --records whether its numbers come out again."""
    from everycount.release.bundle import unpacked

    with unpacked(args.release) as folder:
        differences, said = _looked_at(args, folder)
    for line in differences:
        print(line)
    if not differences:
        print("\n".join(said))
    return DIFFERENT if differences else DONE


def _looked_at(args: argparse.Namespace, folder: Path) -> tuple[list[str], list[str]]:
    """What differs; and what is said where nothing does."""
    from everycount.release import verify
    from everycount.release.document import NAME
    from everycount.release.signature import check, read_keys, read_signature

    is_signed = args.key is not None or folder != args.release or read_signature(folder) is not None
    known = read_keys(args.key) if args.key is not None else None
    differences = [str(one) for one in check(folder, known)] if is_signed else []
    said: list[str] = []
    if not is_signed or (folder / NAME).is_file():  # a copy of a site is signed, and no release
        differences += [line for one in verify(folder) if (line := str(one)) not in differences]
        said = ["The release is as it was written."]
    if args.records and not differences:
        differences += _counted_again(args, folder)
        said = [f"{said[0]} Every number came out again."]
    signature = read_signature(folder) if is_signed and not differences else None
    if signature is not None:
        said += [f"Signed by {signature.by} with the key {signature.fingerprint}."]
        if known is None:
            where = f"{signature.by}/.well-known/everycount-keys.json"
            said += [f"Whose key that is, only {where} can tell: save it, and name it with --key."]
    return differences, said


def _counted_again(args: argparse.Namespace, folder: Path) -> list[str]:
    from everycount.release import compare, read
    from everycount.survey import release_folder

    old, given = read(folder), [read(one) for one in args.given]
    key = noise_key(args, args.records)
    new, _ = release_folder(args.records, policy=args.policy, given=given, noise_key=key)
    return [str(line) for line in compare(old, new).lines()]


def compare(args: argparse.Namespace) -> int:
    """Say what changed between two releases."""
    from everycount.release import compare, read

    lines = compare(read(args.old), read(args.new)).lines()
    print("\n".join(str(line) for line in lines) if lines else "The two releases say the same.")
    return DIFFERENT if lines else DONE


def explain(args: argparse.Namespace) -> int:
    """Walk one number of a release back to its question, its design and the decision to show it."""
    if args.owner:
        from everycount.survey.owning import explain_to_owner

        lines = list(
            explain_to_owner(
                args.release, args.measure, args.groups, policy=args.policy, language=args.language
            )
        )
    else:
        from everycount.release import explain, read

        lines = explain(read(args.release), args.measure, args.groups, args.language)
    for line in lines:
        print(line)
    return DONE


def add_release(commands: Commands) -> None:
    """The main job."""
    sub = command(
        commands,
        release,
        "FOLDER holds a survey.toml and the files that it names. The release is written to --out whole or\n"
        "not at all: cells.csv, release.json, report.html, SDMX files, codebook. Start with report.html.",
    )
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the release goes")
    sub.add_argument(
        "--given",
        type=Path,
        action="append",
        default=[],
        metavar="RELEASE",
        help="an earlier release that anybody may hold beside this one, the oldest first; may be given again",
    )
    sub.add_argument(
        "--briefs",
        action="store_true",
        help="also what goes back to the people: briefs, posters, texts to be read aloud, pages for a phone",
    )
    sub.add_argument(
        "--briefs-by",
        metavar="DIMENSION",
        help="one brief for each group of this dimension; the first of the survey file without it",
    )
    sub.add_argument(
        "--address", default="", metavar="URL", help="where the release will stand for good; for the briefs"
    )
    sub.add_argument(
        "--policy", metavar="NAME", help="public, partners or open, instead of the folder's policy"
    )
    sub.add_argument(
        "--noise-key",
        type=Path,
        metavar="FILE",
        help="the initiative's secret, where the policy changes counts by it (or EVERYCOUNT_NOISE_KEY)",
    )
    add_engine(sub)


def add_others(commands: Commands) -> None:
    """Reading a release again."""
    sub = command(
        commands,
        verify,
        "Recomputes every digest, and where a node signed the files, checks that, too: also of a copy that\n"
        "everycount publish made. Asks nobody. Exit code 1 when something differs.",
    )
    sub.add_argument("release", type=Path, metavar="DIR", help="a release, or a bundle.zip")
    sub.add_argument(
        "--key", type=Path, metavar="FILE", help="keys of the node that must have signed; needs a signature"
    )
    sub.add_argument(
        "--records", type=Path, metavar="FOLDER", help="compute every number again from this folder"
    )
    sub.add_argument(
        "--policy", metavar="NAME", help="the policy it was released under, if given there by hand"
    )
    sub.add_argument("--noise-key", type=Path, metavar="FILE", help="the secret that it was released with")
    sub.add_argument(
        "--given",
        type=Path,
        action="append",
        default=[],
        metavar="RELEASE",
        help="with --records: a release that it was held against, in the same order",
    )

    sub = command(commands, compare, "Names each number that changed; exit code 1 when something differs.")
    sub.add_argument("old", type=Path, metavar="OLD", help="the earlier release")
    sub.add_argument("new", type=Path, metavar="NEW", help="the later release")

    sub = command(
        commands,
        explain,
        "Example: everycount explain out basic_water settlement=slum poverty=Q1\n"
        "With --owner, DIR is the survey folder, and the true figures behind a hidden number are said:\n"
        "which rule, how many, how many are needed, and what would cure it. Keep these lines to yourself.",
    )
    sub.add_argument("release", type=Path, metavar="DIR", help="a release; with --owner, a survey folder")
    sub.add_argument("measure", metavar="MEASURE", help="id of the measure")
    sub.add_argument("groups", nargs="*", metavar="DIMENSION=CODE", help="the group; none is everybody")
    sub.add_argument("--owner", action="store_true", help="say why a number is hidden, with the true figures")
    sub.add_argument("--policy", metavar="NAME", help="with --owner: instead of the folder's policy")
    sub.add_argument("--language", metavar="TAG", default="en", help="language of the labels (default: en)")
