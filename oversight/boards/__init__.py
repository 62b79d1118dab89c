"""Screens beside the dashboards: the desk, the ways in, who sends back to whom, the league, the map."""
