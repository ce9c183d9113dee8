-- The record of what was applied, which is the Supabase CLI's, and how a migration enters the database.

-- name: has_history
-- Whether anything was ever recorded here.
select to_regclass('supabase_migrations.schema_migrations') is not null;

-- name: history
-- What was applied, in order.
select version, coalesce(name, ''), coalesce(array_to_string(statements, E'\n;\n'), '')
from supabase_migrations.schema_migrations
order by version;

-- name: make_history
-- The table as the Supabase CLI makes it.
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key, statements text[], name text
);

-- name: record
-- Notes a migration in the transaction that applied it.
insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s);

-- name: forget
-- Notes in the transaction that undid it that a migration is gone.
delete from supabase_migrations.schema_migrations where version = %s;

-- name: lacks_plain
-- Whether something is missing that every Supabase project has; never true on Supabase.
select not exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin')
   and (to_regprocedure('auth.jwt()') is null
        or to_regclass('auth.users') is null
        or to_regnamespace('extensions') is null
        or (select count(*) from pg_catalog.pg_roles
            where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')) < 4);

-- name: enter
-- Another migration may take its time; an index that it builds may take longer than a session may idle.
select set_config('lock_timeout', '60s', true), set_config('statement_timeout', '60s', true),
       set_config('idle_in_transaction_session_timeout', '0', true);

-- name: limit
-- A lock is asked for briefly: whoever comes later waits behind us. What reads whole tables gets its time.
select set_config('lock_timeout', %(lock_timeout)s, true), set_config('statement_timeout', '15min', true);

-- name: patience
-- An index that is built concurrently waits for the transactions before it, and stands in nobody's way.
select set_config('lock_timeout', '0', false), set_config('statement_timeout', '6h', false);

-- name: index_is_valid
-- Whether an index is whole; no row where there is none.
select indisvalid from pg_catalog.pg_index where indexrelid = to_regclass(%s);
