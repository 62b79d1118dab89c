"""Synthetic load: cases as the services would have left them, made in bulk (docs/load.md).

A story is told once through the table, the clocks and the record, in memory, with marks where ids,
moments and words belong (`telling`); then it is stamped out many times (`stamps`) and written by COPY
(`writing`). Not real, and not for figures that anybody relies on.
"""
