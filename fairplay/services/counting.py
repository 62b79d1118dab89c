"""What the desk sees of a cluster at a glance, counted when it grows."""

from collections import Counter

from complaints.models import Contact
from fairplay.models import Cluster, Member

#: A dismissed cluster is proposed again when it has grown by half.
GROWN = 1.5


def count_anew(cluster: Cluster) -> None:
    """Count a cluster's filings by channel and sender, and propose it again if it has grown much."""
    members = Member.objects.filter(cluster=cluster)
    rows = list(members.values_list("case_id", "case__channel", "case__filed_at", "case__owner_id"))
    cluster.size = len(rows)
    cluster.channels = dict(Counter(channel for _case, channel, _at, _owner in rows))
    moments = [at for _case, _channel, at, _owner in rows]
    cluster.first_at, cluster.last_at = min(moments), max(moments)
    _count_senders(cluster, {case: owner for case, _channel, _at, owner in rows if owner})
    again = cluster.state == Cluster.State.DISMISSED
    if again and cluster.size >= GROWN * cluster.decided_size:
        cluster.state = Cluster.State.OPEN
    cluster.save()


def _count_senders(cluster: Cluster, owners: dict[int, int]) -> None:
    """How many known senders there are, and how much came from the one who sent most.

    A sender is a contact, handle or account; who they are is read by nobody.
    """
    contacts = Contact.objects.filter(case__in=cluster.members.values("case"), erased_at=None)
    known: dict[int, str] = {case: f"account:{owner}" for case, owner in owners.items()}
    for case, handle, phone, email in contacts.values_list(
        "case_id", "handle_id", "phone_index", "email_index"
    ):
        if name := (f"handle:{handle}" if handle else phone or email):
            known[case] = name
    counted = Counter(known.values())
    cluster.senders = len(counted)
    most = counted.most_common(1)
    cluster.most_from_one = most[0][1] if most else 0
    cluster.most_case_id = (
        next(case for case, name in known.items() if name == most[0][0]) if most else None
    )
