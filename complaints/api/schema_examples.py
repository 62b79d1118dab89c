"""Bodies as somebody would send them, for the calls that most apps begin with."""

from typing import Any

#: Operation → body.
EXAMPLES: dict[str, Any] = {
    "complaints_create": {
        "text": "The street lamp in front of our school has been dark since May.",
        "language": "en",
        "category": "electricity",
        "phone": "01712345678",
        "share_contact": True,
    },
    "complaints_follow_create": {"secret": "0123-4567-89AB-CDEF"},
    "me_code_create": {"phone": "01712345678"},
    "me_session_create": {"code": "123456"},
    "cases_moves_accept": {"case_officer": 12},
    "cases_moves_ask": {"text": "Which lamp is it? Please write the number on its post."},
    "cases_moves_answer": {
        "outcome": "resolved",
        "cause": "resources",
        "text": "The lamp was changed on Sunday.",
        "evidence": "Work order 77",
    },
    "cases_moves_return": {"reason": "The lamp belongs to the city corporation."},
    "system_cases_create": {
        "text": "The meter in our house shows a wrong number.",
        "external_ref": "GW-2026-000123",
        "phone": "01712345678",
        "take": True,
    },
    "cases_reference_update": {"external_ref": "GW-2026-000123"},
    "cases_status_create": {
        "status": "Done",
        "text": "The meter was changed on Sunday.",
        "evidence": "Work order 77",
    },
    "system_statuses_update": {
        "statuses": [
            {"status": "Open", "move": "accept"},
            {"status": "Done", "move": "answer", "outcome": "resolved", "cause": "system"},
            {"status": "Waiting for parts", "move": ""},
        ]
    },
    "system_endpoint_update": {"url": "https://works.example.org/hooks/complaints"},
}
