"""Charts with made-up figures, one of each kind and more, on a page of their own: to look at, and for axe."""

from datetime import date
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from oversight import charts
from oversight.charts import (
    AgeBand,
    Area,
    Band,
    Bar,
    Chart,
    Flow,
    Frame,
    Series,
    Stack,
    Step,
    Unit,
)
from oversight.charts.geometry import geometry

BUILD = Path(__file__).resolve().parents[2] / "static/build"
MONTHS = (date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12)))
MINISTRIES = {
    "en": [
        *("Health Services Division", "Ministry of Land", "Local Government Division"),
        *("Power Division", "Security Services Division", "Ministry of Railways"),
        *("Secondary and Higher Education Division", "Ministry of Food"),
        *("Road Transport and Highways Division", "Posts and Telecommunications Division"),
        *("Ministry of Social Welfare", "Ministry of Expatriates’ Welfare and Overseas Employment"),
        *("Ministry of Textiles and Jute", "Bridges Division"),
    ],
    "bn": [
        *("স্বাস্থ্য সেবা বিভাগ", "ভূমি মন্ত্রণালয়", "স্থানীয় সরকার বিভাগ", "বিদ্যুৎ বিভাগ"),
        *("সুরক্ষা সেবা বিভাগ", "রেলপথ মন্ত্রণালয়", "মাধ্যমিক ও উচ্চ শিক্ষা বিভাগ"),
        *("খাদ্য মন্ত্রণালয়", "সড়ক পরিবহন ও মহাসড়ক বিভাগ", "ডাক ও টেলিযোগাযোগ বিভাগ"),
        *("সমাজকল্যাণ মন্ত্রণালয়", "প্রবাসী কল্যাণ ও বৈদেশিক কর্মসংস্থান মন্ত্রণালয়"),
        *("বস্ত্র ও পাট মন্ত্রণালয়", "সেতু বিভাগ"),
    ],
    "id": [
        *("Kementerian Kesehatan", "Kementerian Agraria dan Tata Ruang", "Kementerian Sosial"),
        *("Kementerian Perhubungan", "Kementerian Dalam Negeri", "Kementerian Pendidikan"),
        *("Kementerian Ketenagakerjaan", "Badan Gizi Nasional", "Kementerian Hukum"),
        *("Kepolisian Negara Republik Indonesia", "Kementerian Komunikasi dan Digital"),
        *("Kementerian Pelindungan Pekerja Migran", "Kementerian Agama", "Badan Pertanahan"),
    ],
}
WORDS = {
    "en": {
        "received": "Received",
        "answered": "Answered",
        "before": "Received, the year before",
        "confirmed": "Confirmed resolved",
        "silence": "No word from the citizen",
        "awaited": "Answer awaited",
        "contested": "Contested",
        "other": "Other",
        "country": "Whole country",
        "age": "days open",
    },
    "bn": {
        "received": "প্রাপ্ত",
        "answered": "উত্তর দেওয়া হয়েছে",
        "before": "প্রাপ্ত, আগের বছর",
        "confirmed": "সমাধান নিশ্চিত",
        "silence": "নাগরিকের সাড়া নেই",
        "awaited": "উত্তরের অপেক্ষায়",
        "contested": "আপত্তি জানানো",
        "other": "অন্যান্য",
        "country": "সারা দেশ",
        "age": "দিন ধরে খোলা",
    },
    "id": {
        "received": "Diterima",
        "answered": "Dijawab",
        "before": "Diterima, tahun sebelumnya",
        "confirmed": "Dikonfirmasi selesai",
        "silence": "Warga tidak menanggapi",
        "awaited": "Menunggu jawaban",
        "contested": "Disanggah",
        "other": "Lainnya",
        "country": "Seluruh negeri",
        "age": "hari terbuka",
    },
}


def every_chart(language: str = "en") -> list[Chart]:
    """One of each kind and more, in a language."""
    return [
        *lines(language),
        *rows(language),
        *parts(language),
        matrix(language),
        league(language),
        the_map("bd", "district", language),
        the_map("id", "province", language),
        charts.bars(frame("empty", "Empty", language), [], unit=Unit.COUNT),
    ]


def frame(key: str, title: str, language: str, note: str = "") -> Frame:
    """A frame with a finding that can be told from the title."""
    return Frame(key, title, f"{title}: the finding in one sentence.", "Agency", language, note)


def lines(language: str) -> list[Chart]:
    """Trends: counts with the year before, shares with intervals, four lines, days, one value."""
    words = WORDS[language]
    received = (812, 940, 1020, 990, 1105, 1180, 1240, 1198, 1305, 1420, 1388, 640)
    answered = (780, 860, 930, 970, 1010, 1090, 1150, 1160, 1200, 1290, 1310, 560)
    last_year = (610, 640, 700, 720, 760, 800, 790, 820, 900, 930, 910, 880)
    share = (0.62, 0.66, 0.64, None, None, 0.71, 0.7, 0.74, 0.78, 0.77, 0.81, 0.79)
    days = tuple(date(2026, 11, day) for day in range(1, 29))
    return [
        charts.trend(
            frame("received", "Received and answered", language),
            MONTHS,
            [Series(words["received"], received), Series(words["answered"], answered)],
            step=Step.MONTH,
            unit=Unit.COUNT,
            before=Series(words["before"], last_year),
            running=True,
        ),
        charts.trend(
            frame("share", "Confirmed resolved", language, "Silence is no yes."),
            MONTHS,
            [
                Series(
                    words["confirmed"],
                    share,
                    tuple(None if value is None else value - 0.06 for value in share),
                    tuple(None if value is None else value + 0.05 for value in share),
                )
            ],
            step=Step.MONTH,
            unit=Unit.SHARE,
        ),
        charts.trend(
            frame("four", "Four lines close to each other", language),
            days,
            [
                Series(words[name], tuple(20 + place * 2 + (day * 7 % 11) for day in range(28)))
                for place, name in enumerate(("received", "answered", "confirmed", "contested"))
            ],
            step=Step.DAY,
            unit=Unit.COUNT,
        ),
        charts.trend(
            frame("single", "A single month", language),
            MONTHS[:1],
            [Series(words["received"], (5_120_433,))],
            step=Step.MONTH,
            unit=Unit.COUNT,
        ),
    ]


def rows(language: str) -> list[Chart]:
    """Bars: with the year before and links, with intervals."""
    names = MINISTRIES[language]
    return [
        charts.bars(
            frame("open", "Open cases by agency", language),
            [
                Bar(name, 4000 / (place + 1), before=3600 / (place + 1.4), link=f"/office/{place}/")
                for place, name in enumerate(names)
            ],
            unit=Unit.COUNT,
        ),
        charts.bars(
            frame("kept", "Answered in time", language),
            [
                Bar(name, 0.9 - place / 14, low=0.84 - place / 14, high=0.94 - place / 15)
                if place != 3
                else Bar(name, None)
                for place, name in enumerate(names[:8])
            ],
            unit=Unit.SHARE,
        ),
    ]


def parts(language: str) -> list[Chart]:
    """Stacks and columns."""
    words = WORDS[language]
    named = [words[name] for name in ("confirmed", "silence", "awaited", "contested", "other")]
    ages = ("0–3", "4–10", "11–30", "31–90", "91–365", "> 365")
    return [
        charts.stacked(
            frame("answers", "What became of the answers", language),
            named,
            [Stack(words["country"], (5210, 2100, 890, 640, 130))],
        ),
        charts.stacked(
            frame("by-agency", "What became of them, by agency", language),
            named,
            [
                Stack(name, (500 - 30 * place, 90 + 20 * place, 60, 44, 12 + place), f"/a/{place}/")
                for place, name in enumerate(MINISTRIES[language][:6])
            ],
            of_hundred=False,
        ),
        charts.ageing(
            frame("ageing", "Open cases by age", language),
            [
                AgeBand(
                    f"{charts.words.digits(age, language)} {words['age']}",
                    in_time,
                    late,
                    f"/cases/?age={place}",
                )
                for place, (age, in_time, late) in enumerate(
                    zip(
                        ages,
                        (2110, 3804, 1200, 160, 0, 0),
                        (0, 20, 940, 1310, 620, 44),
                        strict=True,
                    )
                )
            ],
        ),
    ]


def matrix(language: str) -> Chart:
    """Fourteen agencies that send cases back to each other."""
    names = MINISTRIES[language]
    return charts.flow(
        frame("returns", "Who returns to whom", language),
        [
            Flow(a, b, (x * 31 + y * 17) % 97 * 9, f"/flows/{x}/{y}/")
            for x, a in enumerate(names)
            for y, b in enumerate(names)
            if x != y and (x + 2 * y) % 3 == 0
        ],
    )


def league(language: str) -> Chart:
    """Bands about a country's line, one of them left out."""
    bands = []
    for place, name in enumerate(MINISTRIES[language]):
        value, half = 0.88 - place * 0.03, 0.02 + 0.012 * (place % 5)
        left_out = "figures in doubt" if place == 4 else ""
        bands.append(
            Band(name, value, value - half, value + half, 9000 // (place + 1), "/league/", left_out)
        )
    return charts.bands(
        frame("league", "Confirmed resolved by agency", language),
        bands,
        unit=Unit.SHARE,
        line=0.7,
        line_name=WORDS[language]["country"],
    )


def the_map(country: str, level: str, language: str) -> Chart:
    """A map of made-up shares; some places have none."""
    places = geometry(country, level)
    assert places is not None
    return charts.district_map(
        frame(f"map-{country}", "Late, by district", language),
        country,
        [
            Area(
                code,
                f"Place {code}",
                None if at % 13 == 5 else at * 37 % 100 / 250 + 0.02,
                f"{at * 11} open",
                f"/places/{code}/",
            )
            for at, code in enumerate(places.shapes)
        ],
        unit=Unit.SHARE,
        level=level,
    )


def page(shown: list[Chart], language: str = "en") -> str:
    """A page with the portal's own styles that has these charts and nothing else."""
    styles = "".join(
        (BUILD / name).read_text(encoding="utf-8") for name in ("portal.css", "charts.css")
    )
    drawn = format_html_join(
        "\n",
        "{}",
        ((render_to_string("charts/chart.html", {"chart": one, "heading": 2}),) for one in shown),
    )
    spark = charts.spark([3, 4, None, 9, 7], name="Land", unit=Unit.COUNT, language=language)
    return SafeString(
        f'<!doctype html><html lang="{language}" class="govuk-template"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Charts</title>'
        f'<style>{styles}</style></head><body class="govuk-template__body"><main class="app-main">'
        f'<div class="govuk-width-container"><h1 class="govuk-heading-l">Charts</h1>{drawn}'
        f"<p>{spark}</p></div></main></body></html>"
    )
