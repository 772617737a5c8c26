"""English words in capitals: plain ones, and initialisms that look like words."""

from __future__ import annotations

from tts_core.text.reading.tables import words

CAPITAL_WORDS = words(
    "a i an am as at be by do go he if in is it me my no of on or so to up us we oh ok hi",
    "ah ha",
    "all and any are ask bad big boy but buy can car cat cut day did die dog dry due eat",
    "end etc",
    "eye far few fit fly for fun get god got guy had has her hey him his hit hot how its",
    "job key",
    "kid law lay let lie lot low mad man may men met mom mrs new nor not now odd off old",
    "one our",
    "out own pay per put ran red run sad saw say sea see set she sit six son sun ten the",
    "tip too",
    "top try two use war was way wet who why win won yes yet you your from with this that what",
    "when stop help free good love over very just only must never best",
)
"""Short words that are no initialisms when they are written in capitals."""
INITIALISMS = words(
    "US UK EU UN IT AI TV PC ID PR HR VR AR OS UI UX IQ ER OK UAE UAW UFO CEO CFO CTO CIA",
    "IBM EPA IRA USA EU AT AOL API URL IOU ETA DIY FAQ ISBN IPO IRS IUD OEM UEFA IMO IOS",
    "LED ICU EEG EKG ESPN NCAA UCLA ACLU NAACP AARP IEEE HDMI IMDB ICBM OECD USDA USPS USAF",
    "USMC",
    "IIRC IMHO DMCA NYPD NYSE LAPD FDIC USSR EEOC ICAO IBAN EMEA IPTV ADHD IPCC ECHR IAEA OSCE",
    "UNDP WHO EBU ETF UFC UEA UAV IDE ISO IKB IPA ICE IMF AMA ABC NBC EDM ASL OCD UTC EST EDT",
    "AC DC AM FM ASCAP ITV IQ DVLA NHS HMRC UKIP MEP OAP OBE MBE EFL ESL TOEFL",
) - words("UEFA ASCAP UKIP TOEFL IKB ICE")
"""Initialisms that look like words."""
