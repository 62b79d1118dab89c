"""A copy of all that is kept about somebody, as it is sent: made on the way, kept by nobody on it."""

from collections.abc import Callable, Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse

from complaints import archive
from complaints.services.export import Export

#: How a copy reads in words. The pages know it (`views.own_data.read_me`); `apps` says so at start-up.
READ_ME: list[Callable[[Export], str]] = []


def copy_of(made: Export, name: str) -> StreamingHttpResponse:
    """An export as an archive: a page to read, the data, the files."""
    texts = {"data.json": archive.as_json(made.data)}
    for words in READ_ME:
        texts["read-me.html"] = words(made)
    response = StreamingHttpResponse(
        archive.zipped(texts, _contents(made)), content_type="application/zip"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _contents(made: Export) -> Iterator[tuple[str, IO[bytes]]]:
    """Each file, opened when its turn comes; one that was erased meanwhile is left out."""
    for packed in made.files:
        try:
            content: Any = default_storage.open(packed.stored)
        except FileNotFoundError:
            continue
        yield packed.path, content
