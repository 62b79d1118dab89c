"""The figures, counted once and kept: facts from events, sums of facts, and how they are read.

`measures` says what is counted, `oversight.metrics` what is made of it. Below these: `facts` (a case as
the figures see it), `cube` (sums by day and month), `backlog` (open cases now), `keeping` (the worker's
part), `reading` (answers to a `Question`), `checking` (against the raw rows).
"""
