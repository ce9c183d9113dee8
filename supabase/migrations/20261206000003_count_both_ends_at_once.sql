-- An analyst pays for each table of totals that a question names: whether the caller sees every row is looked up for
-- each. So both ends of a period are counted by the same statements, and the look-up itself reads the policies once.

-- A constant is written out without its table: to look up the names of all columns took most of the time. What is no
-- constant is never `true`, nor is what a later server may store in another way; then rows are counted.
create or replace function private.sees_every_row() returns boolean
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  guarded constant integer := pg_catalog.row_security_active('public.video')::integer
    + pg_catalog.row_security_active('public.comment')::integer
    + pg_catalog.row_security_active('public.domain')::integer
    + pg_catalog.row_security_active('public.domain_mention')::integer;
begin
  if guarded = 0 then
    return true;
  end if;
  return (
    select count(distinct p.polrelid) filter (where p.polpermissive) = guarded
      and bool_and(case when p.polqual::text like '{CONST %' then pg_catalog.pg_get_expr(p.polqual, 0) = 'true'
                        else false end)
    from pg_catalog.pg_policy p
    where p.polrelid = any (
        array['public.video', 'public.comment', 'public.domain', 'public.domain_mention']::regclass[])
      and pg_catalog.row_security_active(p.polrelid) and p.polcmd in ('r', '*')
      -- One role, as a rule: to unnest it costs more than to ask.
      and (p.polroles[1] = 0 or pg_catalog.pg_has_role(p.polroles[1], 'usage')
           or cardinality(p.polroles) > 1
             and exists (select from unnest(p.polroles) as role (oid) where pg_catalog.pg_has_role(role.oid, 'usage')))
  );
end
$$;

-- Where a policy is compared with a column that an index leads to, the answer says where the index is entered; by itself
-- it was asked again at each row. Null, for those who do not see every row, is before and after nothing.
alter policy day_tally_read on private.day_tally
  using (day >= (select case when private.sees_every_row() then '-infinity'::date end));
alter policy mention_tally_read on private.mention_tally
  using (last_seen_at >= (select case when private.sees_every_row() then '-infinity'::timestamptz end));

-- Few rows are counted beside those that are kept, and each table has one index for it, so that one plan suits every
-- period: to plan anew took longer than to count.
drop function private.rows_before(text[], timestamptz);
create function private.period_rows(
  kinds text[], start_date timestamptz, end_date timestamptz, out total bigint[], out within bigint[]
)
language plpgsql stable parallel safe
set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  moments constant timestamptz[] := array[start_date, end_date];
  midnights timestamptz[];
  first_day date;
  last_day date;
  -- Rows of each kind on whole days: before the period, and within it.
  wholes bigint[];
  -- What is to be added to them for the part of a day, of each kind: at the start, and at the end.
  rests bigint[];
begin
  -- From all others the policies of the totals hide them.
  if (not pg_catalog.row_security_active('private.day_tally') or pg_catalog.pg_has_role('service_role', 'usage'))
     and not private.sees_every_row() then
    return;
  end if;
  for place in 1 .. 2 loop
    declare
      moment constant timestamptz := moments[place];
      earlier constant timestamptz := date_trunc('day', moment, 'UTC');
      later constant timestamptz := earlier + interval '24 hours';
    begin
      -- Nothing lies behind the next hour, so that of a day which is not over the rest is the shorter side, as a rule.
      midnights[place] := case
        when moment - earlier <= least(later, now() + interval '1 hour') - moment then earlier else later end;
    end;
  end loop;
  first_day := midnights[1] at time zone 'UTC';
  last_day := midnights[2] at time zone 'UTC';
  select array_agg(
    (select sum(t.row_count) from private.day_tally t
     where t.kind = asked.kind and t.day >= part.since and t.day < part.until)::bigint
    order by part.place, asked.place)
  into wholes
  from unnest(array['-infinity', first_day], array[first_day, last_day]) with ordinality as part (since, until, place)
  cross join unnest(kinds) with ordinality as asked (kind, place);
  if num_nonnulls(variadic wholes) = 0 then
    return;
  end if;
  select array_agg(
    case when part.moment > part.midnight then 1 else -1 end * case asked.kind
      when 'video' then
        (select count(*) from public.video v where v.discovered_at >= part.since and v.discovered_at < part.until)
      when 'comment' then
        (select count(*) from public.comment c where c.discovered_at >= part.since and c.discovered_at < part.until)
      when 'mention' then
        (select count(*) from public.domain_mention m
         where m.tier = 'shown' and m.discovered_at >= part.since and m.discovered_at < part.until)
      when 'domain first' then
        (select count(*) from public.domain d where d.first_seen_at >= part.since and d.first_seen_at < part.until)
      when 'domain last' then
        (select count(*) from public.domain d where d.last_seen_at >= part.since and d.last_seen_at < part.until)
      -- video last, pair last
      else
        (select count(*) from private.mention_tally t
         where t.kind <> 'commenter' and t.kind = split_part(asked.kind, ' ', 1)
           and t.last_seen_at >= part.since and t.last_seen_at < part.until)
    end order by part.place, asked.place)
  into rests
  from (
    select e.moment, e.midnight, least(e.moment, e.midnight) as since, greatest(e.moment, e.midnight) as until, e.place
    from unnest(moments, midnights) with ordinality as e (moment, midnight, place)
  ) part
  cross join unnest(kinds) with ordinality as asked (kind, place);
  for place in 1 .. cardinality(kinds) loop
    within[place] := coalesce(wholes[cardinality(kinds) + place], 0) + rests[cardinality(kinds) + place] - rests[place];
    total[place] := coalesce(wholes[place], 0) + rests[place] + within[place];
  end loop;
end
$$;
comment on function private.period_rows(text[], timestamptz, timestamptz) is
  'How many rows of each of these kinds of private.day_tally have their time before the end of a period, and how many within it, half open, in the order of the kinds; null where the totals are hidden from the caller, or none is kept.';
revoke all on function private.period_rows(text[], timestamptz, timestamptz) from public, anon, authenticated;
grant execute on function private.period_rows(text[], timestamptz, timestamptz) to authenticated, service_role;

create or replace function private.period_counts(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint
)
language plpgsql stable parallel safe set search_path = ''
as $$
declare
  kinds constant text[] := array['domain first', 'video', 'comment', 'mention'];
  total bigint[];
  within bigint[];
begin
  if start_date <= end_date and isfinite(start_date) and isfinite(end_date) then
    select p.total, p.within into total, within from private.period_rows(kinds, start_date, end_date) p;
  end if;
  if total is null then
    return query
      select c.total_domains, c.new_domains, c.total_videos, c.new_videos, c.total_comments, c.new_comments,
             c.total_mentions, c.new_mentions
      from private.counted_stats(start_date, end_date) c;
    return;
  end if;
  total_domains := total[1];
  total_videos := total[2];
  total_comments := total[3];
  total_mentions := total[4];
  new_domains := within[1];
  new_videos := within[2];
  new_comments := within[3];
  new_mentions := within[4];
  return next;
end
$$;

create or replace function public.get_dashboard_stats(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint,
  avg_domains_per_video numeric, avg_mentions_per_domain numeric
)
language plpgsql stable parallel safe set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  kinds constant text[] := array['domain first', 'video', 'comment', 'mention', 'pair last', 'video last', 'domain last'];
  total bigint[];
  within bigint[];
begin
  -- Nothing comes after the end, as a rule: then what was last mentioned before the start is all that is not in the
  -- period. The newest is asked for, because a plan for any end would expect many after it and read the whole table.
  if start_date <= end_date and isfinite(start_date) and isfinite(end_date)
     and (select max(m.discovered_at) from public.domain_mention m where m.tier = 'shown') < end_date
     and not exists (select from public.domain d where d.video_count is null) then
    select p.total, p.within into total, within from private.period_rows(kinds, start_date, end_date) p;
  end if;
  if total is null then
    return query
      select c.*, s.avg_domains_per_video, s.avg_mentions_per_domain
      from private.period_counts(start_date, end_date) c
      cross join private.counted_averages(start_date, end_date) s;
    return;
  end if;
  total_domains := total[1];
  total_videos := total[2];
  total_comments := total[3];
  total_mentions := total[4];
  new_domains := within[1];
  new_videos := within[2];
  new_comments := within[3];
  new_mentions := within[4];
  avg_domains_per_video := coalesce(round(within[5]::numeric / nullif(within[6], 0), 2), 0);
  avg_mentions_per_domain := coalesce(round(new_mentions::numeric / nullif(within[7], 0), 2), 0);
  return next;
end
$$;

-- Rollback:
-- create or replace function public.get_dashboard_stats(start_date timestamptz, end_date timestamptz)
-- returns table (
--   total_domains bigint, new_domains bigint,
--   total_videos bigint, new_videos bigint,
--   total_comments bigint, new_comments bigint,
--   total_mentions bigint, new_mentions bigint,
--   avg_domains_per_video numeric, avg_mentions_per_domain numeric
-- )
-- language plpgsql stable parallel safe set search_path = '' set plan_cache_mode = force_generic_plan
-- as $$
-- declare
--   kinds constant text[] := array['domain first', 'video', 'comment', 'mention', 'pair last', 'video last', 'domain last'];
--   upto bigint[];
--   before bigint[];
-- begin
--   -- Nothing comes after the end, as a rule: then what was last mentioned before the start is all that is not in the
--   -- period. The newest is asked for, because a plan for any end would expect many after it and read the whole table.
--   if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
--      or not private.sees_every_row()
--      or (select max(m.discovered_at) from public.domain_mention m where m.tier = 'shown') >= end_date
--      or exists (select from public.domain d where d.video_count is null) then
--     return query
--       select c.*, s.avg_domains_per_video, s.avg_mentions_per_domain
--       from private.period_counts(start_date, end_date) c
--       cross join private.counted_averages(start_date, end_date) s;
--     return;
--   end if;
--   upto := private.rows_before(kinds, end_date);
--   before := private.rows_before(kinds, start_date);
--   total_domains := upto[1];
--   total_videos := upto[2];
--   total_comments := upto[3];
--   total_mentions := upto[4];
--   new_domains := upto[1] - before[1];
--   new_videos := upto[2] - before[2];
--   new_comments := upto[3] - before[3];
--   new_mentions := upto[4] - before[4];
--   avg_domains_per_video := coalesce(round((upto[5] - before[5])::numeric / nullif(upto[6] - before[6], 0), 2), 0);
--   avg_mentions_per_domain := coalesce(round(new_mentions::numeric / nullif(upto[7] - before[7], 0), 2), 0);
--   return next;
-- end
-- $$;
-- create or replace function private.period_counts(start_date timestamptz, end_date timestamptz)
-- returns table (
--   total_domains bigint, new_domains bigint,
--   total_videos bigint, new_videos bigint,
--   total_comments bigint, new_comments bigint,
--   total_mentions bigint, new_mentions bigint
-- )
-- language plpgsql stable parallel safe set search_path = ''
-- as $$
-- declare
--   kinds constant text[] := array['domain first', 'video', 'comment', 'mention'];
--   upto bigint[];
--   before bigint[];
-- begin
--   if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
--      or not private.sees_every_row() then
--     return query
--       select c.total_domains, c.new_domains, c.total_videos, c.new_videos, c.total_comments, c.new_comments,
--              c.total_mentions, c.new_mentions
--       from private.counted_stats(start_date, end_date) c;
--     return;
--   end if;
--   upto := private.rows_before(kinds, end_date);
--   before := private.rows_before(kinds, start_date);
--   total_domains := upto[1];
--   total_videos := upto[2];
--   total_comments := upto[3];
--   total_mentions := upto[4];
--   new_domains := upto[1] - before[1];
--   new_videos := upto[2] - before[2];
--   new_comments := upto[3] - before[3];
--   new_mentions := upto[4] - before[4];
--   return next;
-- end
-- $$;
-- alter policy mention_tally_read on private.mention_tally using ((select private.sees_every_row()));
-- alter policy day_tally_read on private.day_tally using ((select private.sees_every_row()));
-- drop function private.period_rows(text[], timestamptz, timestamptz);
-- create function private.rows_before(kinds text[], moment timestamptz) returns bigint[]
-- language plpgsql stable parallel safe
-- set search_path = '' set plan_cache_mode = force_generic_plan
-- set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
-- as $$
-- declare
--   earlier timestamptz := date_trunc('day', moment, 'UTC');
--   later timestamptz := earlier + interval '24 hours';
--   -- Nothing lies behind the next hour, so that of a day which is not over the rest is the shorter side, as a rule.
--   midnight timestamptz := case
--     when moment - earlier <= least(later, now() + interval '1 hour') - moment then earlier else later end;
--   since timestamptz := least(midnight, moment);
--   until timestamptz := greatest(midnight, moment);
--   found bigint[];
--   rest bigint;
--   videos bigint;
--   pairs bigint;
-- begin
--   select array_agg(coalesce(whole.n, 0) order by asked.place) into found
--   from unnest(kinds) with ordinality as asked (kind, place)
--   left join (
--     select t.kind, sum(t.row_count)::bigint as n
--     from private.day_tally t
--     where t.kind = any (kinds) and t.day < (midnight at time zone 'UTC')::date
--     group by t.kind
--   ) whole using (kind);
--   if kinds && array['video last', 'pair last'] then
--     select count(*) filter (where t.kind = 'video'), count(*) filter (where t.kind = 'pair') into videos, pairs
--     from private.mention_tally t
--     where t.kind in ('video', 'pair') and t.last_seen_at >= since and t.last_seen_at < until;
--   end if;
--   for place in 1 .. cardinality(kinds) loop
--     case kinds[place]
--       when 'video' then
--         select count(*) into rest from public.video v where v.discovered_at >= since and v.discovered_at < until;
--       when 'comment' then
--         select count(*) into rest from public.comment c where c.discovered_at >= since and c.discovered_at < until;
--       when 'mention' then
--         select count(*) into rest from public.domain_mention m
--         where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until;
--       when 'domain first' then
--         select count(*) into rest from public.domain d where d.first_seen_at >= since and d.first_seen_at < until;
--       when 'domain last' then
--         select count(*) into rest from public.domain d where d.last_seen_at >= since and d.last_seen_at < until;
--       when 'video last' then
--         rest := videos;
--       when 'pair last' then
--         rest := pairs;
--     end case;
--     found[place] := found[place] + case when moment > midnight then rest else -rest end;
--   end loop;
--   return found;
-- end
-- $$;
-- comment on function private.rows_before(text[], timestamptz) is
--   'How many rows of each of these kinds of private.day_tally have their time before a moment, in the order of the kinds.';
-- revoke all on function private.rows_before(text[], timestamptz) from public, anon, authenticated;
-- grant execute on function private.rows_before(text[], timestamptz) to authenticated, service_role;
-- create or replace function private.sees_every_row() returns boolean
-- language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
-- as $$
-- begin
--   return not exists (
--     select from unnest(array['public.video', 'public.comment', 'public.domain', 'public.domain_mention']::regclass[])
--       as counted (oid)
--     where pg_catalog.row_security_active(counted.oid)
--       and (
--         select bool_or(p.polpermissive) and bool_and(pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true')
--         from pg_catalog.pg_policy p
--         where p.polrelid = counted.oid and p.polcmd in ('r', '*')
--           and exists (select from unnest(p.polroles) as role (oid)
--                       where role.oid = 0 or pg_catalog.pg_has_role(role.oid, 'usage'))
--       ) is not true
--   );
-- end
-- $$;
