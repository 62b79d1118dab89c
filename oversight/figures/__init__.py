"""The figures, counted once and kept: facts from events, sums of facts, and how they are read.

`oversight.measures` says what is counted, `oversight.metrics` what is made of it. Here: `facts` (a case as
the figures see it), `cube` (sums by day and month), `backlog` (open cases now), `keeping` (the worker's
part), `reading` (answers to a `Question`), `checking` (against the raw rows).
"""
