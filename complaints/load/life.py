"""How complaints are: shares of a hundred or so, made up, but such as portals of this kind report. Pure.

What is drawn here decides the shape of the load: when people file, by which way, how offices work, what
becomes of a case.
"""

from dataclasses import dataclass

#: Ways in, by weight. `OPERATOR` ones are typed by an operator; `WRITTEN` ones come by a provider.
CHANNELS = {
    "web": 52, "api": 12, "hotline": 10, "whatsapp": 9, "sms": 7, "counter": 5, "email": 4, "radio": 1,
}  # fmt: skip
OPERATOR = frozenset({"hotline", "counter", "radio"})
WRITTEN = frozenset({"whatsapp", "sms", "email"})
KINDS = {"complaint": 90, "information": 6, "suggestion": 4}
#: Languages by country; others file in English.
LANGUAGES = {"bd": {"bn": 90, "en": 10}, "id": {"id": 96, "en": 4}}
OUTCOMES = {"resolved": 58, "partly": 15, "not_upheld": 14, "advice_only": 9, "no_power": 4}
CAUSES = {
    "delay": 30, "procedure": 12, "resources": 14, "system": 12, "staff": 8, "contractor": 7,
    "information": 8, "no_fault": 6, "other": 3,
}  # fmt: skip
RATINGS = {1: 12, 2: 9, 3: 17, 4: 32, 5: 30}
RATED = 0.7
SENSITIVE = 0.04
ANONYMOUS = 0.3
SHARES_CONTACT = 0.25
MAY_BE_PUBLISHED = 0.2

#: Filings by the hour of the day (local) and by the day of the week (Monday first).
HOURS = dict(enumerate((0, 0, 0, 0, 0, 1, 2, 4, 6, 9, 11, 11, 9, 7, 8, 8, 7, 6, 6, 6, 6, 5, 3, 0)))
WEEK = (1.1, 1.05, 1.0, 1.0, 0.85, 0.65, 0.95)
#: Hours in which offices work, and in which citizens answer.
OFFICE_HOURS, CITIZEN_HOURS = (9, 10, 11, 12, 14, 15, 16), (7, 8, 10, 12, 13, 17, 18, 19, 20, 21)
#: How much more is filed each year than in the year before.
GROWTH = 1.25
#: Bursts: so many in a year, each of so many days, in which so many times more is filed, about one thing.
BURSTS_A_YEAR, BURST_DAYS, BURST_TIMES = 10, 4, 2.5


@dataclass(frozen=True, slots=True)
class Manner:
    """How the offices of an agency work: how often they accept late, answer late, or never answer."""

    name: str
    agencies: float
    accepts_late: float
    answers_late: float
    never: float = 0.0


MANNERS = (
    Manner("prompt", 34, 0.01, 0.03),
    Manner("usual", 45, 0.03, 0.07, 0.001),
    Manner("slow", 18, 0.12, 0.28, 0.005),
    Manner("silent", 3, 0.40, 0.50, 0.30),
)

#: Days from one step to the next: in time, and late (both bounds included).
IN_TIME = {
    "accept": (0, 2), "answer": (1, 8), "confirm": (0, 9), "dispute": (0, 8), "appeal": (1, 25),
    "uphold": (5, 20), "dismiss": (5, 24), "reply": (0, 6), "ask": (0, 3), "ask_desk": (0, 2),
    "forward": (0, 3), "decline": (0, 3), "merge": (0, 0), "send_back": (0, 2), "rule": (1, 3),
    "pass_down": (0, 2), "withdraw": (1, 6), "reopen": (12, 40), "publish": (0, 3),
}  # fmt: skip
LATE = {
    "accept": (3, 9),
    "answer": (10, 60),
    "forward": (4, 9),
    "rule": (4, 8),
    "dismiss": (28, 60),
}
#: The desk and those who decide are late so often.
DESK_LATE = 0.05


@dataclass(frozen=True, slots=True)
class Story:
    """What becomes of a case: moves after the filing, in order. What time does by itself is not told.

    `needs` says what there must be for it: an office above the one in charge, or others ("wrong").
    """

    name: str
    share: float
    moves: tuple[str, ...]
    needs: str = ""


def _story(name: str, share: float, moves: str, needs: str = "") -> Story:
    return Story(name, share, tuple(moves.split()), needs)


TWICE_BACK = "route_wrong send_back forward_wrong send_back"
STORIES = (
    _story("confirmed", 30, "route accept answer confirm"),
    _story("confirmed by desk", 7, "forward accept answer confirm"),
    _story("silent", 24, "route accept answer"),
    _story("asked", 3, "route accept ask reply answer confirm"),
    _story("asked in vain", 1, "route accept ask answer"),
    _story("asked by the desk", 1, "ask_desk reply forward accept answer confirm"),
    _story("published", 2, "route accept publish answer confirm"),
    _story("disputed", 2.5, "route accept answer dispute answer confirm"),
    _story("disputed, silent", 1, "route accept answer dispute answer"),
    _story("disputed twice", 0.5, "route accept answer dispute answer dispute dismiss"),
    _story("appeal dismissed", 1, "route accept answer appeal dismiss"),
    _story("appeal upheld", 0.8, "route accept answer appeal uphold answer confirm"),
    _story("two appeals", 0.3, "route accept answer appeal dismiss appeal dismiss"),
    _story("returned", 2.5, "route_wrong send_back forward accept answer confirm", "wrong"),
    _story("ruled", 0.5, f"{TWICE_BACK} rule accept answer confirm", "wrong"),
    _story("passed down", 3, "route_above pass_down accept answer confirm", "above"),
    _story("passed back", 0.3, "route_above pass_down send_back accept answer", "above"),
    _story("not for us", 17, "decline"),
    _story("not for us, appealed", 0.3, "decline appeal dismiss"),
    _story("merged", 11, "merge"),
    _story("withdrawn", 1, "route accept withdraw"),
    _story("withdrawn at the desk", 1, "withdraw"),
    _story("reopened", 0.5, "route accept answer confirm reopen answer confirm"),
    _story("waits at the desk", 0.3, ""),
    _story("never accepted", 0.1, "route"),
    _story("never answered", 0.2, "route accept"),
)
#: Those that an office which never answers has.
STUCK = tuple(story for story in STORIES if story.name in ("never accepted", "never answered"))
#: With whom the cases of this one are joined: told until its end.
LEAD = STORIES[0]
