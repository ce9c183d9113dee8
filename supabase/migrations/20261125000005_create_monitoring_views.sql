-- What an operator looks at: sizes and their growth, use of the indexes, dead rows, what triggers and statements
-- cost, row level security. `harvester db health` prints it with advice. The statistics are PostgreSQL's own,
-- counted since the last reset of statistics or crash.

create view private.table_size with (security_invoker = true) as
select
  n.nspname as schema_name, c.relname as table_name,
  greatest(c.reltuples, 0)::bigint as row_estimate,
  pg_catalog.pg_table_size(c.oid) as table_bytes,
  pg_catalog.pg_indexes_size(c.oid) as index_bytes,
  pg_catalog.pg_total_relation_size(c.oid) as total_bytes
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'private', 'jobs') and c.relkind in ('r', 'm');
comment on view private.table_size is 'How large each table is, by the planner''s estimate of its rows.';

create table private.table_size_sample (
  id           uuid primary key default private.uuid_v7(),
  sampled_on   date not null default (now() at time zone 'UTC')::date,
  schema_name  text not null,
  table_name   text not null,
  row_estimate bigint not null,
  total_bytes  bigint not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint table_size_sample_once_a_day unique (schema_name, table_name, sampled_on),
  constraint table_size_sample_not_negative check (row_estimate >= 0 and total_bytes >= 0)
);
comment on table private.table_size_sample is 'Sizes of each table, one sample a day (UTC), so that growth can be seen.';
comment on column private.table_size_sample.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.table_size_sample.sampled_on is 'Day of UTC.';
comment on column private.table_size_sample.schema_name is 'Schema of the table.';
comment on column private.table_size_sample.table_name is 'Name of the table.';
comment on column private.table_size_sample.row_estimate is 'Rows, by the planner''s estimate.';
comment on column private.table_size_sample.total_bytes is 'Bytes on disk with indexes and long values.';
comment on column private.table_size_sample.created_at is 'When the row was inserted.';
comment on column private.table_size_sample.updated_at is 'When the row last changed.';
create trigger table_size_sample_set_updated_at before update on private.table_size_sample
  for each row when (old is distinct from new) execute function private.set_updated_at();
alter table private.table_size_sample enable row level security;
create policy table_size_sample_write on private.table_size_sample for all to service_role
  using (true) with check (true);

create function private.sample_table_sizes() returns bigint
language plpgsql set search_path = ''
as $$
declare
  sampled bigint;
begin
  insert into private.table_size_sample (schema_name, table_name, row_estimate, total_bytes)
  select schema_name, table_name, row_estimate, total_bytes from private.table_size
  order by schema_name, table_name
  on conflict (schema_name, table_name, sampled_on) do nothing;
  get diagnostics sampled = row_count;
  return sampled;
end
$$;
comment on function private.sample_table_sizes() is
  'Keeps today''s sizes unless today has its sample; returns how many tables were sampled.';

create view private.table_growth with (security_invoker = true) as
select
  s.schema_name, s.table_name, s.total_bytes,
  week.sampled_on as week_sampled_on, s.total_bytes - week.total_bytes as week_bytes,
  month.sampled_on as month_sampled_on, s.total_bytes - month.total_bytes as month_bytes
from private.table_size s
left join lateral (
  select p.sampled_on, p.total_bytes
  from private.table_size_sample p
  where p.schema_name = s.schema_name and p.table_name = s.table_name
    and p.sampled_on between current_date - 7 and current_date - 1
  order by p.sampled_on
  limit 1
) week on true
left join lateral (
  select p.sampled_on, p.total_bytes
  from private.table_size_sample p
  where p.schema_name = s.schema_name and p.table_name = s.table_name
    and p.sampled_on between current_date - 30 and current_date - 1
  order by p.sampled_on
  limit 1
) month on true;
comment on view private.table_growth is
  'Bytes that each table gained against the oldest sample of the last 7 and 30 days; null where there is no sample before today.';

create view private.index_use with (security_invoker = true) as
select
  s.schemaname as schema_name, s.relname as table_name, s.indexrelname as index_name,
  s.idx_scan as scans,
  pg_catalog.pg_relation_size(s.indexrelid) as index_bytes,
  i.indisunique as is_unique, i.indisvalid as is_valid,
  pg_catalog.pg_get_indexdef(s.indexrelid) as definition
from pg_catalog.pg_stat_user_indexes s
join pg_catalog.pg_index i on i.indexrelid = s.indexrelid
where s.schemaname in ('public', 'private', 'jobs');
comment on view private.index_use is 'How often each index was used, and its size.';

create view private.dead_rows with (security_invoker = true) as
select
  s.schemaname as schema_name, s.relname as table_name,
  s.n_live_tup as live_rows, s.n_dead_tup as dead_rows,
  round(s.n_dead_tup::numeric / nullif(s.n_live_tup + s.n_dead_tup, 0), 3) as dead_share,
  greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at,
  greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at,
  pg_catalog.age(c.relfrozenxid) as transaction_age
from pg_catalog.pg_stat_user_tables s
join pg_catalog.pg_class c on c.oid = s.relid
where s.schemaname in ('public', 'private', 'jobs');
comment on view private.dead_rows is
  'Rows that were deleted or replaced and still take room, when each table was last vacuumed and analyzed, and the age of its oldest transaction.';

create view private.trigger_cost with (security_invoker = true) as
select
  t.tgrelid::regclass::text as table_name, t.tgname as trigger_name, p.proname as function_name,
  coalesce(f.calls, 0) as function_calls,
  round(coalesce(f.total_time, 0)::numeric, 3) as function_ms
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join pg_catalog.pg_stat_user_functions f on f.funcid = p.oid
where not t.tgisinternal and n.nspname = 'private';
comment on view private.trigger_cost is
  'Calls and milliseconds of each trigger''s function, those of all triggers that share it together; counted where track_functions is pl or all.';

create view private.row_level_security with (security_invoker = true) as
select
  n.nspname as schema_name, c.relname as table_name, c.relrowsecurity as is_on,
  (select count(*) from pg_catalog.pg_policy p where p.polrelid = c.oid) as policies,
  coalesce((
    select pg_catalog.array_agg(distinct g.grantee::text order by g.grantee::text)
    from (
      select case when a.grantee = 0 then 'public' else r.rolname end as grantee
      from pg_catalog.aclexplode(c.relacl) a
      left join pg_catalog.pg_roles r on r.oid = a.grantee
      where a.grantee <> c.relowner
    ) g
  ), '{}') as granted_to
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'private', 'jobs') and c.relkind in ('r', 'p');
comment on view private.row_level_security is
  'Whether row level security is on for each table, partitions included, how many policies it has, and who was granted anything.';

-- Slow statements need pg_stat_statements, which only a superuser can make and which must be loaded at start.
do $$
declare
  extension_schema text;
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements') then
    if not exists (select from pg_catalog.pg_available_extensions where name = 'pg_stat_statements') then
      raise notice 'pg_stat_statements is not available here: slow statements will not be listed';
      return;
    end if;
    begin
      create extension pg_stat_statements with schema extensions;
    exception when insufficient_privilege then
      raise notice 'pg_stat_statements may not be created by %: slow statements will not be listed', current_user;
      return;
    end;
  end if;
  select n.nspname into strict extension_schema
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements';
  execute format($view$
    create view private.slow_statement with (security_invoker = true) as
    select
      s.calls, round(s.mean_exec_time::numeric, 2) as mean_ms, round(s.total_exec_time::numeric, 0) as total_ms,
      s.rows as row_count, s.query as statement
    from %I.pg_stat_statements s
    join pg_catalog.pg_database d on d.oid = s.dbid
    where d.datname = current_database()
  $view$, extension_schema);
  comment on view private.slow_statement is
    'What the statements of this database cost, where pg_stat_statements is loaded. Made for: order by mean_ms desc.';
  revoke all on private.slow_statement from public, anon, authenticated, service_role;
  grant select on private.slow_statement to service_role;
end
$$;

revoke all on private.table_size, private.table_size_sample, private.table_growth, private.index_use,
  private.dead_rows, private.trigger_cost, private.row_level_security
  from public, anon, authenticated, service_role;
grant select on private.table_size, private.table_growth, private.index_use, private.dead_rows,
  private.trigger_cost, private.row_level_security to service_role;
grant select, insert, update, delete on private.table_size_sample to service_role;
revoke all on function private.sample_table_sizes() from public, anon, authenticated;
grant execute on function private.sample_table_sizes() to service_role;

-- Rollback:
-- drop view if exists private.slow_statement;
-- drop view private.row_level_security, private.trigger_cost, private.dead_rows, private.index_use,
--   private.table_growth;
-- drop function private.sample_table_sizes();
-- drop table private.table_size_sample;
-- drop view private.table_size;
