"""Files that take a while: ordered on a page, made by a worker with progress, kept for a while.

A room that makes files registers a `Kind` when it is ready, and places orders:

    from oversight.orders import kinds, placing

    kinds.register(kinds.Kind("export", title=…, make=…))
    order = placing.place("export", {"table": "agencies"}, actor=actor, language="bn",
                          name="agencies.csv", content_type="text/csv")
    return redirect("oversight-file", order.pk)

`make(order, out, progress)` writes bytes to `out` (a temporary file that can be sought in) and calls
`progress(done, whole)` as it goes: that is also how a file given up meanwhile is left alone. It may be
called again from the beginning after a crash, and runs in the language of the order.
"""
