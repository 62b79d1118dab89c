"""The tables of the room, by what they are about."""

from fairplay.models.clusters import Band, Cluster, Member, Print
from fairplay.models.flags import DayCount, Flag, Flagged
from fairplay.models.progress import Watermark

__all__ = ["Band", "Cluster", "DayCount", "Flag", "Flagged", "Member", "Print", "Watermark"]
