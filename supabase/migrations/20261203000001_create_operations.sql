-- What the page of operations shows and turns. The queue belongs to its package and is closed to people: they see
-- counts of it, and what was given up, through functions that run as the owner and write nothing.

create function private.is_admin() returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(
    auth.jwt() ->> 'role' = 'service_role' or auth.jwt() -> 'app_metadata' ->> 'role' = 'admin', false)
$$;
comment on function private.is_admin() is 'Whether the signed-in person is an admin by their app_metadata, or the worker.';

create function private.queued_jobs()
returns table (task text, state text, jobs bigint, longest_wait interval)
language plpgsql stable security definer set search_path = ''
as $$
begin
  -- A database that Supabase's CLI alone has migrated has no queue yet.
  if to_regclass('jobs.procrastinate_jobs') is null then
    return;
  end if;
  return query
    select j.task_name::text, j.status::text, count(*),
           max(now() - coalesce(j.scheduled_at, deferred.at)) filter (
             where j.status = 'todo' and coalesce(j.scheduled_at, deferred.at) <= now())
    from jobs.procrastinate_jobs j
    left join lateral (
      select max(e.at) as at from jobs.procrastinate_events e
      where j.status = 'todo' and e.job_id = j.id and e.type in ('deferred', 'retried')
    ) deferred on true
    where j.status in ('todo', 'doing', 'failed', 'aborted')
    group by 1, 2
    order by 1, 2;
end
$$;
comment on function private.queued_jobs() is
  'How many jobs wait, are in hand or were given up, by task, and how long the first of them has waited for a worker.';

create function private.given_up_jobs(most_rows integer)
returns table (id bigint, task text, about text, attempts integer, ended_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('jobs.procrastinate_jobs') is null then
    return;
  end if;
  return query
    select j.id::bigint, j.task_name::text, j.args::text, j.attempts::integer, ended.at
    from jobs.procrastinate_jobs j
    left join lateral (
      select max(e.at) as at from jobs.procrastinate_events e where e.job_id = j.id and e.type in ('failed', 'aborted')
    ) ended on true
    where j.status in ('failed', 'aborted')
    order by ended.at desc nulls last, j.id desc
    limit least(most_rows, 1000);
end
$$;
comment on function private.given_up_jobs(integer) is 'The jobs that were given up, the latest first, 1000 at the most.';

create function private.write_pause(what text, is_paused boolean, reason text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if not private.is_admin() then
    raise exception 'only an admin may stop requests or let them go on' using errcode = 'insufficient_privilege',
      hint = 'An administrator sets app_metadata.role of your account.';
  end if;
  insert into public.pause as p (what, is_paused, reason)
  values (write_pause.what, write_pause.is_paused, nullif(btrim(write_pause.reason), ''))
  on conflict on constraint pause_what_key do update
  set is_paused = excluded.is_paused, reason = excluded.reason, changed_at = now()
  -- Stopped twice, the first reason and time stay.
  where p.is_paused <> excluded.is_paused;
end
$$;
comment on function private.write_pause(text, boolean, text) is 'Turns a switch as the owner, for an admin.';

create function public.set_pause(what text, is_paused boolean, reason text default null) returns void
language sql set search_path = ''
as $$ select private.write_pause(what, is_paused, reason) $$;
comment on function public.set_pause(text, boolean, text) is
  'Stops what is named, as collection, on all machines, or lets it go on; for admins.';

revoke all on function private.is_admin(), private.queued_jobs(), private.given_up_jobs(integer),
  private.write_pause(text, boolean, text), public.set_pause(text, boolean, text)
  from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.queued_jobs(), private.given_up_jobs(integer),
  private.write_pause(text, boolean, text), public.set_pause(text, boolean, text)
  to authenticated, service_role;

-- Rollback:
-- drop function public.set_pause(text, boolean, text);
-- drop function private.write_pause(text, boolean, text);
-- drop function private.given_up_jobs(integer);
-- drop function private.queued_jobs();
-- drop function private.is_admin();
