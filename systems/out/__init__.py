"""What systems are told: the record's log followed, the feed, webhooks."""
