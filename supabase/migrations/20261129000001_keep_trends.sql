-- Trends are read instead of counted: how often each domain was mentioned in the last 1, 7 and 30 days and in as many
-- before, as of a moment that is seldom more than a minute ago. What changed since is written down beside it, and what
-- the passing of time moved is read from the mentions: the sum of the three is exact at every moment. Writers only add
-- to what changed; one of them at a time takes the changes into the counts, and none waits for another.

create table private.trend_moment (
  id         uuid primary key default private.uuid_v7(),
  is_only    boolean not null default true,
  as_of      timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint trend_moment_once unique (is_only),
  constraint trend_moment_only check (is_only)
);
comment on table private.trend_moment is
  'The moment that private.trend_tally stands for: one row, or none where trends were never counted.';
comment on column private.trend_moment.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.trend_moment.is_only is 'True in the one row.';
comment on column private.trend_moment.as_of is 'Windows of private.trend_tally end here.';
comment on column private.trend_moment.created_at is 'When the row was inserted.';
comment on column private.trend_moment.updated_at is 'When the row last changed.';
create trigger trend_moment_set_updated_at before update on private.trend_moment
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger trend_moment_set_updated_at on private.trend_moment is 'Notes the time of a row''s last change.';

create table private.trend_tally (
  id                uuid primary key default private.uuid_v7(),
  days              integer not null,
  domain_id         uuid not null,
  domain_name       text not null,
  current_mentions  bigint not null,
  previous_mentions bigint not null,
  velocity_score    numeric not null generated always as (
    round((current_mentions - previous_mentions) / sqrt(current_mentions + previous_mentions + 1.0), 4)) stored,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint trend_tally_once unique (days, domain_id),
  constraint trend_tally_days_known check (days in (1, 7, 30)),
  constraint trend_tally_not_empty check (
    current_mentions >= 0 and previous_mentions >= 0 and current_mentions + previous_mentions > 0)
);
comment on table private.trend_tally is
  'Shown mentions of each domain in the last days and in as many before, as of private.trend_moment. A domain without either has no row.';
comment on column private.trend_tally.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.trend_tally.days is 'Length of both windows: 1, 7 or 30 days.';
comment on column private.trend_tally.domain_id is 'The domain; it may be deleted since.';
comment on column private.trend_tally.domain_name is 'Its name, by which domains with the same counts are sorted.';
comment on column private.trend_tally.current_mentions is 'Mentions of the last days, and of the future if there are any.';
comment on column private.trend_tally.previous_mentions is 'Mentions of as many days before.';
comment on column private.trend_tally.velocity_score is 'As public.get_trending_domains gives it.';
comment on column private.trend_tally.created_at is 'When the row was inserted.';
comment on column private.trend_tally.updated_at is 'When the row last changed.';
create index trend_tally_order_idx on private.trend_tally (days, velocity_score desc, current_mentions desc, domain_name)
  where current_mentions > 0;
comment on index private.trend_tally_order_idx is 'The domains of a window by momentum.';
create trigger trend_tally_set_updated_at before update on private.trend_tally
  for each row execute function private.set_updated_at();
comment on trigger trend_tally_set_updated_at on private.trend_tally is 'Notes the time of a row''s last change.';

create table private.mention_change (
  id            uuid primary key default private.uuid_v7(),
  domain_id     uuid not null,
  discovered_at timestamptz not null,
  change        bigint not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
comment on table private.mention_change is
  'Shown mentions that came and went and are not in private.trend_tally yet. Those too old for any trend are left out.';
comment on column private.mention_change.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.mention_change.domain_id is 'The domain.';
comment on column private.mention_change.discovered_at is 'When the mention was discovered.';
comment on column private.mention_change.change is 'How many such mentions there are more; negative, how many fewer.';
comment on column private.mention_change.created_at is 'When the row was inserted.';
comment on column private.mention_change.updated_at is 'When the row last changed.';
create trigger mention_change_set_updated_at before update on private.mention_change
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger mention_change_set_updated_at on private.mention_change is 'Notes the time of a row''s last change.';

-- The two moments of a window may lie either way: a transaction that began before the last one to count asks as of an
-- earlier moment than that which is stored.
create function private.trend_changes(stored_at timestamptz, asked_at timestamptz, window_days integer)
returns table (domain_id uuid, current_mentions bigint, previous_mentions bigint)
language plpgsql stable parallel safe set search_path = '' set plan_cache_mode = force_custom_plan
as $$
declare
  one_window interval := make_interval(days => window_days);
  since timestamptz := least(stored_at, asked_at);
  until timestamptz := greatest(stored_at, asked_at);
  sign integer := case when asked_at > stored_at then 1 else -1 end;
begin
  return query
  select moved.domain_id, sum(moved.current)::bigint, sum(moved.previous)::bigint
  from (
    select c.domain_id,
           case when c.discovered_at >= stored_at - one_window then c.change else 0 end as current,
           case when c.discovered_at < stored_at - one_window
                 and c.discovered_at >= stored_at - 2 * one_window then c.change else 0 end as previous
    from private.mention_change c
    where c.discovered_at >= stored_at - 2 * one_window
    union all
    select m.domain_id, -sign, sign
    from public.domain_mention m
    where m.tier = 'shown' and m.discovered_at >= since - one_window and m.discovered_at < until - one_window
    union all
    select m.domain_id, 0, -sign
    from public.domain_mention m
    where m.tier = 'shown' and m.discovered_at >= since - 2 * one_window and m.discovered_at < until - 2 * one_window
  ) moved
  group by moved.domain_id
  having sum(moved.current) <> 0 or sum(moved.previous) <> 0;
end
$$;
comment on function private.trend_changes(timestamptz, timestamptz, integer) is
  'What is to be added to private.trend_tally of stored_at, so that it is right for the windows that end at asked_at.';

create function private.renew_trends(anew boolean default false) returns boolean
language plpgsql set search_path = '' set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  stored_at timestamptz;
begin
  -- Held until the transaction ends: nobody else changes these rows. Only who counts all anew waits for it.
  if anew then
    perform pg_catalog.pg_advisory_xact_lock(1212240472, 0);
  elsif not pg_catalog.pg_try_advisory_xact_lock(1212240472, 0) then
    return false;
  end if;
  select m.as_of into stored_at from private.trend_moment m;
  if not anew and stored_at >= now() then
    return false;
  end if;

  if anew or stored_at is null or stored_at < now() - interval '7 days' then
    delete from private.trend_tally;
    -- One statement, one snapshot: a change is gone from the list exactly when the mentions that are counted show it.
    with gone as (delete from private.mention_change),
    moment as (
      insert into private.trend_moment as m (as_of) values (now()) on conflict (is_only) do update set as_of = now()
    )
    insert into private.trend_tally (days, domain_id, domain_name, current_mentions, previous_mentions)
    select counted.days, counted.domain_id, d.domain_name, counted.current, counted.previous
    from (
      select size.days, m.domain_id,
             count(*) filter (where m.discovered_at >= now() - make_interval(days => size.days)) as current,
             count(*) filter (where m.discovered_at < now() - make_interval(days => size.days)) as previous
      from (values (1), (7), (30)) as size (days)
      join public.domain_mention m
        on m.tier = 'shown' and m.discovered_at >= now() - make_interval(days => 2 * size.days)
      group by 1, 2
    ) counted
    join public.domain d on d.id = counted.domain_id;
    return true;
  end if;

  with changed as materialized (
    select size.days, c.domain_id, coalesce(t.current_mentions, 0) + c.current_mentions as current,
           coalesce(t.previous_mentions, 0) + c.previous_mentions as previous
    from (values (1), (7), (30)) as size (days)
    cross join lateral private.trend_changes(stored_at, now(), size.days) c
    left join private.trend_tally t on t.days = size.days and t.domain_id = c.domain_id
  ),
  taken as (delete from private.mention_change),
  moment as (update private.trend_moment set as_of = now()),
  emptied as (
    delete from private.trend_tally t using changed c
    where (t.days, t.domain_id) = (c.days, c.domain_id) and c.current = 0 and c.previous = 0
  )
  insert into private.trend_tally as t (days, domain_id, domain_name, current_mentions, previous_mentions)
  select c.days, c.domain_id, d.domain_name, c.current, c.previous
  from changed c join public.domain d on d.id = c.domain_id
  where c.current <> 0 or c.previous <> 0
  on conflict (days, domain_id) do update set
    current_mentions = excluded.current_mentions, previous_mentions = excluded.previous_mentions;
  return true;
end
$$;
comment on function private.renew_trends(boolean) is
  'Takes all changes into private.trend_tally and moves its windows up to now; false where another does so at this moment. anew counts all from the mentions.';

create function private.note_mention_changes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  side text := case tg_op
    when 'INSERT' then 'select domain_id, discovered_at, 1 as change, tier from changed_to'
    when 'DELETE' then 'select domain_id, discovered_at, -1 as change, tier from changed_from'
    else 'select domain_id, discovered_at, 1 as change, tier from changed_to'
         ' union all select domain_id, discovered_at, -1, tier from changed_from' end;
  changes bigint;
begin
  -- Trends are asked back to 60 days before a moment that is at most seven days ago.
  execute format(
    'insert into private.mention_change (domain_id, discovered_at, change)
     select domain_id, discovered_at, sum(change) from (%s) side
     where tier = ''shown'' and discovered_at >= now() - interval ''70 days''
     group by domain_id, discovered_at having sum(change) <> 0', side);
  get diagnostics changes = row_count;
  -- A transaction with one snapshot for all its statements cannot see what others took in meanwhile.
  if changes > 0 and current_setting('transaction_isolation') = 'read committed'
     and not exists (select from private.trend_moment m where m.as_of >= now() - interval '1 minute') then
    perform private.renew_trends();
  end if;
  return null;
end
$$;
comment on function private.note_mention_changes() is
  'Writes down which mentions came and went; once a minute somebody who writes takes that into private.trend_tally.';

create function private.trend_differences()
returns table (days integer, domain_name text, stored text, actual text)
language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
declare
  stored_at timestamptz;
begin
  select m.as_of into stored_at from private.trend_moment m;
  if stored_at is null or stored_at < now() - interval '7 days' then
    -- Nobody reads it, and the next to renew it counts anew.
    return;
  end if;
  return query
  with size as materialized (select days from (values (1), (7), (30)) as size (days)),
  kept as (
    select days, domain_id, max(domain_name) as domain_name, sum(current) as current, sum(previous) as previous
    from (
      select t.days, t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous
      from private.trend_tally t
      union all
      select size.days, c.domain_id, null, c.current_mentions, c.previous_mentions
      from size cross join lateral private.trend_changes(stored_at, stored_at, size.days) c
    ) each_part
    group by days, domain_id having sum(current) <> 0 or sum(previous) <> 0
  ),
  counted as (
    select size.days, m.domain_id,
           count(*) filter (where m.discovered_at >= stored_at - make_interval(days => size.days)) as current,
           count(*) filter (where m.discovered_at < stored_at - make_interval(days => size.days)) as previous
    from size
    join public.domain_mention m
      on m.tier = 'shown' and m.discovered_at >= stored_at - make_interval(days => 2 * size.days)
    group by 1, 2
  )
  select days, coalesce(d.domain_name, kept.domain_name, domain_id::text),
         format('%s after %s', coalesce(kept.current, 0), coalesce(kept.previous, 0)),
         format('%s after %s', coalesce(counted.current, 0), coalesce(counted.previous, 0))
  from kept full join counted using (days, domain_id)
  left join public.domain d on d.id = domain_id
  where coalesce(kept.current, 0) <> coalesce(counted.current, 0)
     or coalesce(kept.previous, 0) <> coalesce(counted.previous, 0)
     or kept.domain_name <> d.domain_name;
end
$$;
comment on function private.trend_differences() is
  'Where private.trend_tally with private.mention_change says something else than the mentions do, in one snapshot.';

-- Only names decide between domains with the same two counts, and few pairs of counts there are: the figures are
-- computed once a pair, and names looked up from the best pair on until enough domains are found.
create function private.counted_trends(days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = ''
as $$
#variable_conflict use_column
declare
  middle timestamptz;
  oldest timestamptz;
begin
  if days_back is null or days_back not between 1 and 3650 then
    raise exception 'days_back is %, but it must be from 1 to 3650', coalesce(days_back::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'Ask for 7 to compare this week with the last.';
  end if;
  middle := now() - make_interval(days => days_back);
  oldest := now() - make_interval(days => 2 * days_back);
  return query
  with counted as materialized (
    select
      m.domain_id,
      count(*) filter (where m.discovered_at >= middle) as current_mentions,
      count(*) filter (where m.discovered_at < middle) as previous_mentions
    from public.domain_mention m
    where m.tier = 'shown' and m.discovered_at >= oldest
    group by m.domain_id
  ),
  scored as (
    select
      current_mentions, previous_mentions, count(*) as domains,
      round((current_mentions - previous_mentions) / (previous_mentions + 1.0), 4) as growth_rate,
      round((current_mentions - previous_mentions) / sqrt(current_mentions + previous_mentions + 1.0), 4) as velocity
    from counted
    where current_mentions > 0
    group by current_mentions, previous_mentions
  ),
  ranked as (
    select
      current_mentions, previous_mentions, growth_rate, velocity,
      sum(domains) over (order by velocity desc, current_mentions desc)
        - sum(domains) over (partition by velocity, current_mentions) as better_domains
    from scored
  )
  select d.id, d.domain_name, counted.current_mentions, counted.previous_mentions, ranked.growth_rate, ranked.velocity
  from ranked
  join counted using (current_mentions, previous_mentions)
  join public.domain d on d.id = counted.domain_id
  where most_domains is null or ranked.better_domains < most_domains
  order by ranked.velocity desc, counted.current_mentions desc, d.domain_name
  limit most_domains;
end
$$;
comment on function private.counted_trends(integer, bigint) is
  'The first most_domains rows of public.get_trending_domains, or all of them for null, counted from the mentions that the caller sees.';

create or replace function private.trending_domains(days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = '' set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
  stored_at timestamptz;
  changed uuid[];
  currents bigint[];
  previouses bigint[];
begin
  select m.as_of into stored_at
  from private.trend_moment m
  where days_back in (1, 7, 30) and abs(extract(epoch from now() - m.as_of)) < days_back * 86400 / 5;
  -- Where rows are hidden from the caller there is no moment to be seen either.
  if stored_at is null then
    return query select * from private.counted_trends(days_back, most_domains);
    return;
  end if;
  select coalesce(array_agg(c.domain_id), '{}'), array_agg(c.current_mentions), array_agg(c.previous_mentions)
  into changed, currents, previouses
  from private.trend_changes(stored_at, now(), days_back) c;
  return query
  select domain_id, domain_name, current, previous, round((current - previous) / (previous + 1.0), 4), velocity
  from (
    (
      select t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous,
             t.velocity_score as velocity
      from private.trend_tally t
      where t.days = days_back and t.current_mentions > 0 and t.domain_id <> all (changed)
      order by t.velocity_score desc, t.current_mentions desc, t.domain_name
      limit most_domains
    )
    union all
    select c.domain_id, d.domain_name, sums.current, sums.previous,
           round((sums.current - sums.previous) / sqrt(sums.current + sums.previous + 1.0), 4)
    from unnest(changed, currents, previouses) as c (domain_id, current, previous)
    left join private.trend_tally t on t.days = days_back and t.domain_id = c.domain_id
    cross join lateral (
      select coalesce(t.current_mentions, 0) + c.current as current,
             coalesce(t.previous_mentions, 0) + c.previous as previous
    ) sums
    join public.domain d on d.id = c.domain_id
    where sums.current > 0
  ) each_domain
  order by velocity desc, current desc, domain_name
  limit most_domains;
end
$$;

revoke all on private.trend_moment, private.trend_tally, private.mention_change
  from public, anon, authenticated, service_role;
grant select, insert, update, delete on private.trend_moment, private.trend_tally, private.mention_change to service_role;
grant select on private.trend_moment, private.trend_tally, private.mention_change to authenticated;
alter table private.trend_moment enable row level security;
alter table private.trend_tally enable row level security;
alter table private.mention_change enable row level security;
create policy trend_moment_read on private.trend_moment for select to authenticated
  using ((select private.sees_every_row()));
comment on policy trend_moment_read on private.trend_moment is 'Totals are for those who see every row that they count.';
create policy trend_moment_write on private.trend_moment for all to service_role using (true) with check (true);
comment on policy trend_moment_write on private.trend_moment is 'The worker counts.';
create policy trend_tally_read on private.trend_tally for select to authenticated
  using ((select private.sees_every_row()));
comment on policy trend_tally_read on private.trend_tally is 'Totals are for those who see every row that they count.';
create policy trend_tally_write on private.trend_tally for all to service_role using (true) with check (true);
comment on policy trend_tally_write on private.trend_tally is 'The worker counts.';
create policy mention_change_read on private.mention_change for select to authenticated
  using ((select private.sees_every_row()));
comment on policy mention_change_read on private.mention_change is 'Totals are for those who see every row that they count.';
create policy mention_change_write on private.mention_change for all to service_role using (true) with check (true);
comment on policy mention_change_write on private.mention_change is 'The worker counts.';
revoke all on function private.trend_changes(timestamptz, timestamptz, integer), private.renew_trends(boolean),
  private.note_mention_changes(), private.trend_differences(), private.counted_trends(integer, bigint)
  from public, anon, authenticated;
grant execute on function private.trend_changes(timestamptz, timestamptz, integer),
  private.counted_trends(integer, bigint) to authenticated, service_role;
grant execute on function private.renew_trends(boolean), private.trend_differences() to service_role;

create trigger domain_mention_note_insert after insert on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.note_mention_changes();
comment on trigger domain_mention_note_insert on public.domain_mention is 'Keeps the trends.';
create trigger domain_mention_note_update after update on public.domain_mention
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.note_mention_changes();
comment on trigger domain_mention_note_update on public.domain_mention is 'Keeps the trends.';
create trigger domain_mention_note_delete after delete on public.domain_mention
  referencing old table as changed_from
  for each statement execute function private.note_mention_changes();
comment on trigger domain_mention_note_delete on public.domain_mention is 'Keeps the trends.';

-- Rollback:
-- drop trigger domain_mention_note_delete on public.domain_mention;
-- drop trigger domain_mention_note_update on public.domain_mention;
-- drop trigger domain_mention_note_insert on public.domain_mention;
-- create or replace function private.trending_domains(days_back integer, most_domains bigint)
-- returns table (
--   domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
--   growth_rate numeric, velocity_score numeric
-- )
-- language plpgsql stable parallel safe set search_path = ''
-- as $$
-- #variable_conflict use_column
-- declare
--   middle timestamptz;
--   oldest timestamptz;
-- begin
--   if days_back is null or days_back not between 1 and 3650 then
--     raise exception 'days_back is %, but it must be from 1 to 3650', coalesce(days_back::text, 'null')
--       using errcode = 'invalid_parameter_value', hint = 'Ask for 7 to compare this week with the last.';
--   end if;
--   middle := now() - make_interval(days => days_back);
--   oldest := now() - make_interval(days => 2 * days_back);
--   return query
--   with counted as materialized (
--     select
--       m.domain_id,
--       count(*) filter (where m.discovered_at >= middle) as current_mentions,
--       count(*) filter (where m.discovered_at < middle) as previous_mentions
--     from public.domain_mention m
--     where m.tier = 'shown' and m.discovered_at >= oldest
--     group by m.domain_id
--   ),
--   scored as (
--     select
--       current_mentions, previous_mentions, count(*) as domains,
--       round((current_mentions - previous_mentions) / (previous_mentions + 1.0), 4) as growth_rate,
--       round((current_mentions - previous_mentions) / sqrt(current_mentions + previous_mentions + 1.0), 4) as velocity
--     from counted
--     where current_mentions > 0
--     group by current_mentions, previous_mentions
--   ),
--   ranked as (
--     select
--       current_mentions, previous_mentions, growth_rate, velocity,
--       sum(domains) over (order by velocity desc, current_mentions desc)
--         - sum(domains) over (partition by velocity, current_mentions) as better_domains
--     from scored
--   )
--   select d.id, d.domain_name, counted.current_mentions, counted.previous_mentions, ranked.growth_rate, ranked.velocity
--   from ranked
--   join counted using (current_mentions, previous_mentions)
--   join public.domain d on d.id = counted.domain_id
--   where most_domains is null or ranked.better_domains < most_domains
--   order by ranked.velocity desc, counted.current_mentions desc, d.domain_name
--   limit most_domains;
-- end
-- $$;
-- comment on function private.trending_domains(integer, bigint) is
--   'The first most_domains rows of public.get_trending_domains, or all of them for null.';
-- drop function private.counted_trends(integer, bigint), private.trend_differences(), private.note_mention_changes(),
--   private.renew_trends(boolean), private.trend_changes(timestamptz, timestamptz, integer);
-- drop table private.mention_change, private.trend_tally, private.trend_moment;
