"""XML that strangers send, parsed without trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.limits import INSTANCE, INSTANCE_SIGNS

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse(xml: bytes, name: str) -> _Element:
    """The root of a document that is complete, of bearable size and depth, and declares nothing of its own.

    Entities are not resolved, the network is not asked, and a DOCTYPE is refused: forms need none, and with
    one a small file can grow without end or read other files.

    Raises:
        InputError: the XML is broken, too large, too deep, or has a DOCTYPE.
    """
    from lxml import etree  # noqa: PLC0415 - reading a form alone does without it

    if len(xml) > INSTANCE:
        raise refused(
            name, f"The XML is larger than {INSTANCE // 1_000_000} MB.", "Send pictures beside it, not in it."
        )
    if xml.count(b"<") + xml.count(b"=") > INSTANCE_SIGNS:  # in every encoding that is read
        problem = f"The XML has more than {INSTANCE_SIGNS:,} elements and attributes."
        raise refused(name, problem, "Send answers of that size in parts.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(
            name, f"The XML is broken: {_words(error)}.", "Send the whole document again."
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused(name, "The XML has a DOCTYPE.", "Leave it out.")
    return root


def refused(name: str, problem: str, remedy: str) -> InputError:
    """The error of a document that cannot be taken."""
    return InputError(Fault(name, problem, remedy))


def local(element: _Element) -> str:
    """An element's name without its namespace; forms and clients differ in prefixes."""
    tag = element.tag
    return tag.rsplit("}", maxsplit=1)[-1] if isinstance(tag, str) else ""


def _words(error: Exception) -> str:
    return str(error).strip().rstrip(".").replace("\n", " ") or "it is empty"
