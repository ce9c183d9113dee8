-- What `harvester db health` reads; the views are private's, the statistics PostgreSQL's own.

-- name: sample
-- Today's sizes, unless today has its sample.
select private.sample_table_sizes();

-- name: tables
-- Sizes, growth and dead rows of each table, the largest first.
select s.schema_name || '.' || s.table_name as table_name, s.row_estimate, s.total_bytes, s.index_bytes,
       g.week_bytes, g.month_bytes, d.dead_rows, d.dead_share::float8 as dead_share, d.vacuumed_at, d.analyzed_at,
       d.transaction_age, r.is_on as row_level_security, r.policies, r.granted_to
from private.table_size s
join private.table_growth g using (schema_name, table_name)
join private.dead_rows d using (schema_name, table_name)
join private.row_level_security r using (schema_name, table_name)
order by s.total_bytes desc, 1;

-- name: indexes
-- Use of each index, the largest first.
select schema_name || '.' || index_name as index_name, schema_name || '.' || table_name as table_name,
       scans, index_bytes, is_unique, is_valid
from private.index_use
order by index_bytes desc, 1;

-- name: triggers
-- What the functions of the triggers cost, the dearest first.
select function_name, string_agg(distinct table_name, ', ' order by table_name) as table_names,
       max(function_calls) as calls, max(function_ms)::float8 as total_ms
from private.trigger_cost
group by function_name
order by total_ms desc, function_name;

-- name: has_slow_statements
-- Whether this database counts what its statements cost.
select to_regclass('private.slow_statement') is not null;

-- name: slow_statements
-- The statements that take longest on average, each on one line; what sets the database up is left out.
select left(regexp_replace(statement, '\s+', ' ', 'g'), 160) as statement, calls,
       mean_ms::float8 as mean_ms, total_ms::float8 as total_ms
from private.slow_statement
where calls > 0 and statement !~* '^\s*(create|alter|drop|do|copy|analyze|vacuum|begin|commit)\M'
order by mean_ms desc
limit 5;

-- name: server
-- The server's own state.
select current_setting('server_version') as version, current_setting('track_functions') as track_functions,
       pg_database_size(current_database()) as database_bytes,
       coalesce((select stats_reset from pg_catalog.pg_stat_database where datname = current_database()),
                pg_postmaster_start_time()) as counted_since,
       (select count(*) from pg_catalog.pg_stat_activity where datname = current_database()) as connections,
       current_setting('max_connections')::integer as most_connections;
