#!/bin/sh
# Run once by the postgres image on an empty data folder: the portal's own role, which works in
# the schema but cannot change it, and so cannot take away the protection of the record.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$PORTAL_PASSWORD" -v owner="$POSTGRES_USER" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE grs_portal LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA public TO grs_portal;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO grs_portal;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE, SELECT ON SEQUENCES TO grs_portal;
SQL
