-- What the page of operations shows beyond the queue: look-ups that wait, sizes of tables, and the jobs behind a number.
-- The books and the queue stay closed to people: these functions run as the owner, count no further than they are
-- asked to, and give ids where a name may be hidden from whoever asks.

create function private.waiting_look_ups(most_rows integer)
returns table (look_up text, due bigint, overdue bigint, never_asked bigint, oldest_due_at timestamptz,
               next_due_at timestamptz)
language sql stable security definer set search_path = ''
as $$
  select wanted.kind, count(w.due_at), count(w.due_at) filter (where w.due_at < now() - interval '1 hour'),
         count(w.due_at) filter (where w.is_fresh), min(w.due_at),
         least(
           (select min(l.due_at) from private.look_up l
            where l.kind = wanted.kind and l.checked_at is null and l.due_at > now()),
           (select min(l.due_at) from private.look_up l
            where l.kind = wanted.kind and l.checked_at is not null and l.due_at > now()))
  from unnest('{dns,rdap,http}'::text[]) with ordinality as wanted (kind, place)
  left join lateral (
    (select l.due_at, true as is_fresh from private.look_up l
     where l.kind = wanted.kind and l.checked_at is null and l.due_at <= now()
     order by l.due_at limit most_rows)
    union all
    (select l.due_at, false from private.look_up l
     where l.kind = wanted.kind and l.checked_at is not null and l.due_at <= now()
     order by l.due_at limit most_rows)
  ) w on true
  where exists (select from private.look_up l where l.kind = wanted.kind)
  group by wanted.kind, wanted.place
  order by wanted.place
$$;
comment on function private.waiting_look_ups(integer) is
  'How many look-ups of each kind are due, those that were never asked and the rest counted so far at the most; overdue are those that have waited for more than an hour.';

create function private.longest_due_look_ups(look_up text, most_rows integer)
returns table (domain_id uuid, due_at timestamptz, checked_at timestamptz, failure_count integer)
language sql stable security definer set search_path = ''
as $$
  select l.domain_id, l.due_at, l.checked_at, l.failure_count
  from (
    (select f.* from private.look_up f
     where f.kind = longest_due_look_ups.look_up and f.checked_at is null and f.due_at <= now()
     order by f.due_at limit least(most_rows, 1000))
    union all
    (select k.* from private.look_up k
     where k.kind = longest_due_look_ups.look_up and k.checked_at is not null and k.due_at <= now()
     order by k.due_at limit least(most_rows, 1000))
  ) l
  order by l.due_at, l.domain_id
  limit least(most_rows, 1000)
$$;
comment on function private.longest_due_look_ups(text, integer) is
  'The look-ups of one kind that are due, the longest waiting first, 1000 at the most.';

create function private.listed_jobs(task text, state text, most_rows integer)
returns table (id bigint, about text, attempts integer, scheduled_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('jobs.procrastinate_jobs') is null then
    return;
  end if;
  return query
    select j.id::bigint, j.args::text, j.attempts::integer, j.scheduled_at
    from jobs.procrastinate_jobs j
    where j.task_name = listed_jobs.task and j.status::text = listed_jobs.state
      and j.status in ('todo', 'doing', 'failed', 'aborted')
    order by j.id
    limit least(most_rows, 1000);
end
$$;
comment on function private.listed_jobs(text, text, integer) is
  'The jobs of one task that wait, are in hand or were given up, the first made first, 1000 at the most.';

create function private.table_sizes()
returns table (schema_name text, table_name text, row_estimate bigint, total_bytes bigint, week_bytes bigint,
               month_bytes bigint)
language sql stable security definer set search_path = ''
as $$
  select s.schema_name::text, s.table_name::text, s.row_estimate, s.total_bytes, g.week_bytes, g.month_bytes
  from private.table_size s join private.table_growth g using (schema_name, table_name)
  order by s.total_bytes desc, 1, 2
$$;
comment on function private.table_sizes() is 'Size and growth of each table, the largest first.';

create function private.replay_jobs(ids bigint[]) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  replayed bigint;
begin
  if not private.is_admin() then
    raise exception 'only an admin may put jobs back to work' using errcode = 'insufficient_privilege',
      hint = 'An administrator sets app_metadata.role of your account.';
  end if;
  if to_regclass('jobs.procrastinate_jobs') is null then
    return 0;
  end if;
  -- Of those that must not wait twice one does, the latest.
  with chosen as (
    select j.id
    from jobs.procrastinate_jobs j
    where j.status in ('failed', 'aborted') and j.id = any (replay_jobs.ids)
      and (j.queueing_lock is null or not exists (
        select from jobs.procrastinate_jobs other
        where other.queueing_lock = j.queueing_lock and other.id <> j.id
          and (other.status = 'todo'
               or (other.status in ('failed', 'aborted') and other.id > j.id and other.id = any (replay_jobs.ids)))))
    for update
  )
  update jobs.procrastinate_jobs j
  set status = 'todo', attempts = 0, scheduled_at = null, abort_requested = false, worker_id = null
  from chosen
  where j.id = chosen.id;
  get diagnostics replayed = row_count;
  return replayed;
end
$$;
comment on function private.replay_jobs(bigint[]) is
  'Puts jobs that were given up back to work as if they were new, for an admin; how many were.';

revoke all on function private.waiting_look_ups(integer), private.longest_due_look_ups(text, integer),
  private.listed_jobs(text, text, integer), private.table_sizes(), private.replay_jobs(bigint[])
  from public, anon, authenticated, service_role;
grant execute on function private.waiting_look_ups(integer), private.longest_due_look_ups(text, integer),
  private.listed_jobs(text, text, integer), private.table_sizes(), private.replay_jobs(bigint[])
  to authenticated, service_role;

-- Rollback:
-- drop function private.replay_jobs(bigint[]);
-- drop function private.table_sizes();
-- drop function private.listed_jobs(text, text, integer);
-- drop function private.longest_due_look_ups(text, integer);
-- drop function private.waiting_look_ups(integer);
