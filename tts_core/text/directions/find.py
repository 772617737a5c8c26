"""Finds the markup of a text that directs how it is spoken."""

from __future__ import annotations

from tts_core.text.directions.brackets import bracket_directions
from tts_core.text.directions.model import NOTHING, Directions
from tts_core.text.directions.ssml import is_ssml, ssml_directions
from tts_core.text.directions.xml_events import MalformedSsml


def directions_of(text: str, markup: str) -> Directions:
    """Return the markup of a text that directs how it is spoken.

    `markup`: "auto": SSML if the text is a `speak` element, else markup in square brackets; "ssml";
    "off": none. Raises ValidationError for what is out of bounds; with "ssml" also for SSML that
    is not well-formed, of which "auto" warns. Takes time linear in the length of the text.
    """
    if markup == "off":
        return NOTHING
    if markup == "ssml":
        return ssml_directions(text)
    if not is_ssml(text):
        return bracket_directions(text)
    try:
        return ssml_directions(text)
    except MalformedSsml as error:
        return Directions(warnings=(f"{error} Its tags have no effect.",))
