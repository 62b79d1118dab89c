"""The past of an agency: its cases read from files, judged, and brought in."""
