"""The data files of `hibari-tts` 0.2.1 that its front end reads, by name, with their SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PACKAGE = "hibari-tts==0.2.1"
SHARED: Mapping[str, str] = MappingProxyType(
    {
        "normalize.json": "d478ff05404bc43ac3e0468e306674e51085f1b1afc94cdef7c7ea4fb0d56bd8",
        "tagger.json.gz": "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb",
        "tokenizer_exceptions.json": (
            "ddf3a3da07bdcf5144270ea4530191d8580fb4fd6f5ae93296e87916e795659a"
        ),
    }
)
"""For both accents."""
AMERICAN: Mapping[str, str] = MappingProxyType(
    {
        "lexicon_us_gold.json.gz": (
            "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2"
        ),
        "lexicon_us_silver.json.gz": (
            "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3"
        ),
    }
)
BRITISH: Mapping[str, str] = MappingProxyType(
    {
        "lexicon_gb_gold.json.gz": (
            "66e675f23eb007d6707d23fe6603ba5e19f3513aefe42e3c8cd6c078a85f2ce0"
        ),
        "lexicon_gb_silver.json.gz": (
            "637f887dd557d193af8c106f5c26624850db3e7bf0ec751ba917aac6d75e948d"
        ),
    }
)
