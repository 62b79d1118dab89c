"""Which ids a file has had so far: kept on disk, so that a million of them take no memory."""

import hashlib
import sqlite3

#: Pages of its file that are held in memory, in KiB.
CACHE = 8_000


class Repeats:
    """The ids of a file with the fingerprints of their rows; gone when it is closed."""

    def __init__(self) -> None:
        # No name: a file of its own that the system takes away.
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute(f"PRAGMA cache_size = -{CACHE}")
        self._kept.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, print TEXT) WITHOUT ROWID")

    def close(self) -> None:
        """Forget them."""
        self._kept.close()

    def seen(self, external_id: str, fingerprint: str) -> str | None:
        """The fingerprint of the row that had this id first; None if this is it."""
        key = _key(external_id)
        added = self._kept.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, fingerprint))
        if added.rowcount:
            return None
        (first,) = self._kept.execute("SELECT print FROM seen WHERE id = ?", (key,)).fetchone()
        return str(first)

    def forget(self, external_id: str) -> None:
        """The row that had this id is none after all."""
        self._kept.execute("DELETE FROM seen WHERE id = ?", (_key(external_id),))


def _key(external_id: str) -> bytes:
    return hashlib.sha256(external_id.encode()).digest()[:16]
