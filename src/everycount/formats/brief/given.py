"""What a brief says besides the release: where it stands, what the community decided, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """Known to whoever publishes; a release that is a folder knows nothing of it.

    Attributes:
        address: where the release stands for good; with it comes a QR code.
        agree, object: how many of the community body agreed and did not; None where it is not known.
        voices: what members said in public, those who disagreed first.
        ask: whom people may ask.
        back: what comes back to the people, when and how.
    """

    address: str = ""
    agree: int | None = None
    object: int | None = None
    voices: tuple[str, ...] = ()
    ask: str = ""
    back: str = ""

    def __post_init__(self) -> None:
        if (self.agree is None) != (self.object is None):
            raise ValueError("Who agreed is told together with who did not.")
