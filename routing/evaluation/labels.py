"""What LAPOR!'s samples call an agency's sector and level, and the same for our offices.

The samples give each complaint the name of the agency that was addressed, and a sector and level
guessed from that name. Ours are guessed from our offices' Indonesian names in the same way, so that
two names of one body (it was renamed, or is a branch of it) count as the same sector. How well the
guess reproduces the samples' own labels is reported beside the figures.
"""

from routing.registry_index import OfficeEntry, RegistryIndex
from routing.text import plain

#: In this order: the first sector of which a name has a word.
SECTORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("health-insurance BPJS Kesehatan", ("bpjs kesehatan", "jaminan sosial kesehatan")),
    (
        "labour-insurance BPJS TK",
        ("bpjs ketenagakerjaan", "jaminan sosial ketenagakerjaan", "bpjs tk"),
    ),
    ("social affairs/food aid", ("sosial", "bpnt", "rastra", "jaminan sosial keluarga")),
    ("SOE/post", ("pos indonesia", "badan usaha milik negara", "bumn")),
    ("water utility", ("pdam", "air minum", "perumda air minum")),
    ("immigration", ("imigrasi", "kanim")),
    (
        "civil registration",
        ("kependudukan dan pencatatan sipil", "catatan sipil", "disdukcapil", "dukcapil"),
    ),
    (
        "civil service/HR",
        ("kepegawaian negara", "kepegawaian daerah", "kepegawaian", "sumber daya manusia", "bkn"),
    ),
    ("police/order", ("kepolisian", "polisi", "polri", "pamong praja", "satpol pp")),
    (
        "housing/env",
        ("perumahan dan kawasan", "lingkungan hidup", "kebersihan", "pertamanan", "kehutanan"),
    ),
    (
        "public works/roads",
        ("pekerjaan umum", "bina marga", "sumber daya air", "dpupr", "cipta karya", "jalan tol"),
    ),
    ("transport", ("perhubungan", "dishub")),
    (
        "education",
        ("pendidikan", "mahasiswa", "kemahasiswaan", "universitas", "perguruan tinggi", "guru",
         "institut", "beasiswa", "pembelajaran"),
    ),
    ("labour", ("ketenagakerjaan", "tenaga kerja", "pekerja migran")),
    ("health", ("kesehatan", "rsud", "rumah sakit", "puskesmas", "obat dan makanan")),
    ("energy/electricity", ("energi", "listrik", "pln", "minyak dan gas", "migas")),
    ("land", ("agraria", "pertanahan", "bpn")),
    (
        "trade/licensing",
        ("perdagangan", "penanaman modal", "pelayanan terpadu", "perindustrian", "koperasi"),
    ),
    (
        "finance/tax",
        ("keuangan", "pajak", "pendapatan", "bea dan cukai", "perbendaharaan"),
    ),
    (
        "local admin",
        ("kecamatan", "kelurahan", "desa", "pemerintah kota", "pemerintah kabupaten",
         "pemerintah provinsi", "walikota", "wali kota", "dalam negeri", "bagian perekonomian",
         "penanggulangan bencana", "penataan ruang", "kebudayaan dan pariwisata",
         "otonomi daerah", "perijinan terpadu"),
    ),
)  # fmt: skip

NATIONAL, BPJS, REGIONAL = "national ministry/agency/unit", "BPJS (national body/branch)", (
    "regional office"
)  # fmt: skip
LOCAL, COMPANY, OTHER = "district/village office", "utility/SOE", "other"


def sector_of_name(name: str) -> str:
    """The sector that an agency's Indonesian name tells."""
    words = plain(name)
    for sector, keys in SECTORS:
        if any(f" {key} " in words for key in keys):
            return sector
    return OTHER


def sector_of(office: OfficeEntry, index: RegistryIndex) -> str:
    """The sector of one of our offices; a branch without one of its own has its parent's."""
    for code in index.office_line(office.code):
        above = index.offices[code]
        sector = sector_of_name(above.names.get("id") or above.name("en"))
        if sector != OTHER:
            return sector
        if index.types[above.type].body != "field_office":
            break
    return OTHER


def level_of(office: OfficeEntry, index: RegistryIndex) -> str:
    """The level of one of our offices."""
    kind = index.types[office.type]
    if sector_of_name(office.names.get("id", "")).endswith(("BPJS Kesehatan", "BPJS TK")):
        return BPJS
    if kind.body == "state_company" or "pdam" in office.type:
        return COMPANY
    if kind.body == "local_government":
        return LOCAL if kind.level in ("subdistrict", "village") else REGIONAL
    return NATIONAL
