"""Commands of a node: serve, keep, look after."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DIFFERENT, DONE, command
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands

_HOST, _PORT = "127.0.0.1", 8000


def serve(args: argparse.Namespace) -> int:
    """Serve the site to people and phones."""
    need_site()
    from everycount.site.running import serve as run

    os.environ.setdefault("EVERYCOUNT_PUBLIC_URL", f"http://{args.host}:{args.port}")
    if not args.worker:
        os.environ["EVERYCOUNT_WORKER"] = "no"
    run(args.host, args.port, print)
    return DONE


def worker(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command takes its arguments
    """Do the node's work in the background, in a process of its own."""
    need_site()
    from everycount.site.running import work

    work(print)
    return DONE


def demo(args: argparse.Namespace) -> int:
    """Serve an invented example world, made at the first start."""
    need_site()
    os.environ["EVERYCOUNT_DATA_DIR"] = str(args.data_dir)
    os.environ["EVERYCOUNT_PUBLIC_URL"] = f"http://{_HOST}:{args.port}"
    from everycount.site import demo as world
    from everycount.site.running import prepare
    from everycount.site.running import serve as run

    note = args.data_dir / world.NAME
    environment = prepare(print)
    if note.exists():
        print(f"The example world is there already; who is who stands in {note}")
        if json.loads(note.read_text(encoding="utf-8"))["url"] != f"{environment.public_url}/":
            print("It was made for another port: addresses of phones in it still name that one.")
    else:
        told, phones = world.make_world(environment, args.publish)
        world.start_phones(environment, told, phones, open_browser=args.browser)
    run(_HOST, args.port, print)
    return DONE


def backup(args: argparse.Namespace) -> int:
    """Write everything of the node but its keys into one file, also while it serves."""
    need_site()
    from everycount.site.environment import Environment
    from everycount.site.keeping import back_up

    environment = Environment.read()
    back_up(environment, args.file)
    print(f"{args.file} holds everything but {environment.data / 'keys' / 'vault.key'}: keep that elsewhere.")
    print("Without it nobody can open the answers; with it and the backup anybody can.")
    return DONE


def restore(args: argparse.Namespace) -> int:
    """Put a backup into an empty node."""
    need_site()
    from everycount.site.environment import Environment
    from everycount.site.keeping import restore as put
    from everycount.site.running import prepare

    put(Environment.read(), args.file)
    environment = prepare(print)
    from everycount.site.node.health import problems

    found = list(problems(environment))
    print("\n".join(found) if found else "Restored; the ledger is whole and the keys fit.")
    return DIFFERENT if found else DONE


def rotate_keys(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command takes its arguments
    """Change the key that opens the vault; the node must be stopped."""
    need_site()
    from everycount.site.running import is_prepared, set_up

    environment = set_up(alone=True)
    if not is_prepared():
        remedy = "Start everycount serve once, stop it, and come again."
        raise InputError(Fault(str(environment.data), "The database is not up to date.", remedy))
    from everycount.site.rotation import rotate_keys as rotate

    done = rotate(environment, at=datetime.now(UTC))
    print(f"{done.count} keys are wrapped by the new one; receipts, erasures and phones go on as before.")
    if done.old is None:
        print("Put the new key into EVERYCOUNT_VAULT_KEY before the node starts again.")
    else:
        print(f"The new key is {environment.data / 'keys' / 'vault.key'}: keep it in a second place.")
        print(f"Backups of before open with {done.old} alone: keep it with them, not here.")
    return DONE


def ledger(args: argparse.Namespace) -> int:  # noqa: ARG001 - a command takes its arguments
    """Say whether the ledger is whole, and the digest that is worth writing down."""
    need_site()
    from everycount.site.running import set_up

    set_up()
    from everycount.site.ledger.queries import broken, head

    found = list(broken())
    last = head()
    if last is not None:
        print(f"{last[0]} events; the last has the digest {last[1]}")
    print("\n".join(found) if found else "The chain holds.")
    return DIFFERENT if found else DONE


def check_node() -> int:
    """What ``everycount check`` says of the node when it is given no folder."""
    need_site()
    from everycount.site.running import set_up

    environment = set_up()
    from everycount.site.node.health import problems

    found = list(problems(environment))
    print("\n".join(found) if found else f"All is well with the node in {environment.data}.")
    return DIFFERENT if found else DONE


def need_site() -> None:
    """Refuses where Django is not installed."""
    try:
        import django  # noqa: F401 - only whether it is there
    except ImportError:
        remedy = 'Run: pip install "everycount[site]"'
        raise InputError(Fault("everycount", "The site's packages are not installed.", remedy)) from None


def add_node(commands: Commands) -> None:
    """Serving and keeping."""
    sub = command(
        commands,
        serve,
        "Everything is kept in EVERYCOUNT_DATA_DIR; docs/reference/node.md lists the variables. To be\n"
        "reached from a local network: everycount serve --host 0.0.0.0, and its address in\n"
        "EVERYCOUNT_PUBLIC_URL.",
    )
    sub.add_argument("--host", default=_HOST, help=f"address to listen on (default: {_HOST})")
    sub.add_argument("--port", type=int, default=_PORT, help=f"port (default: {_PORT})")
    sub.add_argument(
        "--no-worker", dest="worker", action="store_false", help="leave the background to everycount worker"
    )

    command(
        commands,
        worker,
        "Reads what submissions allow, empties logs after something was erased, clears away. A small\n"
        "office needs none, for everycount serve does it, too; a busy node serves with --no-worker and\n"
        "runs this beside it, with the same settings. Of several, one works and the others stand by.",
    )

    sub = command(commands, demo, "Nobody in it exists. Accounts and addresses stand in DIR/demo.json.")
    sub.add_argument(
        "--data-dir", type=Path, default=Path("everycount-demo"), metavar="DIR", help="where it is kept"
    )
    sub.add_argument("--port", type=int, default=_PORT, help=f"port (default: {_PORT})")
    sub.add_argument("--no-browser", dest="browser", action="store_false", help="do not open a browser")
    sub.add_argument(
        "--publish",
        type=Path,
        metavar="XLSFORM",
        action="append",
        default=[],
        help="publish this form, too, in an initiative of its own",
    )

    sub = command(
        commands, backup, "The sealed answers, the salts of their keys, the database; not vault.key."
    )
    sub.add_argument("file", type=Path, metavar="FILE", help="a new file")

    sub = command(commands, restore, "Put keys/vault.key of the old node into EVERYCOUNT_DATA_DIR first.")
    sub.add_argument("file", type=Path, metavar="FILE", help="what everycount backup wrote")

    command(
        commands,
        rotate_keys,
        "Where EVERYCOUNT_VAULT_KEY is given, give the new key in EVERYCOUNT_NEW_VAULT_KEY; else one is\n"
        "made and put into keys/vault.key.\n"
        "Every key in the database is wrapped anew at once, or none; an interrupted command is run again.\n"
        "Make a fresh backup afterwards: older ones open with the old key alone.",
    )

    command(commands, ledger, "Exit code 1 where somebody changed or removed an event.")
