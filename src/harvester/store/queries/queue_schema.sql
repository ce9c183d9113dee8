-- The queue's tables, types and functions: procrastinate's own, in our schema `jobs`.

-- name: installed
-- Whether there is a schema for the queue, and which version of procrastinate made the tables in it; the comment on
-- its main table says so. Read from the catalog, because not everybody who asks may look into the schema.
select exists (select from pg_catalog.pg_namespace where nspname = 'jobs') as has_schema,
       (select pg_catalog.obj_description(c.oid, 'pg_class')
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'jobs' and c.relname = 'procrastinate_jobs') as made_by;

-- name: enter
-- The package's files name no schema.
select set_config('search_path', 'jobs, pg_catalog', true);

-- name: close
-- Everything of the package is for the worker alone, and its functions find their tables from any session.
do $$
declare
  made record;
begin
  for made in
    select c.oid, c.relkind, c.relname, format('jobs.%I', c.relname) as name
    from pg_catalog.pg_class c
    where c.relnamespace = 'jobs'::regnamespace and c.relname like 'procrastinate\_%' and c.relkind in ('r', 'S')
  loop
    execute format('revoke all on %s from public, anon, authenticated', made.name);
    if made.relkind = 'S' then
      execute format('grant usage, select on sequence %s to service_role', made.name);
    else
      execute format('grant select, insert, update, delete on %s to service_role', made.name);
      execute format('alter table %s enable row level security', made.name);
      if not exists (select from pg_catalog.pg_policy where polrelid = made.oid) then
        execute format('create policy %I on %s for all to service_role using (true) with check (true)',
                       made.relname || '_write', made.name);
      end if;
    end if;
  end loop;
  for made in
    select p.oid::regprocedure as name
    from pg_catalog.pg_proc p
    where p.pronamespace = 'jobs'::regnamespace and p.proname like 'procrastinate\_%'
  loop
    execute format('alter function %s set search_path = jobs, pg_catalog, pg_temp', made.name);
    execute format('revoke all on function %s from public, anon, authenticated', made.name);
    execute format('grant execute on function %s to service_role', made.name);
  end loop;
end
$$;
