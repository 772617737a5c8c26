"""The second opinion of a speech recognizer on segments that the quality check doubts.

It comes after the sound: the check's own worker process gives it, in the background.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from tts_core.alignment.recognizer import HeardWord, Recognizer, folder_of
from tts_core.engines.base import EngineContext
from tts_core.errors import ModelLoadError
from tts_core.types import AlignmentRequest, Quality, QualityIssue

log = logging.getLogger(__name__)

DOUBTFUL = 0.98
"""A score below which a segment without an issue is doubtful; 1 is the median of clean speech, and
0.5 the limit, below which it has an issue. Of clean sentences a third is below 0.98, of those with
one word substituted 94 %."""
RIGHT, WRONG = -5.5, -10.5
"""Likelihoods of the least likely word above which a text was said, and below which it was not.

By Whisper base: of 281 clean sentences of hibari, Piper and Kokoro, one is below -10.5 and 95 % are
above -5.7; of as many with a word substituted or dropped, all but one are below -10.5, of those
with a word added, 68 %."""
_CLEARED, _CONFIRMED = 0.6, 0.4  # scores
_OF_WORDS = {"missing", "wrong words"}
"""Kinds of issues that a recognizer can refute. It does not hear repeats for sure, and a word that
is cut off it completes: Whisper base refuted 9 of the 58 cut ends that the check had found."""


class SecondOpinion:
    """The recognizer of a worker, loaded when it is first asked."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._recognizer: Recognizer | None = None
        self._unusable = False

    def reconsider(self, request: AlignmentRequest, quality: Quality) -> Quality:
        """Return the quality of a sound after asking the recognizer, if it is doubtful.

        A model that cannot be loaded is told in the log once, and not asked again.
        """
        if self._unusable or not request.second_opinion or not is_doubtful(quality):
            return quality
        recognizer = self._loaded()
        if recognizer is None:
            return quality
        heard = recognizer.likelihoods(request.chunk, request.text, request.voice.language)
        return quality if heard is None else decide(quality, heard)

    def _loaded(self) -> Recognizer | None:
        """Return the recognizer; None, from then on too, if there is none or it is unusable."""
        if self._recognizer is None:
            settings = self._context.settings
            try:
                if settings.recogniser != "off":
                    self._recognizer = Recognizer(folder_of(settings))
            except ModelLoadError as error:
                log.warning("TTS_RECOGNISER: there are no second opinions. %s", error)
            self._unusable = self._recognizer is None
        return self._recognizer


def is_doubtful(quality: Quality) -> bool:
    """Return whether a sound that could be checked has an issue, or nearly."""
    return quality.score is not None and (bool(quality.issues) or quality.score < DOUBTFUL)


def decide(quality: Quality, heard: Sequence[HeardWord]) -> Quality:
    """Return a doubtful sound's quality after what a recognizer has heard, at least one word.

    Issues that it refutes are removed. Where it is certain that other words were said, they become
    an issue, and the evidence is strong enough to generate the segment again.
    """
    lowest = min(word.likelihood for word in heard)
    score = quality.score or 0.0
    if lowest < WRONG:
        words = tuple(word.text for word in heard if word.likelihood < WRONG)
        issues = quality.issues or (QualityIssue("wrong words", words),)
        return replace(quality, score=min(score, _CONFIRMED), issues=issues, sure=True)
    kept = tuple(issue for issue in quality.issues if issue.kind not in _OF_WORDS)
    if lowest > RIGHT and not kept:
        return replace(quality, score=max(score, _CLEARED), issues=(), sure=False)
    return quality
