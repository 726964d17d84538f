"""The XML of a Word document, read without entities, without the network and piece by piece."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from knowledge.extract.zip_guard import GuardedZip

Element = Any
"""An element of the tree; lxml brings no types."""
_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def local_name(element: Element) -> str:
    """Tell an element's name without its namespace, which differs between kinds of .docx."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """Find an attribute by its name without the namespace."""
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: Element | None, name: str) -> Element | None:
    """Find a child by its name without the namespace."""
    if element is None:
        return None
    return next((one for one in element if local_name(one) == name), None)


def value_of(element: Element | None, name: str) -> str | None:
    """Find the ``val`` of a child, such as the style's id in ``<w:pStyle w:val="Title"/>``."""
    found = child(element, name)
    return None if found is None else attribute(found, "val")


def is_on(element: Element | None, name: str) -> bool:
    """Tell whether a property such as ``<w:b/>`` is there and not switched off."""
    found = child(element, name)
    return found is not None and attribute(found, "val") not in {"0", "false", "off", "none"}


def parse_part(package: GuardedZip, name: str) -> Element:
    """Parse a small part as a whole; lxml.etree.LxmlError when it is not well-formed."""
    return etree.fromstring(package.read(name), etree.XMLParser(**_SAFE))


def children_of(pieces: Iterator[bytes], parent: str) -> Iterator[Element]:
    """Go through the complete children of an element while the part is being unpacked.

    Each is emptied when the next is asked for; lxml.etree.LxmlError when the part is not well-formed.
    """
    parser = etree.XMLPullParser(events=("start", "end"), **_SAFE)
    holder: Element | None = None
    for piece in pieces:
        parser.feed(piece)
        for event, element in parser.read_events():
            if event == "start":
                if holder is None and local_name(element) == parent:
                    holder = element
            elif holder is not None and element.getparent() is holder:
                yield element
                holder.remove(element)
    parser.close()
