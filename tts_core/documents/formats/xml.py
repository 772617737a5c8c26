"""Parses XML of documents, without entities.

The standard library's parser loads nothing from outside, and expat bounds how far entities expand;
documents that declare any are refused nevertheless, since none of the formats uses them.
"""

from __future__ import annotations

from xml.etree import ElementTree

from tts_core.documents.limits import invalid

_ENTITY = "<!ENTITY"
_DECLARATIONS = tuple(_ENTITY.encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))


def parse_xml(data: bytes, name: str) -> ElementTree.Element:
    """Return the root element. `name`: of the file, for the error. Raises ValidationError."""
    if any(declaration in data for declaration in _DECLARATIONS):
        raise invalid(
            f"The document is refused: {name} declares XML entities, which could load other files "
            "or fill the memory. Save the document again with another program."
        )
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise invalid(
            f"The document is damaged: {name} is no valid XML ({error}). Save or download it again."
        ) from error


def local_name(element: ElementTree.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: ElementTree.Element, name: str) -> str:
    """Return an attribute whatever its namespace, "" when there is none."""
    if name in element.attrib:
        return element.attrib[name]
    end = "}" + name
    return next((value for key, value in element.attrib.items() if key.endswith(end)), "")
