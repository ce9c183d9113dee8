-- What a restore asks of the database.

-- name: tables_present
-- Those of the named tables that exist.
select name from unnest(%(tables)s::text[]) as name where to_regclass(name) is not null;
