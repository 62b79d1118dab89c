"""Any table of the dashboards, and the list behind any figure, as a file: CSV or XLSX."""
