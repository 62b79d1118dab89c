"""A subject's nine weeks as a chart, and what is to be seen there in a sentence."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from oversight import charts
from oversight.charts.words import number
from oversight.rising import Rise
from oversight.surges.counting import Span

COUNT = charts.Unit.COUNT


def rounded(usual: float) -> float:
    """What is usual, as people write it: a tenth below ten, else whole."""
    return round(usual, 1) if usual < 10 else round(usual)


def finding(rise: Rise) -> str:
    """In a sentence: how many there were, how many were to be expected, how that compares."""
    language = get_language() or "en"
    found = ngettext("%(number)s case in seven days", "%(number)s cases in seven days", rise.found)
    said = found % {"number": number(rise.found, COUNT, language)}
    usual = number(rounded(rise.usual), charts.Unit.DAYS, language)
    if rise.factor is None:
        return _("%(found)s; hardly any were to be expected.") % {"found": said}
    if rise.factor < 1.1:
        return _("%(found)s; about %(usual)s were to be expected.") % {
            "found": said,
            "usual": usual,
        }
    times = number(round(rise.factor, 1), charts.Unit.DAYS, language)
    return _("%(found)s: %(times)s times the %(usual)s that were to be expected.") % {
        "found": said,
        "times": times,
        "usual": usual,
    }


def chart_of(
    key: str, title: str, rise: Rise, asked: Span, links: tuple[str, ...] = ()
) -> charts.Chart:
    """The eight weeks before and the week itself, beside what was usual in each. `links` are the lists of
    the cases of each week.
    """
    frame = charts.Frame(
        key=key,
        title=title,
        finding=finding(rise),
        of=_("Week"),
        language=get_language() or "en",
    )
    told = tuple(link if count else "" for link, count in zip(links, rise.weeks, strict=False))
    found = charts.Series(_("Cases"), tuple(map(float, rise.weeks)), links=told)
    usual = charts.Series(_("Usual"), tuple(round(each, 1) for each in rise.expected))
    return charts.trend(frame, asked.weeks, [found, usual], step=charts.Step.WEEK, unit=COUNT)
