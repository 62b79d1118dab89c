"""Who plays in the demonstration: a few people with a telephone, accounts and a mailbox each.

Their numbers and ids belong to nobody here: nothing that is sent to them leaves the machine.
"""

import re
from dataclasses import dataclass, replace

from django.utils.translation import get_language

#: Where public posts are kept, beside the messages of people.
PUBLIC = "public"
PHONE = re.compile(r"^\+[1-9]\d{7,14}$")
ADDRESS = re.compile(r"^[^\s@/]{1,64}@[^\s@/]{1,190}$")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and what each provider calls them.

    `phone` is E.164; `user_id` WhatsApp's business-scoped id, `page_id` Messenger's page-scoped one;
    `hides_number`: WhatsApp tells the portal no number. `example` is a complaint in their language.
    """

    key: str
    names: dict[str, str]
    phone: str = ""
    email: str = ""
    user_id: str = ""
    page_id: str = ""
    x_id: str = ""
    x_name: str = ""
    hides_number: bool = False
    latitude: float = 0.0
    longitude: float = 0.0
    example: str = ""

    @property
    def shown_name(self) -> str:
        """The name in the language of whoever looks."""
        return self.names.get(get_language() or "") or self.names["en"]

    def address(self, channel: str) -> str:
        """What a channel calls them; empty where they are not in it."""
        if channel == "whatsapp":
            return self.user_id if self.hides_number else self.phone.lstrip("+")
        field = {"sms": "phone", "messenger": "page_id", "x": "x_id", "email": "email"}[channel]
        return str(getattr(self, field))


PEOPLE: dict[str, tuple[Person, ...]] = {
    "bd": (
        Person(
            key="rahima",
            names={"en": "Rahima", "bn": "রহিমা"},
            phone="+8801712000001",
            email="rahima@mail.example",
            user_id="BD.134912086553027001",
            page_id="24001000000001",
            x_id="1500000000000000001",
            x_name="rahima_demo",
            latitude=23.7465,
            longitude=90.376,
            example="ধানমন্ডিতে আমাদের প্রিপেইড মিটারে রিচার্জ করেও বিদ্যুৎ আসে না, কেউ কিছু বলে না।",
        ),
        Person(
            key="karim",
            names={"en": "Karim", "bn": "করিম"},
            phone="+8801812000002",
            email="karim@mail.example",
            user_id="BD.134912086553027002",
            page_id="24001000000002",
            x_id="1500000000000000002",
            x_name="karim_demo",
            hides_number=True,
            latitude=23.8223,
            longitude=90.3654,
            example="The road to our school in Mirpur is dug up and nobody repairs it.",
        ),
        Person(
            key="salma",
            names={"en": "Salma", "bn": "সালমা"},
            phone="+8801912000003",
            email="salma@mail.example",
            user_id="BD.134912086553027003",
            page_id="24001000000003",
            x_id="1500000000000000003",
            x_name="salma_demo",
            latitude=24.3636,
            longitude=88.6241,
            example="ভূমি অফিসের একজন কর্মকর্তা নামজারির জন্য আমার কাছে পাঁচ হাজার টাকা ঘুষ চেয়েছেন।",
        ),
    ),
    "id": (
        Person(
            key="budi",
            names={"en": "Budi"},
            phone="+6281210000001",
            email="budi@mail.example",
            user_id="ID.134912086553027001",
            page_id="24001000000001",
            x_id="1500000000000000001",
            x_name="budi_demo",
            latitude=-6.2088,
            longitude=106.8456,
            example="Jalan di depan sekolah kami rusak dan tidak ada yang memperbaiki.",
        ),
        Person(
            key="siti",
            names={"en": "Siti"},
            phone="+6281310000002",
            email="siti@mail.example",
            user_id="ID.134912086553027002",
            page_id="24001000000002",
            x_id="1500000000000000002",
            x_name="siti_demo",
            hides_number=True,
            latitude=-6.9175,
            longitude=107.6191,
            example="The street lights in our lane have been dark for five weeks.",
        ),
        Person(
            key="agus",
            names={"en": "Agus"},
            phone="+6281510000003",
            email="agus@mail.example",
            user_id="ID.134912086553027003",
            page_id="24001000000003",
            x_id="1500000000000000003",
            x_name="agus_demo",
            latitude=-7.2575,
            longitude=112.7521,
            example="Petugas di kantor kecamatan meminta uang untuk mengurus KTP saya.",
        ),
    ),
}


#: Whose the public posts are.
EVERYBODY = Person(key=PUBLIC, names={"en": PUBLIC})


def people(country: str) -> tuple[Person, ...]:
    """Those of a country."""
    return PEOPLE[country]


def find(country: str, channel: str, key: str) -> Person | None:
    """Somebody by their key; or by a telephone number or address that the portal writes to as well."""
    for person in PEOPLE[country]:
        if person.key == key:
            return person
    fits = {"sms": PHONE, "email": ADDRESS}.get(channel)
    return stranger(channel, key) if fits and fits.match(key) else None


def stranger(channel: str, address: str) -> Person:
    """Somebody of whom only an address of a channel is known."""
    nobody = Person(key=address, names={"en": address})
    field = {"messenger": "page_id", "x": "x_id", "email": "email"}.get(channel, "phone")
    if channel == "whatsapp" and not address.lstrip("+").isdecimal():
        return replace(nobody, user_id=address, hides_number=True)
    return replace(nobody, **{field: address})  # type: ignore[arg-type]


def named_as(country: str, channel: str, address: str) -> Person | None:
    """The one of the people whom a channel calls by this address or number."""
    bare = address.lstrip("+").lower()
    for person in PEOPLE[country]:
        known = {person.address(channel).lstrip("+").lower()}
        if channel == "whatsapp":
            # Whoever hides their number is still reached by either.
            known = {person.phone.lstrip("+"), person.user_id.lower()}
        if bare in known:
            return person
    return None
