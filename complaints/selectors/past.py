"""Past cases as routing sees them, for dry runs of new rules."""

from collections.abc import Iterator

from complaints.models import Case
from routing.facts import Facts


def past_facts(country: str, limit: int) -> Iterator[Facts]:
    """Facts of the latest cases that the router may decide on: sensitive ones are left out."""
    fields = ("text", "language", "category__code", "place__code", "kind", "channel")
    rows = (
        Case.objects.filter(country=country, sensitive=False)
        .order_by("-filed_at")
        .values_list(*fields, "agency_named__code")[:limit]
    )
    for text, language, category, place, kind, channel, named in rows.iterator(chunk_size=500):
        yield Facts(
            text=text,
            country=country,
            language=language,
            category=category or "",
            place=place or "",
            kind=kind,
            channel=channel,
            agency_named=named or "",
        )
