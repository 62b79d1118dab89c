"""The dashboards of the country and of each office: how it stands now, how a period went, which cases.

`asking` reads the address, `access` says who may look at what, `counted` gets the counts (or leaves them
to a worker), `state`, `measures`, `pictures` and `children` put a screen together, `listing` opens the
cases behind a figure, `saved` keeps a screen under a name.
"""
