"""A node with one invented public release, made for a copy; run with a node's settings."""

from __future__ import annotations


def make() -> None:
    """An initiative and its numbers."""
    from library.release.samples import small_release
    from public_world import counted_elsewhere, put_out
    from site_world import initiative

    here = initiative(listed=True)
    here.name, here.about = "Watch of the invented wells", "Who fetches water, and how long it takes."
    here.save()
    put_out(counted_elsewhere(here), small_release())


if __name__ == "__main__":
    from everycount.site.running import prepare

    prepare(lambda _: None)
    make()
