"""A small country pack, and ways to change it."""

import gzip
import json
from pathlib import Path

COUNTRY = {
    "code": "bd",
    "names": {"en": "Bangladesh"},
    "languages": ["bn", "en"],
    "default_language": "bn",
    "time_zone": "Asia/Dhaka",
    "weekend": [5, 6],
    "currency": "BDT",
}
FILES = {
    "office_types.csv": """code,body,level,en,bn,id
bd-ministry,ministry,,Ministry,মন্ত্রণালয়,
bd-dc,field_office,district,Deputy commissioner,,
bd-uno,field_office,upazila,Upazila officer,,
""",
    "offices.csv": """code,parent,type,en,bn,id,short,aliases,email,website,place
bd-admin,,bd-ministry,Public Administration,জনপ্রশাসন,,MoPA,Admin Ministry|MOPA,,,
bd-power,,bd-ministry,Power,বিদ্যু\u09ce,,,,help@power.example,,
""",
    "office_patterns.csv": """type,for_level,parent,en,bn,id,aliases
bd-dc,district,bd-admin,DC Office {place},ডিসি {place},,DC {place}|ডিসি {place}
bd-uno,upazila,type:bd-dc,"UNO Office {place}, {parent}",,,
""",
    "categories.csv": """code,parent,en,bn,id
land,,Land,ভূমি,
land-tax,land,Land tax,,
""",
    "services.csv": """code,office,office_type,category,en,bn,id,what_en,what_bn,what_id,days,working_days,fee
mutation,,bd-uno,land,Mutation,নামজারি,,A new record,,,28,1,1170
meter,bd-power,,land,Meter,,,,,,7,0,
""",
    "policies.csv": """name,amount,unit,agency,kind,priority
forward,5,calendar_days,,,
resolve,20,working_days,bd-power,,
""",
    "holidays.csv": """date,en,bn,id
2026-10-20,Durga Puja,দুর্গাপূজা,
2026-12-16,Day of Victory,,
""",
    "places.csv": """code,parent,level,en,bn,id,lat,lon
3,,division,Dhaka,ঢাকা,,,
3.47,3,district,Gazipur,গাজীপুর,,24.0,90.4
3.48,3,district,Tangail,,,,
3.47.1,3.47,upazila,Kaliakair,,,,
""",
}


def write_pack(packs: Path) -> Path:
    """Write the pack of "bd" into a folder of packs."""
    (packs / "bd").mkdir()
    change(packs, "country.json", json.dumps(COUNTRY))
    for name, content in FILES.items():
        change(packs, name, content)
    return packs


def change(packs: Path, name: str, content: str) -> None:
    """Write one file of the pack; places are packed."""
    if name == "places.csv":
        (packs / "bd/places.csv.gz").write_bytes(gzip.compress(content.encode()))
    else:
        (packs / "bd" / name).write_text(content, encoding="utf-8")


def replace(packs: Path, name: str, old: str, new: str) -> None:
    """Change a word in a file of the pack."""
    assert old in FILES[name]
    change(packs, name, FILES[name].replace(old, new))
