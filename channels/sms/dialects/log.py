"""No provider: what would leave is counted in the log. The default."""

import structlog

from channels.sms import parts

log = structlog.get_logger(__name__)


class LogGateway:
    """Sends nothing, and logs that something would have left: never the number or the text."""

    costs = False

    def send(self, to: str, text: str, reference: str) -> str:
        """Log one SMS; its id is made of ours."""
        counted = parts.count(text)
        log.info("sms", reference=reference, length=counted.units, parts=counted.parts)
        return f"log-{reference}"

    def close(self) -> None:
        """Nothing was opened."""
