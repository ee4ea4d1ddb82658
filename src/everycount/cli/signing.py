"""The key with which a node signs what it gives out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, command

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands


def rotate_signing_key(args: argparse.Namespace) -> int:
    """Sign with a new key from now on; what was signed before still counts, unless the old key is lost."""
    from everycount.cli.node import need_site

    need_site()
    from everycount.site.running import set_up

    environment = set_up()
    from everycount.site.machines.keys import rotate

    made = rotate(environment.data, at=datetime.now(UTC), lost=args.lost)
    print(f"Bundles are signed with the key {made.fingerprint} from now on.")
    print(
        f"It is in {environment.data / 'keys' / 'signing.json'}: no backup takes it along, keep it elsewhere."
    )
    if args.lost:
        print("What the key before it signed does not count any more for whoever fetches the keys anew:")
        print(f"{environment.public_url}/.well-known/everycount-keys.json")
    return DONE


def add_signing(commands: Commands) -> None:
    """``everycount rotate-signing-key``."""
    sub = command(
        commands,
        rotate_signing_key,
        "The public halves of all keys stand at /.well-known/everycount-keys.json. Works while the node\n"
        "serves.",
    )
    sub.add_argument(
        "--lost", action="store_true", help="the old key may be in other hands: call it back for good"
    )
