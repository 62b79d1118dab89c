"""What synthetic complaints say: sentences of a small vocabulary, and words that no other has. Pure."""

from random import Random

#: Openings, bodies and ends, by language; `{}` is where made-up words go.
SENTENCES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        (
            "The road in front of our house in {} has been broken for weeks.",
            "No water has come from the pipe in {} for days.",
            "The electricity bill for the meter in {} is three times as high as last month.",
            "My application for {} has been lying at the office for months.",
            "The street lamps near {} are dark.",
            "The doctor of the clinic in {} does not come before noon.",
        ),
        (
            "We wrote to the office of {} twice and nobody answered.",
            "Children and old people of {} suffer most.",
            "A neighbour named {} told me that it is the same with him.",
            "The officer said that {} is responsible, and there they sent me back.",
        ),
        ("Please see to it.", "Please tell me when it will be done.", "We ask for an inspection."),
    ),
    "bn": (
        (
            "{} এলাকার রাস্তাটি কয়েক মাস ধরে ভাঙা, কেউ মেরামত করতে আসে না।",
            "{} গ্রামে কয়েক দিন ধরে পানি আসে না।",
            "{} মিটারের বিদ্যুৎ বিল গত মাসের তিনগুণ এসেছে।",
            "{} বিষয়ে আমার আবেদন ছয় মাস ধরে অফিসে পড়ে আছে।",
            "{} মোড়ে সড়কবাতি জ্বলে না।",
            "{} স্বাস্থ্যকেন্দ্রে ডাক্তার দুপুরের আগে আসেন না।",
        ),
        (
            "{} অফিসে দুইবার লিখেছি, কেউ উত্তর দেয়নি।",
            "{} পাড়ার শিশু ও বয়স্করা কষ্ট পাচ্ছেন।",
            "প্রতিবেশী {} বলেছেন, তাঁরও একই সমস্যা।",
            "অফিস বলেছে {} দায়ী, সেখান থেকে আবার ফেরত পাঠিয়েছে।",
        ),
        ("দয়া করে ব্যবস্থা নিন।", "কবে হবে, জানাবেন।", "আমরা পরিদর্শন চাই।"),
    ),
    "id": (
        (
            "Jalan di depan sekolah {} rusak parah dan belum ada perbaikan.",
            "Air di kampung {} tidak mengalir sejak minggu lalu.",
            "Tagihan listrik untuk meteran {} tiga kali lipat bulan lalu.",
            "Permohonan {} saya sudah berbulan-bulan di kantor.",
            "Lampu jalan dekat {} mati.",
            "Dokter puskesmas {} tidak datang sebelum siang.",
        ),
        (
            "Kami sudah dua kali menulis ke kantor {} dan tidak dijawab.",
            "Anak-anak dan orang tua di {} paling menderita.",
            "Tetangga saya {} mengalami hal yang sama.",
            "Petugas bilang {} yang bertanggung jawab, lalu kami dikembalikan.",
        ),
        ("Mohon segera ditangani.", "Mohon kabari kapan selesai.", "Kami minta pemeriksaan."),
    ),
}
#: What officers and citizens say within a case, by language.
SAID = {
    "en": {
        "answer": "The team went there and did what was needed.",
        "evidence": "Inspection report in the office's file.",
        "reason": "Checked by the desk: it belongs there.",
        "return": "This is not a matter of our office.",
        "question": "Which house is it, and since when?",
        "reply": "The second one from the mosque, since last month.",
        "dispute": "Nobody came, it is as it was before.",
        "grounds": "The answer says that it was done, but nothing was done.",
        "decision": "The file was read and both sides were heard.",
        "decline": "This is a matter for a court.",
        "where_to": "The district court.",
        "comment": "Thank you.",
        "public": "A public service does not work, and the office was asked to mend it.",
    },
    "bn": {
        "answer": "দল সেখানে গিয়ে প্রয়োজনীয় কাজ করেছে।",
        "evidence": "দপ্তরের নথিতে পরিদর্শন প্রতিবেদন আছে।",
        "reason": "ডেস্ক যাচাই করেছে: এটি এই দপ্তরের।",
        "return": "বিষয়টি আমাদের দপ্তরের নয়।",
        "question": "কোন বাড়ি, এবং কবে থেকে?",
        "reply": "মসজিদের পরের দ্বিতীয় বাড়ি, গত মাস থেকে।",
        "dispute": "কেউ আসেনি, আগের মতোই আছে।",
        "grounds": "উত্তরে লেখা কাজ হয়েছে, কিন্তু কিছুই হয়নি।",
        "decision": "নথি পড়া হয়েছে এবং উভয় পক্ষকে শোনা হয়েছে।",
        "decline": "এটি আদালতের বিষয়।",
        "where_to": "জেলা আদালত।",
        "comment": "ধন্যবাদ।",
        "public": "একটি সরকারি সেবা কাজ করছে না, দপ্তরকে ঠিক করতে বলা হয়েছে।",
    },
    "id": {
        "answer": "Tim sudah ke lokasi dan melakukan yang diperlukan.",
        "evidence": "Laporan pemeriksaan ada di berkas kantor.",
        "reason": "Sudah diperiksa meja verifikasi.",
        "return": "Ini bukan urusan kantor kami.",
        "question": "Rumah yang mana, dan sejak kapan?",
        "reply": "Rumah kedua dari masjid, sejak bulan lalu.",
        "dispute": "Tidak ada yang datang, masih seperti semula.",
        "grounds": "Jawaban mengatakan sudah dikerjakan, padahal belum.",
        "decision": "Berkas sudah dibaca dan kedua pihak sudah didengar.",
        "decline": "Ini urusan pengadilan.",
        "where_to": "Pengadilan negeri.",
        "comment": "Terima kasih.",
        "public": "Sebuah layanan publik tidak berjalan dan kantor diminta memperbaikinya.",
    },
}
_LATIN = [first + vowel for first in "bcdghjklmnprst" for vowel in "aeiou"]
_BANGLA = [first + vowel for first in "কখগচজটডতদনপবমরলস" for vowel in ("া", "ি", "ু", "ে", "ো")]


class Words:
    """Texts in one language: sentences, and made-up words from a stock of some thousands."""

    def __init__(self, language: str, rng: Random, stock: int = 20_000) -> None:
        openings, bodies, self.ends = (
            tuple(sentence.encode() for sentence in part)
            for part in SENTENCES.get(language, SENTENCES["en"])
        )
        # Cut where made-up words go.
        self.openings = tuple(sentence.partition(b"{}")[::2] for sentence in openings)
        self.bodies = tuple(sentence.partition(b"{}")[::2] for sentence in bodies)
        syllables = _BANGLA if language == "bn" else _LATIN
        self.made_up = [
            "".join(rng.choices(syllables, k=rng.randint(3, 5))).encode() for _ in range(stock)
        ]

    def text(self, rng: Random) -> bytes:
        """A complaint of three sentences, in UTF-8; nothing in it has to be escaped in JSON or by COPY."""
        draw, made_up = rng.random, self.made_up
        stock, openings, bodies, ends = len(made_up), self.openings, self.bodies, self.ends
        before, after = openings[int(draw() * len(openings))]
        first = made_up[int(draw() * stock)]
        then_before, then_after = bodies[int(draw() * len(bodies))]
        return b"%b%b%b %b%b%b %b %b" % (
            *(before, first, after),
            *(then_before, made_up[int(draw() * stock)], then_after),
            made_up[int(draw() * stock)],
            ends[int(draw() * len(ends))],
        )
