-- The figures of a period ask for all kinds of rows at once, so that who may see the totals is looked up once and not
-- for each kind. Videos and pairs of part of a day are counted in the index of the file before: to look up each that
-- was mentioned in that time took eight times as long with eight times the rows.

comment on index private.mention_tally_last_seen_at_idx is 'Videos and pairs last mentioned in part of a day, counted from the index alone.';

-- Asked for with each table that holds totals, and the plan is kept, even where the caller wants its own made anew: to
-- plan this took a third of the trends of a day.
create or replace function private.sees_every_row() returns boolean
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return not exists (
    select from unnest(array['public.video', 'public.comment', 'public.domain', 'public.domain_mention']::regclass[])
      as counted (oid)
    where pg_catalog.row_security_active(counted.oid)
      and (
        select bool_or(p.polpermissive) and bool_and(pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true')
        from pg_catalog.pg_policy p
        where p.polrelid = counted.oid and p.polcmd in ('r', '*')
          and exists (select from unnest(p.polroles) as role (oid)
                      where role.oid = 0 or pg_catalog.pg_has_role(role.oid, 'usage'))
      ) is not true
  );
end
$$;

-- Few rows are counted beside those that are kept, and each table has one index for it, so that one plan suits every
-- moment: to plan anew took longer than to count.
drop function private.rows_before(text, timestamptz);
create function private.rows_before(kinds text[], moment timestamptz) returns bigint[]
language plpgsql stable parallel safe
set search_path = '' set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  earlier timestamptz := date_trunc('day', moment, 'UTC');
  later timestamptz := earlier + interval '24 hours';
  -- Nothing lies behind the next hour, so that of a day which is not over the rest is the shorter side, as a rule.
  midnight timestamptz := case
    when moment - earlier <= least(later, now() + interval '1 hour') - moment then earlier else later end;
  since timestamptz := least(midnight, moment);
  until timestamptz := greatest(midnight, moment);
  found bigint[];
  rest bigint;
  videos bigint;
  pairs bigint;
begin
  select array_agg(coalesce(whole.n, 0) order by asked.place) into found
  from unnest(kinds) with ordinality as asked (kind, place)
  left join (
    select t.kind, sum(t.row_count)::bigint as n
    from private.day_tally t
    where t.kind = any (kinds) and t.day < (midnight at time zone 'UTC')::date
    group by t.kind
  ) whole using (kind);
  if kinds && array['video last', 'pair last'] then
    select count(*) filter (where t.kind = 'video'), count(*) filter (where t.kind = 'pair') into videos, pairs
    from private.mention_tally t
    where t.kind in ('video', 'pair') and t.last_seen_at >= since and t.last_seen_at < until;
  end if;
  for place in 1 .. cardinality(kinds) loop
    case kinds[place]
      when 'video' then
        select count(*) into rest from public.video v where v.discovered_at >= since and v.discovered_at < until;
      when 'comment' then
        select count(*) into rest from public.comment c where c.discovered_at >= since and c.discovered_at < until;
      when 'mention' then
        select count(*) into rest from public.domain_mention m
        where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until;
      when 'domain first' then
        select count(*) into rest from public.domain d where d.first_seen_at >= since and d.first_seen_at < until;
      when 'domain last' then
        select count(*) into rest from public.domain d where d.last_seen_at >= since and d.last_seen_at < until;
      when 'video last' then
        rest := videos;
      when 'pair last' then
        rest := pairs;
    end case;
    found[place] := found[place] + case when moment > midnight then rest else -rest end;
  end loop;
  return found;
end
$$;
comment on function private.rows_before(text[], timestamptz) is
  'How many rows of each of these kinds of private.day_tally have their time before a moment, in the order of the kinds.';
revoke all on function private.rows_before(text[], timestamptz) from public, anon, authenticated;
grant execute on function private.rows_before(text[], timestamptz) to authenticated, service_role;

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
  upto bigint[];
  before bigint[];
begin
  if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
     or not private.sees_every_row() then
    return query
      select c.total_domains, c.new_domains, c.total_videos, c.new_videos, c.total_comments, c.new_comments,
             c.total_mentions, c.new_mentions
      from private.counted_stats(start_date, end_date) c;
    return;
  end if;
  upto := private.rows_before(kinds, end_date);
  before := private.rows_before(kinds, start_date);
  total_domains := upto[1];
  total_videos := upto[2];
  total_comments := upto[3];
  total_mentions := upto[4];
  new_domains := upto[1] - before[1];
  new_videos := upto[2] - before[2];
  new_comments := upto[3] - before[3];
  new_mentions := upto[4] - before[4];
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
  upto bigint[];
  before bigint[];
begin
  -- Nothing comes after the end, as a rule: then what was last mentioned before the start is all that is not in the
  -- period. The newest is asked for, because a plan for any end would expect many after it and read the whole table.
  if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
     or not private.sees_every_row()
     or (select max(m.discovered_at) from public.domain_mention m where m.tier = 'shown') >= end_date
     or exists (select from public.domain d where d.video_count is null) then
    return query
      select c.*, s.avg_domains_per_video, s.avg_mentions_per_domain
      from private.period_counts(start_date, end_date) c
      cross join private.counted_averages(start_date, end_date) s;
    return;
  end if;
  upto := private.rows_before(kinds, end_date);
  before := private.rows_before(kinds, start_date);
  total_domains := upto[1];
  total_videos := upto[2];
  total_comments := upto[3];
  total_mentions := upto[4];
  new_domains := upto[1] - before[1];
  new_videos := upto[2] - before[2];
  new_comments := upto[3] - before[3];
  new_mentions := upto[4] - before[4];
  avg_domains_per_video := coalesce(round((upto[5] - before[5])::numeric / nullif(upto[6] - before[6], 0), 2), 0);
  avg_mentions_per_domain := coalesce(round(new_mentions::numeric / nullif(upto[7] - before[7], 0), 2), 0);
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
-- language plpgsql stable parallel safe set search_path = ''
-- as $$
-- declare
--   pairs bigint;
--   videos bigint;
--   domains bigint;
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
--   select c.* into strict total_domains, new_domains, total_videos, new_videos, total_comments, new_comments,
--     total_mentions, new_mentions
--   from private.period_counts(start_date, end_date) c;
--   select sum(t.row_count) filter (where t.kind = 'pair last'), sum(t.row_count) filter (where t.kind = 'video last'),
--          sum(t.row_count) filter (where t.kind = 'domain last')
--   into pairs, videos, domains
--   from private.day_tally t
--   where t.kind in ('pair last', 'video last', 'domain last');
--   pairs := pairs - private.rows_before('pair last', start_date);
--   videos := videos - private.rows_before('video last', start_date);
--   domains := domains - private.rows_before('domain last', start_date);
--   avg_domains_per_video := coalesce(round(pairs::numeric / nullif(videos, 0), 2), 0);
--   avg_mentions_per_domain := coalesce(round(new_mentions::numeric / nullif(domains, 0), 2), 0);
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
-- begin
--   if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
--      or not private.sees_every_row() then
--     return query
--       select c.total_domains, c.new_domains, c.total_videos, c.new_videos, c.total_comments, c.new_comments,
--              c.total_mentions, c.new_mentions
--       from private.counted_stats(start_date, end_date) c;
--     return;
--   end if;
--   total_domains := private.rows_before('domain first', end_date);
--   total_videos := private.rows_before('video', end_date);
--   total_comments := private.rows_before('comment', end_date);
--   total_mentions := private.rows_before('mention', end_date);
--   new_domains := total_domains - private.rows_before('domain first', start_date);
--   new_videos := total_videos - private.rows_before('video', start_date);
--   new_comments := total_comments - private.rows_before('comment', start_date);
--   new_mentions := total_mentions - private.rows_before('mention', start_date);
--   return next;
-- end
-- $$;
-- drop function private.rows_before(text[], timestamptz);
-- create function private.rows_before(kind text, moment timestamptz) returns bigint
-- language plpgsql stable parallel safe
-- set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
-- as $$
-- declare
--   earlier timestamptz := date_trunc('day', moment, 'UTC');
--   later timestamptz := earlier + interval '24 hours';
--   -- Nothing lies behind the next hour, so that of a day which is not over the rest is the shorter side, as a rule.
--   midnight timestamptz := case
--     when moment - earlier <= least(later, now() + interval '1 hour') - moment then earlier else later end;
--   since timestamptz := least(midnight, moment);
--   until timestamptz := greatest(midnight, moment);
--   whole bigint;
--   rest bigint;
-- begin
--   select coalesce(sum(t.row_count), 0) into whole
--   from private.day_tally t
--   where t.kind = rows_before.kind and t.day < (midnight at time zone 'UTC')::date;
--   case kind
--     when 'video' then
--       select count(*) into rest from public.video v where v.discovered_at >= since and v.discovered_at < until;
--     when 'comment' then
--       select count(*) into rest from public.comment c where c.discovered_at >= since and c.discovered_at < until;
--     when 'mention' then
--       select count(*) into rest from public.domain_mention m
--       where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until;
--     when 'domain first' then
--       select count(*) into rest from public.domain d where d.first_seen_at >= since and d.first_seen_at < until;
--     when 'domain last' then
--       select count(*) into rest from public.domain d where d.last_seen_at >= since and d.last_seen_at < until;
--     -- By the key of its row in the tally: any other way reads all mentions of a domain or video that has many.
--     when 'video last' then
--       select count(*) into rest
--       from (
--         select distinct m.video_id from public.domain_mention m
--         where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
--       ) video
--       where (select t.last_seen_at from private.mention_tally t
--              where t.id = private.tally_id('video', video.video_id, '')) < until;
--     when 'pair last' then
--       select count(*) into rest
--       from (
--         select distinct m.domain_id, m.video_id from public.domain_mention m
--         where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
--       ) pair
--       where (select t.last_seen_at from private.mention_tally t
--              where t.id = private.tally_id('pair', pair.domain_id, pair.video_id::text)) < until;
--   end case;
--   return whole + case when moment > midnight then rest else -rest end;
-- end
-- $$;
-- comment on function private.rows_before(text, timestamptz) is
--   'How many rows of a kind of private.day_tally have their time before a moment.';
-- revoke all on function private.rows_before(text, timestamptz) from public, anon, authenticated;
-- grant execute on function private.rows_before(text, timestamptz) to authenticated, service_role;
-- comment on index private.mention_tally_last_seen_at_idx is null;
-- create or replace function private.sees_every_row() returns boolean
-- language sql stable set search_path = ''
-- as $$
--   select coalesce(bool_and(
--     not pg_catalog.row_security_active(counted.oid)
--     or coalesce((
--       select bool_or(p.polpermissive) and bool_and(pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true')
--       from pg_catalog.pg_policy p
--       where p.polrelid = counted.oid and p.polcmd in ('r', '*')
--         and exists (select from unnest(p.polroles) as role (oid)
--                     where role.oid = 0 or pg_catalog.pg_has_role(role.oid, 'usage'))
--     ), false)
--   ), false)
--   from unnest(array['public.video', 'public.comment', 'public.domain', 'public.domain_mention']::regclass[])
--     as counted (oid)
-- $$;
