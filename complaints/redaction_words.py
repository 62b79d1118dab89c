"""The words that `complaints.redaction` knows, by what they say of the words beside them."""


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


#: What is masked, and the mask in each language.
MASKS = {
    "en": {
        "name": "[name]",
        "number": "[number]",
        "address": "[address]",
        "email": "[e-mail]",
        "link": "[link]",
    },
    "bn": {
        "name": "[নাম]",
        "number": "[নম্বর]",
        "address": "[ঠিকানা]",
        "email": "[ই-মেইল]",
        "link": "[লিংক]",
    },
    "id": {
        "name": "[nama]",
        "number": "[nomor]",
        "address": "[alamat]",
        "email": "[surel]",
        "link": "[tautan]",
    },
}
KINDS = tuple(MASKS["en"])

INDONESIAN_WORDS = _listed(
    "yang dan di saya tidak untuk dengan sudah ini ada kami pak bu mohon dari belum"
)

SOCIAL_SITES = (
    "facebook.com",
    "fb.com",
    "fb.me",
    "m.me",
    "instagram.com",
    "twitter.com",
    "x.com",
    "t.me",
    "wa.me",
    "tiktok.com",
    "youtube.com",
    "linkedin.com",
    "telegram.me",
    "threads.net",
)

#: Before a number: somebody lives there.
DWELLINGS = (
    *("house", "home", "flat", "apartment", "apt", "holding", "plot", "villa", "rumah", "unit"),
    *("বাড়ি", "বাড়ী", "বাসা", "হাউজ", "হাউস", "ফ্ল্যাট", "ফ্লাট", "হোল্ডিং", "প্লট", "অ্যাপার্টমেন্ট"),
)
#: Before a number: part of an address if a dwelling stands beside it.
STREETS = (
    *("road", "rd", "street", "lane", "block", "sector", "section", "floor", "level", "ward"),
    *("avenue", "blok", "lantai"),
    *("রোড", "সড়ক", "রাস্তা", "লেন", "গলি", "ব্লক", "সেক্টর", "সেকশন", "তলা", "ওয়ার্ড", "এভিনিউ"),
)
#: Before the name of an Indonesian street, and words that are none.
STREETS_BEFORE = (
    *("jl", "jln", "jalan", "gg", "gang", "komp", "komplek", "kompleks", "perum", "perumahan"),
    "dusun",
)
NOT_STREETS = (
    *("di", "yang", "dan", "ini", "itu", "depan", "dekat", "sekitar", "rusak", "berlubang", "ke"),
    *("daerah", "wilayah", "macet", "banjir", "gelap", "umum", "raya di", "samping", "belakang"),
)
ADDRESS_LABELS = (
    *("address", "my address", "home address", "present address", "permanent address"),
    *("alamat", "alamat saya", "alamat rumah", "domisili"),
    *("ঠিকানা", "আমার ঠিকানা", "বর্তমান ঠিকানা", "স্থায়ী ঠিকানা"),
    *("গ্রাম", "ডাকঘর", "পোস্ট", "village", "vill", "post office", "p.o", "dusun"),
)

#: Before a number of whatever length: it is somebody's.
NUMBER_LABELS = (
    *("nid", "nik", "ktp", "npwp", "kk", "no kk", "brn", "tin", "passport", "paspor", "sim"),
    *("account", "a/c", "acc", "rekening", "rek", "no rek", "norek", "card", "kartu"),
    *("bkash", "nagad", "rocket", "upay", "gopay", "ovo", "dana"),
    *("meter", "consumer", "customer", "id pelanggan", "idpel", "tracking", "ref", "roll"),
    *("phone", "mobile", "cell", "telephone", "tel", "hp", "wa", "whatsapp", "telp", "bpjs"),
    *("এনআইডি", "এন আই ডি", "পরিচয়পত্র", "জাতীয় পরিচয়পত্র", "জন্ম নিবন্ধন", "পাসপোর্ট"),
    *("হিসাব", "হিসাব নম্বর", "একাউন্ট", "অ্যাকাউন্ট", "বিকাশ", "নগদ", "রকেট", "মিটার", "গ্রাহক"),
    *("মোবাইল", "ফোন", "টেলিফোন", "রোল", "দলিল", "খতিয়ান", "হোয়াটসঅ্যাপ"),
)
MONEY_BEFORE = ("rp", "idr", "tk", "bdt", "taka", "৳", "টাকা", "usd", "$", "sebesar rp", "rupiah")
MONEY_AFTER = (
    *("টাকা", "লাখ", "লক্ষ", "কোটি", "হাজার", "taka", "tk", "bdt", "lakh", "lac", "crore"),
    *("rupiah", "ribu", "juta", "miliar", "milyar", "rb", "jt", "million", "thousand"),
)

#: First letters of Indonesian number plates, by region.
PLATE_AREAS = _listed(
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP D DA DB DC DD DE DG DH DK DL DM DN DP"
    " DR DS DT DW E EA EB ED F G H K KB KH KT KU L M N P PA PB R S T W Z"
)

#: A name with capitals follows.
LATIN_TITLES = (
    *("mr", "mrs", "ms", "miss", "dr", "prof", "professor", "engr", "engineer", "adv", "advocate"),
    *("janab", "janaba", "sheikh", "sk", "syed", "haji", "hazi", "maulana", "mawlana", "barrister"),
    *("officer", "inspector", "constable", "sub-inspector", "si", "asi", "clerk", "secretary"),
    *("bapak", "ibu", "pak", "bu", "bpk", "sdr", "sdri", "saudara", "saudari", "sdra", "tn", "ny"),
    *("nn", "kak", "mas", "mbak", "bang", "ustadz", "ustad", "kyai", "ir", "drs", "hj", "kang"),
)
#: These are part of a name themselves: what follows is one, even without a capital.
NAME_TITLES = (
    *("md", "mohammad", "mohammed", "muhammad", "mohd", "muhamad", "mst", "mosammat", "mosammad"),
    *("most", "moulvi", "sri", "shri", "srimati"),
)
BANGLA_TITLES = (
    *("জনাব", "জনাবা", "মোঃ", "মো", "মোহাম্মদ", "মুহাম্মদ", "মোহাম্মাদ", "মোছাঃ", "মোছা", "মোসাঃ", "মোসা"),
    *("মোছাম্মৎ", "মোসাম্মৎ", "শ্রী", "শ্রীমতী", "শ্রীমতি", "ডাঃ", "ডা", "ড", "ডক্টর", "প্রকৌশলী", "অধ্যাপক"),
    *("মাওলানা", "মৌলভী", "সৈয়দ", "শেখ", "এডভোকেট", "অ্যাডভোকেট", "হাজী", "হাজি", "জনৈক", "মিস্টার"),
)

#: A name follows, however it is written.
INTRODUCTIONS = (
    *("my name is", "my name's", "name is", "i am called"),
    *("nama saya", "nama saya adalah", "saya bernama", "perkenalkan saya", "perkenalkan nama saya"),
    *("nama lengkap saya", "atas nama", "a.n.", "an."),
    *("আমার নাম", "আমার পুরো নাম", "আমার পূর্ণ নাম", "আমার নাম হলো", "আমার নাম হল"),
)
#: With a colon after it, a name follows.
NAME_LABELS = (
    *("name", "full name", "father", "mother", "husband", "father's name", "mother's name"),
    *("nama", "nama lengkap", "nama pelapor", "pelapor", "nama ayah", "nama ibu"),
    *("নাম", "পিতা", "মাতা", "স্বামী", "পিতার নাম", "মাতার নাম", "স্বামীর নাম", "অভিযোগকারী"),
)
#: A name with capitals follows.
BEFORE_NAMES = (
    *("s/o", "d/o", "w/o", "son of", "daughter of", "wife of", "husband of", "named"),
    *("by the name of", "bernama", "anak dari", "istri dari", "suami dari", "oknum", "yours,"),
    *("sincerely,", "hormat saya,"),
)

#: Capitalised words after a title, or any word after an introduction, that are no name.
LATIN_NOT_NAMES = _listed(
    # English
    "a an and are as at also but by for from has have i in is it my me not of on or our she he"
    " so sir madam that the their there this to was we were who with you your please dear"
    " absent deleted different incorrect listed misprinted missing misspelled misspelt printed"
    " removed spelled spelt still written wrong mentioned included excluded being"
    " officer charge general minister secretary chairman member mayor commissioner director"
    " president prime deputy assistant engineer inspector judge magistrate"
    # Indonesian
    " adalah atau bapak ibu pak bu belum bisa dan dari dengan di dicatut digunakan dipakai gub"
    " gubernur guru hapus hilang itu juga kades kadis kapolda kapolres kapolri kepala ketua"
    " kota ibukota lurah camat bupati walikota wali menteri mentri presiden wakil wapres mohon"
    " polisi polantas rt rw saya salah sekda sudah terdaftar tidak tercantum tolong untuk yang"
    " yth ada kenapa kapan mana selaku warga dokter dosen direktur dirut sekolah"
    " republik indonesia jawa sumatera kalimantan sulawesi papua bali barat timur tengah utara"
    " selatan dki jakarta bandung surabaya semarang medan kabupaten kecamatan kelurahan desa"
    " provinsi dinas kantor pertiwi jokowi"
)
#: Bangla words that follow titles and introductions and are no name.
BANGLA_NOT_NAMES = _listed(
    "সাহেব স্যার মহোদয় মহাশয় ম্যাডাম আমি আমার আমাকে আমরা আমাদের আপনি আপনার তিনি তার তাকে তাঁর সে"
    " এবং ও এর কে যে কি কী কিন্তু কিছু না নাই নেই নয় এই এ ঐ সেই এক একজন একটি জন থেকে থানার থানা"
    " সবিনয় বিনীত নিবেদন অনুরোধ আবেদন অভিযোগ ধন্যবাদ সালাম আসসালামু সম্মানিত মাননীয় প্রিয়"
    " ঘুষ টাকা অফিস অফিসে অফিসের অফিসার কর্মকর্তা কর্মচারী চেয়ারম্যান মেম্বার সচিব মন্ত্রী ডাক্তার"
    " প্রধান প্রধানমন্ত্রী উপজেলা জেলা ইউনিয়ন গ্রাম গ্রামের নির্বাহী প্রকৌশলী শিক্ষক ম্যানেজার পুলিশ"
    " ওসি ডিসি এসপি ইউএনও মেয়র এমপি কমিশনার পরিচালক ইঞ্জিনিয়ার হেড বড় ছোট ব্যক্তি লোক মহিলা"
    " ভোটার তালিকা তালিকায় তালিকাতে ভুল বাদ বাবার মায়ের জাতীয় পরিচয়পত্রে সনদে এসেছে আছে ছিল লেখা"
    " কেটে দেওয়া দিয়ে দিয়েছে হয়েছে হয়নি করে করেন করেছেন করেছে চেয়েছেন চান চেয়েছে বলেন বলেছেন"
    " নিয়েছেন নিয়েছে নেন নেয় দাবি সাথে সঙ্গে কাছে কাছ জন্য দ্বারা কর্তৃক বাড়ি বাসা রোড বয়স পেশা"
    " পিতা মাতা স্বামী মোবাইল ফোন নং নম্বর ঠিকানা বাস করি থাকি আজ গত গতকাল বিরুদ্ধে মামলা"
)
#: Words that are a name, or part of one, wherever they stand behind a title.
BANGLA_NAME_PARTS = _listed(
    "আহমেদ আহমদ আহাম্মদ আলী আলি আলম আক্তার আখতার ইসলাম উদ্দিন উদ্দীন করিম কবির কাদের খান খাতুন খাঁ"
    " চৌধুরী জামান তালুকদার দাস দেব দত্ত দেবনাথ নাথ পাল বিশ্বাস বেগম ভূঁইয়া ভূইয়া ভৌমিক মজুমদার"
    " মণ্ডল মন্ডল মল্লিক মিয়া মিঞা মোল্লা মোল্যা রহমান রহিম রায় রানা লস্কর শিকদার সিকদার সরকার"
    " সুলতানা সাহা সেন শীল হক হাসান হাওলাদার হোসেন হোসাইন হুসাইন পারভীন পারভিন আরা ইয়াসমিন"
    " ফকির প্রামাণিক প্রামানিক গাজী কাজী কাজি শেখ সৈয়দ মাতব্বর ব্যাপারী বেপারী পাটোয়ারী মুন্সী"
    " আবদুর আব্দুর আবদুল আব্দুল আবু উল উর বিন চাকমা মারমা ত্রিপুরা হালদার কুমার রানী রাণী লতা"
    " আনোয়ার জব্বার সাত্তার গাফফার মোস্তাফিজুর মাহবুবুর হাবিবুর মিজানুর ওবায়দুর সিদ্দিকুর"
)
