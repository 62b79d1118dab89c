"""What GeoReport v2 says instead of an answer: codes and sentences, in a status of HTTP."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.open311.formats import Value

Sentence = str | Promise


class Problem(Exception):
    """A request that is not answered: 404 for what is not there, 403 for the key, else 400.

    Beside these 405 for another method and 429 (`wait`: seconds) for too many, as HTTP has them.
    """

    def __init__(self, status: int, *sentences: Sentence, wait: int = 0) -> None:
        super().__init__(status)
        self.status, self.sentences, self.wait = status, sentences, wait

    @property
    def errors(self) -> Value:
        """The body of the answer: one row for each thing that is wrong."""
        return [{"code": self.status, "description": str(said)} for said in self.sentences]


NO_SUCH_SERVICE = _("service_code was not found.")
NO_SUCH_REQUEST = _("service_request_id was not found.")
