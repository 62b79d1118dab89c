"""One machine: the embedded PostgreSQL and Valkey, and the launcher behind `make run`.

Never used in production, where DATABASE_URL and REDIS_URL are given.
"""
