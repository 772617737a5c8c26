"""Finds the markup of a text that directs how it is spoken."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.text.directions.brackets import bracket_directions
from tts_core.text.directions.model import NOTHING, Directions
from tts_core.text.directions.speakers import with_speakers
from tts_core.text.directions.ssml import is_ssml, ssml_directions
from tts_core.text.directions.xml_events import MalformedSsml


def directions_of(text: str, markup: str, cast: Mapping[str, str] | None = None) -> Directions:
    """Return the markup of a text that directs how it is spoken.

    `markup`: "auto": SSML if the text is a `speak` element, else markup in square brackets; "ssml";
    "off": none. `cast`: the voices of speakers, whose lines are no SSML. Raises ValidationError for
    what is out of bounds; with "ssml" also for SSML that is not well-formed, of which "auto" warns.
    Takes time linear in the length of the text.
    """
    found = _marked(text, markup)
    return with_speakers(text, found, cast) if cast and not found.is_ssml else found


def _marked(text: str, markup: str) -> Directions:
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
