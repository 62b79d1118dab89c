"""Regular work: which task runs how often. Each is safe to repeat (see the rooms' `tasks.py`)."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

# What waits for longer than its own interval is dropped: the next one does the same work.
SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {
        "task": "complaints.tasks.sweep",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "deliver-notices": {
        "task": "channels.tasks.deliver_notices",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    "take-messages": {
        "task": "channels.tasks.take_messages",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    # A leaf is public ten seconds after its event; an idle run costs five small queries.
    "write-log": {
        "task": "record.tasks.write_log",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    "fetch-mail": {
        "task": "channels.tasks.fetch_mail",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "post-publicly": {
        "task": "channels.tasks.post_publicly",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "forget-messages": {
        "task": "channels.tasks.forget_messages",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # At night (UTC 18 to 21 is after midnight in Dhaka and Jakarta); an idle run costs a few queries.
    "forget-by-retention": {
        "task": "complaints.tasks.forget_by_retention",
        "schedule": crontab(minute="*/5", hour="18-20"),
        "options": {"expires": 280},
    },
    # Windows are whole hours: what is run more often, or twice at once, draws once.
    "draw-audits": {
        "task": "oversight.tasks.draw_audits",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # A few queries for five hundred open cases that are about somebody.
    "move-from-barred": {
        "task": "complaints.tasks.move_from_barred",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 290},
    },
    "forget-receipts": {
        "task": "complaints.tasks.forget_receipts",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "forget-sessions": {
        "task": "complaints.tasks.forget_sessions",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # Figures follow the log; an idle run costs a few small queries.
    "keep-figures": {
        "task": "oversight.tasks.keep_figures",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 29},
    },
    # Ordering a file asks for it too; this finds what a dead worker left, and what no broker heard of.
    "make-files": {
        "task": "oversight.tasks.make_files",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    "erase-files": {
        "task": "oversight.tasks.erase_files",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # A few queries of sums a rule; of what comes in by a channel, some hours by index.
    "look-for-alerts": {
        "task": "oversight.tasks.look_for_alerts",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 290},
    },
    "order-reports": {
        "task": "oversight.tasks.order_reports",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # What boards show of very many rows is good for a quarter of an hour.
    "count-ahead": {
        "task": "oversight.tasks.count_ahead",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 590},
    },
    # What is due by a day is looked at each hour, so that an outage costs an hour and not a day.
    "tend-issues": {
        "task": "oversight.tasks.tend_issues",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "count-piles": {
        "task": "oversight.tasks.count_piles",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    "find-clusters": {
        "task": "fairplay.tasks.find_clusters",
        "schedule": timedelta(minutes=2),
        "options": {"expires": 110},
    },
    "join-clusters": {
        "task": "fairplay.tasks.join_clusters",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "set-aside": {
        "task": "fairplay.tasks.set_aside",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "look-for-patterns": {
        "task": "fairplay.tasks.look_for_patterns",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # Agencies' systems: an idle run costs three small queries; who is called is called at once.
    "follow-log": {
        "task": "systems.tasks.follow_log",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 4},
    },
    "send-webhooks": {
        "task": "systems.tasks.send_webhooks",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 9},
    },
    "forget-deliveries": {
        "task": "systems.tasks.forget_deliveries",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
    # A system that ends leaves its cases behind; an idle run costs two small queries.
    "give-back-cases": {
        "task": "systems.tasks.give_back_cases",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    # Cities that speak Open311; without one an idle run costs a small query.
    "send-to-cities": {
        "task": "systems.tasks.send_to_cities",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "read-cities": {
        "task": "systems.tasks.read_cities",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "forget-tokens": {
        "task": "systems.tasks.forget_tokens",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 590},
    },
    "erase-loose-files": {
        "task": "complaints.tasks.erase_loose_files",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3500},
    },
}
