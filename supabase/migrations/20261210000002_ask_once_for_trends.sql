-- An analyst paid four times for the trends that are kept: each table that they are read from asks by itself whether the
-- caller sees every row, which takes as long as a tenth of all the rest. Now the moment alone asks. It carries a pass,
-- which nobody can guess: to whoever brings it everything else is told at once.

alter table private.trend_moment add column pass uuid not null default gen_random_uuid();
comment on column private.trend_moment.pass is
  'Opens private.kept_trends to those who see this row; another one each time the row changes.';

create function private.change_pass() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.pass := pg_catalog.gen_random_uuid();
  return new;
end
$$;
comment on function private.change_pass() is 'Gives the moment of the trends another pass.';

create trigger trend_moment_change_pass before update on private.trend_moment
  for each row execute function private.change_pass();
comment on trigger trend_moment_change_pass on private.trend_moment is
  'Who was once shown the moment of the trends must be shown it again.';

create function private.kept_trends(shown_pass uuid, days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe security definer set search_path = ''
  set plan_cache_mode = force_custom_plan set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  stored_at timestamptz;
begin
  select m.as_of into stored_at from private.trend_moment m where m.pass = shown_pass;
  if stored_at is null then
    return;
  end if;
  -- What changed is little beside what is stored: each row of that is looked up, and nothing else is read but the first.
  return query
  with changed as materialized (
    select c.domain_id, c.current_mentions as current, c.previous_mentions as previous
    from private.trend_changes(stored_at, now(), days_back) c
  )
  select domain_id, domain_name, current, previous, round((current - previous) / (previous + 1.0), 4), velocity
  from (
    (
      select t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous,
             t.velocity_score as velocity
      from private.trend_tally t
      where t.days = days_back and t.current_mentions > 0 and t.domain_id not in (select domain_id from changed)
      order by t.velocity_score desc, t.current_mentions desc, t.domain_name
      limit most_domains
    )
    union all
    select c.domain_id,
           coalesce(t.domain_name, (select d.domain_name from public.domain d where d.id = c.domain_id)),
           sums.current, sums.previous,
           round((sums.current - sums.previous) / sqrt(sums.current + sums.previous + 1.0), 4)
    from changed c
    left join private.trend_tally t on t.days = days_back and t.domain_id = c.domain_id
    cross join lateral (
      select coalesce(t.current_mentions, 0) + c.current as current,
             coalesce(t.previous_mentions, 0) + c.previous as previous
    ) sums
    where sums.current > 0
  ) each_domain
  order by velocity desc, current desc, domain_name
  limit most_domains;
end
$$;
comment on function private.kept_trends(uuid, integer, bigint) is
  'The first most_domains rows of private.trending_domains from what is kept, or all of them for null; nothing without the pass of private.trend_moment.';

create or replace function private.trending_domains(days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = ''
as $$
declare
  shown_pass uuid;
begin
  select m.pass into shown_pass
  from private.trend_moment m
  where days_back in (1, 7, 30) and abs(extract(epoch from now() - m.as_of)) < days_back * 86400 / 5;
  -- Where rows are hidden from the caller there is no moment to be seen either.
  if shown_pass is null then
    return query select * from private.counted_trends(days_back, most_domains);
  else
    return query select * from private.kept_trends(shown_pass, days_back, most_domains);
  end if;
end
$$;

revoke execute on function private.change_pass(), private.kept_trends(uuid, integer, bigint)
  from public, anon, authenticated;
grant execute on function private.kept_trends(uuid, integer, bigint) to authenticated, service_role;

-- Rollback:
-- create or replace function private.trending_domains(days_back integer, most_domains bigint)
-- returns table (
--   domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
--   growth_rate numeric, velocity_score numeric
-- )
-- language plpgsql stable parallel safe set search_path = ''
--   set plan_cache_mode = force_custom_plan set enable_hashjoin = off set enable_mergejoin = off
-- as $$
-- #variable_conflict use_column
-- declare
--   stored_at timestamptz;
-- begin
--   select m.as_of into stored_at
--   from private.trend_moment m
--   where days_back in (1, 7, 30) and abs(extract(epoch from now() - m.as_of)) < days_back * 86400 / 5;
--   -- Where rows are hidden from the caller there is no moment to be seen either.
--   if stored_at is null then
--     return query select * from private.counted_trends(days_back, most_domains);
--     return;
--   end if;
--   -- What changed is little beside what is stored: each row of that is looked up, and nothing else is read but the first.
--   return query
--   with changed as materialized (
--     select c.domain_id, c.current_mentions as current, c.previous_mentions as previous
--     from private.trend_changes(stored_at, now(), days_back) c
--   )
--   select domain_id, domain_name, current, previous, round((current - previous) / (previous + 1.0), 4), velocity
--   from (
--     (
--       select t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous,
--              t.velocity_score as velocity
--       from private.trend_tally t
--       where t.days = days_back and t.current_mentions > 0 and t.domain_id not in (select domain_id from changed)
--       order by t.velocity_score desc, t.current_mentions desc, t.domain_name
--       limit most_domains
--     )
--     union all
--     select c.domain_id,
--            coalesce(t.domain_name, (select d.domain_name from public.domain d where d.id = c.domain_id)),
--            sums.current, sums.previous,
--            round((sums.current - sums.previous) / sqrt(sums.current + sums.previous + 1.0), 4)
--     from changed c
--     left join private.trend_tally t on t.days = days_back and t.domain_id = c.domain_id
--     cross join lateral (
--       select coalesce(t.current_mentions, 0) + c.current as current,
--              coalesce(t.previous_mentions, 0) + c.previous as previous
--     ) sums
--     where sums.current > 0
--   ) each_domain
--   order by velocity desc, current desc, domain_name
--   limit most_domains;
-- end
-- $$;
-- drop function private.kept_trends(uuid, integer, bigint);
-- drop trigger trend_moment_change_pass on private.trend_moment;
-- drop function private.change_pass();
-- alter table private.trend_moment drop column pass;
