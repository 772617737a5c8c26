from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tts_core.text import language
from tts_core.text.language import detect_language


def test_one_model_for_all() -> None:
    """It takes seconds to load: fifty requests at once must not each load their own."""
    language._model.cache_clear()
    language._identifier.cache_clear()
    texts = {"de": "Das ist ein deutscher Satz.", "fr": "Ceci est une phrase française."}
    asked = [(code, {"de", "fr", other}) for code in texts for other in ("en", "es", "it")]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda item: detect_language(texts[item[0]], item[1]), asked))
    assert found == [code for code, _ in asked]
    assert language._model.cache_info().misses == 1


def test_only_among_those_asked_for() -> None:
    for among in ({"de", "en"}, {"fr", "en"}, {"de", "en"}):
        assert detect_language("Das ist ein ganz normaler deutscher Satz.", among) in among
