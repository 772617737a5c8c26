"""Indonesian: "ketujuh puluh sembilan", "setengah", "pukul empat belas lewat tiga puluh menit"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, pairs, words

_ORDINAL_SECTIONS = words("abad perang dunia kongres muktamar kabinet konferensi")
"""Words before a roman number that is an ordinal."""


class Indonesian(Language):
    """Indonesian."""

    group_signs = "."
    decimal_sign = ","
    date_order = "dmy"
    minus = "minus"
    point = "koma"
    to = "sampai"
    by = "kali"
    as_often = "kali"
    per_word = "per"
    scales = ("ribu", "juta", "miliar")
    before_times = words("pukul jam sampai hingga antara sejak dari s.d. sd")
    hour_signs = (":", ".")
    before_short_dates = words(
        "tanggal tgl pada senin selasa rabu kamis jumat sabtu minggu senin, selasa, rabu, kamis,",
        "jumat, sabtu, minggu,",
    )
    telephone_words = words("telepon telp tel hp wa faks hubungi nomor kontak whatsapp")
    short_codes = words("110 112 113 115 118 119")
    extra_triggers = ("ke",)
    extra_months: ClassVar = {"agt": 8, "agust": 8, "ags": 8, "sept": 9, "nop": 11, "pebruari": 2}
    signs: ClassVar = {
        "+": "tambah", "−": "kurang", "-": "kurang", "×": "kali", "·": "kali", "*": "kali",
        "÷": "bagi", "/": "per", "=": "sama dengan", "≠": "tidak sama dengan",
        "≈": "kira-kira sama dengan", "<": "kurang dari", ">": "lebih dari",
        "≤": "kurang dari atau sama dengan", "≥": "lebih dari atau sama dengan",
        "±": "plus minus", "~": "sekitar", "√": "akar", "∞": "tak hingga", "π": "pi",
        "∪": "gabungan", "∩": "irisan", "∫": "integral", "∈": "anggota", "→": "ke",
        "&": "dan", "§": "pasal", "°": "derajat", "%": "persen", "№": "nomor", "@": "at",
        "©": "hak cipta", "€": "euro", "$": "dolar", "£": "pound", "¥": "yen",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "kurang dari", ">": "lebih dari", "~": "sekitar"}
    symbols: ClassVar = {
        ".": "titik", "@": "at", "/": "garis miring", "-": "strip", "_": "garis bawah",
        ":": "titik dua", "#": "tagar", "?": "tanda tanya", "=": "sama dengan", "&": "dan",
        "%": "persen", "+": "plus", "~": "tilde", "number": "nomor", "version": "versi",
        "hashtag": "tagar", "code block": "Blok kode.",
    }  # fmt: skip
    currencies: ClassVar = {
        "IDR": ("rupiah",) * 2, "USD": ("dolar",) * 2, "EUR": ("euro",) * 2,
        "GBP": ("pound",) * 2, "JPY": ("yen",) * 2, "CNY": ("yuan",) * 2,
        "SGD": ("dolar Singapura",) * 2,
        "MYR": ("ringgit",) * 2, "AUD": ("dolar Australia",) * 2, "SAR": ("riyal",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"Rp": "IDR", "Rp.": "IDR", "RM": "MYR"}
    cents: ClassVar = dict.fromkeys(words("IDR USD EUR SGD AUD MYR"), ("sen",) * 2)
    magnitudes: ClassVar = {
        **pairs("ribu", "ribu rb"), **pairs("juta", "juta jt"), **pairs("miliar", "miliar milyar"),
        **pairs("triliun", "triliun"),
    }  # fmt: skip
    units: ClassVar = {
        "mass-tonne": ("ton",) * 2, "area-hectare": ("hektare",) * 2, "dB": ("desibel",) * 2,
        "Mbps": ("megabit per detik",) * 2, "Gbps": ("gigabit per detik",) * 2,
        "kbps": ("kilobit per detik",) * 2, "MB/s": ("megabita per detik",) * 2,
        "Wh": ("watt jam",) * 2, "MWh": ("megawatt jam",) * 2, "GWh": ("gigawatt jam",) * 2,
        "kV": ("kilovolt",) * 2, "mV": ("milivolt",) * 2, "mAh": ("miliampere jam",) * 2,
        "mm²": ("milimeter persegi",) * 2, "rpm": ("putaran per menit",) * 2,
        "fps": ("bingkai per detik",) * 2, "length-inch": ("inci",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "km/jam": "speed-kilometer-per-hour", "dtk": "duration-second", "mnt": "duration-minute",
        "m/dtk": "speed-meter-per-second", "gr": "mass-gram", "ltr": "volume-liter",
    }  # fmt: skip
    words_like_units = words("A N K V in mi B s")
    section_words = words(
        "bab bagian jilid pasal ayat lampiran babak seri tipe kelas golongan tahap fase tabel"
        " semester gambar volume tingkat grup eselon triwulan kuartal",
    ) | _ORDINAL_SECTIONS  # fmt: skip
    capital_words = words(
        "ada agar aku anda apa atas atau bagi baik baru bila bisa buat dan dari demi di dua hal",
        "hari ini itu jadi jam jika juga kami kau ke kita lagi lain lalu mau oleh pada para pun",
        "saat saja satu saya sd si tak tapi tiga untuk yang nato wib asean opec pemilu bumn polri",
    )
    initialisms = words("UI UU RI AS UGM ITB KPK DPR MPR DKI BI OJK TNI PBB UN AI")
    starters = words(
        "ia dia kami kita mereka saya aku anda ini itu yang di ke pada dan tetapi namun jika bila",
        "ketika setelah sebelum lalu kemudian karena untuk dengan dalam sementara maka oleh",
    )
    code_words = words("kode pin sandi nik npwp rekening nip")
    abbreviations: ClassVar = abbreviations(
        """
        jalan: jl jln | nomor: nmr | dokter: dr | doktor: Dr | profesor: prof | insinyur: ir
        bapak: bpk bp | saudara: sdr | saudari: sdri | nyonya: ny | tuan: tn | nona: nn | haji: h
        hajah: hj | doktoranda: dra | doktorandus: drs | raden: r | kiai haji: k.h kh
        atas nama: a.n | dengan alamat: d.a | untuk perhatian: u.p | sampai dengan: s.d s/d
        antara lain: a.l | misalnya: mis msl | tanggal: tgl | halaman: hlm | telepon: telp tlp
        kabupaten: kab | kecamatan: kec | kelurahan: kel | provinsi: prov | yang lalu: y.l
        yang akan datang: y.a.d | kira-kira: k.l | sebagai berikut: sbb | per bulan: p.b
        gang: gg | blok: blk | lantai: lt | volume: vol
        """,
        ends="juta: jt | ribu: rb",
        often_ends="dan lain-lain: dll | dan sebagainya: dsb | dan seterusnya: dst"
        " | dan kawan-kawan: dkk",
        before_number="tahun: th thn | pukul: pkl | pasal: ps | tabel: tab | gambar: gbr"
        " | nomor: no | halaman: hal",
        bare="sampai dengan: s/d | nomor: No | halaman: hlm | pukul: pkl | tanggal: tgl"
        " | dan lain-lain: dll | dan sebagainya: dsb | dan kawan-kawan: dkk | sebagai berikut: sbb",
    )  # fmt: skip

    def ordinal(self, number: int, form: str = "") -> str:
        """Return "pertama", "kedua", "kedua puluh satu"."""
        return "pertama" if number == 1 else f"ke{self.cardinal(number)}"

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number."""
        return False

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "tujuh lewat lima menit"."""
        said = [self.cardinal(hour)]
        if minute or second:
            said += ["lewat", self.cardinal(minute), "menit"]
        if second is not None:
            said += [self.cardinal(second), "detik"]
        return " ".join(said)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "tiga dolar lima puluh sen"."""
        return f"{whole} {cents}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "setengah", "seperempat", "tiga perempat"."""
        if (numerator, denominator) == (1, 2):
            return "setengah"
        part = f"per{self.cardinal(denominator)}"
        return f"se{part}" if numerator == 1 else f"{self.cardinal(numerator)} {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "kuadrat", "pangkat tiga"."""
        if exponent.whole == "2" and not exponent.negative:
            return "kuadrat"
        return f"pangkat {self.number(exponent)}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "dua satu" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "dua satu" for a score, "satu banding seratus" for a scale."""
        word = "banding" if first == 1 and second > 9 else ""
        return " ".join(filter(None, (self.cardinal(first), word, self.cardinal(second))))

    def section_number(self, number: int, place: Place) -> str | None:
        """Return "keempat belas" after "abad", "empat" after "bab"."""
        is_ordinal = place.word_before.lower() in _ORDINAL_SECTIONS
        return self.ordinal(number) if is_ordinal else self.cardinal(number)

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "H. Ahmad", a pilgrim, from the initial of any other name."""
        if word in ("h", "r") or (word in ("H", "R") and not place.after(1)):
            return None
        return super().abbreviation(word, place)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of "ke-3", "1990-an", "300 SM" and of doubled words ("anak2")."""
        yield rule(
            "ordinal",
            "letter",
            r"(?<![\p{L}\p{N}])(?P<ke>[Kk]e)-(?P<n>\d{1,6})(?![\p{L}\p{N}]|[.,]\d)",
            self._ordinal,
        )
        yield rule(
            "decade",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,6})-?an(?!\p{L})",
            lambda place: f"{self.cardinal(int(place['n']))}an",
        )
        yield rule(
            "abbreviation",
            "letter",
            r"(?<=\p{N}[ ]?)SM(?![\p{L}\p{N}])",
            lambda place: "sebelum Masehi",
        )
        yield rule(
            "abbreviation",
            "letter",
            r"(?<![\p{L}\p{N}-])(?P<word>\p{Lu}?(?=\p{Ll}{0,4}[aeiou])\p{Ll}{2,20})"
            r"2(?P<ending>nya|an|ku|mu)?(?![\p{L}\p{N}])",
            lambda place: f"{place['word']}-{place['word'].lower()}{place['ending']}",
        )

    def _ordinal(self, place: Place) -> str:
        """Return "ketiga"; "ke-1" is "pertama" too."""
        said = self.ordinal(int(place["n"]))
        return said.capitalize() if place["ke"][0] == "K" else said
