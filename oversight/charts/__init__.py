"""Charts as SVG, each with the table that it draws. Plain values in, no database, no request.

A view makes a `Frame` and calls one of these; the template includes `charts/chart.html` with the
`Chart`. Words of the package itself (heads of columns) are in the language that is active.
`lettered` gives the same picture and its words apart for typst, `standalone` one SVG file with
both. See docs/charts.md.
"""

from oversight.charts.ages import ageing, stacked
from oversight.charts.bands import bands
from oversight.charts.bars import bars
from oversight.charts.flows import flow
from oversight.charts.frame import (
    AgeBand,
    Area,
    Band,
    Bar,
    Chart,
    Flow,
    Frame,
    Picture,
    Row,
    Series,
    Stack,
    Step,
    Table,
    Unit,
)
from oversight.charts.lettering import LETTERED, Lettered, lettered
from oversight.charts.maps import district_map
from oversight.charts.sparks import spark
from oversight.charts.standing import standalone
from oversight.charts.trends import trend

__all__ = [
    "LETTERED",
    "AgeBand",
    "Area",
    "Band",
    "Bar",
    "Chart",
    "Flow",
    "Frame",
    "Lettered",
    "Picture",
    "Row",
    "Series",
    "Stack",
    "Step",
    "Table",
    "Unit",
    "ageing",
    "bands",
    "bars",
    "district_map",
    "flow",
    "lettered",
    "spark",
    "stacked",
    "standalone",
    "trend",
]
