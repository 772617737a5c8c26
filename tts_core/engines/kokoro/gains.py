"""How loud Kokoro's voices are: in dB, what brings each to -24 LUFS (ITU-R BS.1770).

The median of some twenty sentences in seven languages for the five voices of the packages, of two
or three in its own language for each other (English for Mandarin voices).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GAINS_DB: Mapping[str, float] = MappingProxyType(
    {
        "af_alloy": -1.8,
        "af_aoede": -5.9,
        "af_bella": -2.2,
        "af_heart": -1.6,
        "af_jessica": -2.1,
        "af_kore": -5.3,
        "af_nicole": -2.4,
        "af_nova": 2.9,
        "af_river": -2.8,
        "af_sarah": -3.0,
        "af_sky": -0.3,
        "am_adam": -5.3,
        "am_echo": -1.9,
        "am_eric": -2.6,
        "am_fenrir": -4.8,
        "am_liam": -2.3,
        "am_michael": -0.1,
        "am_onyx": -1.2,
        "am_puck": -5.2,
        "am_santa": -2.4,
        "bf_alice": -3.6,
        "bf_emma": -3.6,
        "bf_isabella": -6.2,
        "bf_lily": -2.7,
        "bm_daniel": -2.4,
        "bm_fable": -0.4,
        "bm_george": -2.3,
        "bm_lewis": -0.9,
        "ef_dora": -0.5,
        "em_alex": -0.9,
        "em_santa": -1.3,
        "ff_siwis": -4.5,
        "hf_alpha": -7.8,
        "hf_beta": -6.4,
        "hm_omega": -7.2,
        "hm_psi": -5.6,
        "if_sara": -9.5,
        "im_nicola": -4.1,
        "jf_alpha": -3.5,
        "jf_gongitsune": -3.4,
        "jf_nezumi": -3.8,
        "jf_tebukuro": -3.5,
        "jm_kumo": -3.4,
        "pf_dora": -0.5,
        "pm_alex": -0.8,
        "pm_santa": -1.2,
        "zf_xiaobei": -3.3,
        "zf_xiaoni": -5.0,
        "zf_xiaoxiao": -7.0,
        "zf_xiaoyi": -3.6,
        "zm_yunjian": -3.0,
        "zm_yunxi": -1.8,
        "zm_yunxia": -3.0,
        "zm_yunyang": -0.1,
    }
)
