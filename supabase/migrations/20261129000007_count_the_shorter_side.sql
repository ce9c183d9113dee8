-- Figures that end now counted all rows since midnight, though hardly any lie behind now: beside an import that is the
-- greater part of the work.

create or replace function private.rows_before(kind text, moment timestamptz) returns bigint
language plpgsql stable parallel safe
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  earlier timestamptz := date_trunc('day', moment, 'UTC');
  later timestamptz := earlier + interval '24 hours';
  -- Nothing lies behind the next hour, so that of a day which is not over the rest is the shorter side, as a rule.
  midnight timestamptz := case
    when moment - earlier <= least(later, now() + interval '1 hour') - moment then earlier else later end;
  since timestamptz := least(midnight, moment);
  until timestamptz := greatest(midnight, moment);
  whole bigint;
  rest bigint;
begin
  select coalesce(sum(t.row_count), 0) into whole
  from private.day_tally t
  where t.kind = rows_before.kind and t.day < (midnight at time zone 'UTC')::date;
  case kind
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
    -- By the key of its row in the tally: any other way reads all mentions of a domain or video that has many.
    when 'video last' then
      select count(*) into rest
      from (
        select distinct m.video_id from public.domain_mention m
        where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
      ) video
      where (select t.last_seen_at from private.mention_tally t
             where t.id = private.tally_id('video', video.video_id, '')) < until;
    when 'pair last' then
      select count(*) into rest
      from (
        select distinct m.domain_id, m.video_id from public.domain_mention m
        where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
      ) pair
      where (select t.last_seen_at from private.mention_tally t
             where t.id = private.tally_id('pair', pair.domain_id, pair.video_id::text)) < until;
  end case;
  return whole + case when moment > midnight then rest else -rest end;
end
$$;

-- Rollback:
-- create or replace function private.rows_before(kind text, moment timestamptz) returns bigint
-- language plpgsql stable parallel safe
-- set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
-- as $$
-- declare
--   midnight timestamptz := date_trunc('day', moment + interval '12 hours', 'UTC');
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
