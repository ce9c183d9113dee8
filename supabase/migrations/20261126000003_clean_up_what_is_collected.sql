-- Retention knows creators, ads and sightings: they go when they are too old, and a domain that was seen anywhere is
-- no orphan. A video that is still harvested stays, and so do its comments that were met again within the days, and
-- ads that are still listed: else the next visit would bring all of it back as new.

drop function private.cleanup_batch(timestamptz, integer);
create function private.cleanup_batch(oldest timestamptz, most_rows integer)
returns table (
  mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint,
  creators_deleted bigint, ads_deleted bigint
)
language plpgsql set search_path = ''
as $$
begin
  if oldest is null or most_rows is null or most_rows < 1 then
    raise exception 'cleanup_batch needs a time and a number of rows from 1 on'
      using errcode = 'invalid_parameter_value';
  end if;
  -- Importers hold this lock shared: between finding a video or domain in place and writing what belongs to
  -- it, nobody deletes it. The two numbers stand in store/queries/ingest.sql as well.
  perform pg_catalog.pg_advisory_xact_lock(1212240470, 1);

  with doomed as (
    select m.id
    from public.domain_mention m
    where m.discovered_at < oldest
      and not exists (
        select from public.comment c join public.harvest h on h.video_id = c.video_id
        where c.id = m.comment_id and c.observed_at >= oldest and h.due_at is not null)
      and not exists (select from public.domain d where d.id = m.domain_id and private.is_reviewed(d))
    order by m.discovered_at
    limit most_rows
  )
  delete from public.domain_mention m using doomed where m.id = doomed.id;
  get diagnostics mentions_deleted = row_count;

  with doomed as (
    select c.id
    from public.comment c
    where c.discovered_at < oldest
      and not exists (select from public.domain_mention m where m.comment_id = c.id)
      and not exists (select from public.comment reply where reply.parent_comment_id = c.id)
      and not exists (
        select from public.harvest h
        where h.video_id = c.video_id and c.observed_at >= oldest and h.due_at is not null)
    order by c.discovered_at
    limit most_rows
  )
  delete from public.comment c using doomed where c.id = doomed.id;
  get diagnostics comments_deleted = row_count;

  with doomed as (
    select v.id
    from public.video v
    where v.discovered_at < oldest
      and not exists (select from public.comment c where c.video_id = v.id)
      and not exists (select from public.harvest h where h.video_id = v.id and h.due_at is not null)
      and not exists (
        select from public.sighting s join public.domain d on d.id = s.domain_id
        where s.video_id = v.id and private.is_reviewed(d))
    order by v.discovered_at
    limit most_rows
  )
  delete from public.video v using doomed where v.id = doomed.id;
  get diagnostics videos_deleted = row_count;

  -- Sightings go with what they stand in.
  with doomed as (
    select k.id
    from public.creator k
    where k.discovered_at < oldest
      and not exists (select from public.video v where v.username = k.username)
      and not exists (
        select from public.sighting s join public.domain d on d.id = s.domain_id
        where s.creator_id = k.id and private.is_reviewed(d))
    order by k.discovered_at
    limit most_rows
  )
  delete from public.creator k using doomed where k.id = doomed.id;
  get diagnostics creators_deleted = row_count;

  with doomed as (
    select a.id
    from public.ad a
    where a.discovered_at < oldest and a.observed_at < oldest
      and not exists (
        select from public.sighting s join public.domain d on d.id = s.domain_id
        where s.ad_id = a.id and private.is_reviewed(d))
    order by a.discovered_at
    limit most_rows
  )
  delete from public.ad a using doomed where a.id = doomed.id;
  get diagnostics ads_deleted = row_count;

  -- All domains are looked through for this, so it waits until the rest is done.
  domains_deleted := 0;
  if greatest(mentions_deleted, comments_deleted, videos_deleted, creators_deleted, ads_deleted) < most_rows then
    with doomed as (
      select d.id
      from public.domain d
      where d.mention_count = 0 and not private.is_reviewed(d)
        and not exists (select from public.domain_mention m where m.domain_id = d.id)
        and not exists (select from public.sighting s where s.domain_id = d.id)
      limit most_rows
    )
    delete from public.domain d using doomed where d.id = doomed.id;
    get diagnostics domains_deleted = row_count;
  end if;
  return next;
end
$$;
comment on function private.cleanup_batch(timestamptz, integer) is
  'Deletes at most most_rows mentions, comments, videos, creators, ads and orphaned domains that were discovered before oldest, in this order; once all counts are 0 nothing is left to delete. Keeps domains with a verdict or a note with their evidence, comments that have replies, videos that are still harvested with those of their comments that were observed since oldest, ads that were, and creators whose videos are stored. Sightings go with what they stand in.';

create or replace function public.cleanup_old_data(days_to_keep integer)
returns table (
  mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint
)
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
  batch record;
begin
  if days_to_keep is null or days_to_keep not between 1 and 36500 then
    raise exception 'days_to_keep is %, but it must be from 1 to 36500', coalesce(days_to_keep::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'Ask for 365 to keep a year.';
  end if;
  mentions_deleted := 0;
  comments_deleted := 0;
  videos_deleted := 0;
  domains_deleted := 0;
  loop
    select * into batch from private.cleanup_batch(now() - make_interval(days => days_to_keep), 10000);
    exit when batch.mentions_deleted + batch.comments_deleted + batch.videos_deleted + batch.domains_deleted
              + batch.creators_deleted + batch.ads_deleted = 0;
    mentions_deleted := mentions_deleted + batch.mentions_deleted;
    comments_deleted := comments_deleted + batch.comments_deleted;
    videos_deleted := videos_deleted + batch.videos_deleted;
    domains_deleted := domains_deleted + batch.domains_deleted;
  end loop;
  return next;
end
$$;
comment on function public.cleanup_old_data(integer) is
  'Deletes what was discovered more than days_to_keep days ago, all in one transaction: mentions, then comments, videos without any, creators without videos, ads, and domains left without a mention or sighting. Keeps domains with a verdict or a note with their evidence, comments that have replies, videos that are still harvested with those of their comments that were observed within the days, and ads that were. For much old data take private.cleanup_batch, a transaction a batch.';

revoke all on function private.cleanup_batch(timestamptz, integer) from public, anon, authenticated;
grant execute on function private.cleanup_batch(timestamptz, integer) to service_role;

-- Rollback:
-- drop function private.cleanup_batch(timestamptz, integer);
-- create function private.cleanup_batch(oldest timestamptz, most_rows integer)
-- returns table (mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint)
-- language plpgsql set search_path = ''
-- as $$
-- begin
--   if oldest is null or most_rows is null or most_rows < 1 then
--     raise exception 'cleanup_batch needs a time and a number of rows from 1 on'
--       using errcode = 'invalid_parameter_value';
--   end if;
--   -- Importers hold this lock shared: between finding a video or domain in place and writing what belongs to
--   -- it, nobody deletes it. The two numbers stand in store/queries/ingest.sql as well.
--   perform pg_catalog.pg_advisory_xact_lock(1212240470, 1);
--
--   with doomed as (
--     select m.id
--     from public.domain_mention m
--     where m.discovered_at < oldest
--       and not exists (select from public.domain d where d.id = m.domain_id and private.is_reviewed(d))
--     order by m.discovered_at
--     limit most_rows
--   )
--   delete from public.domain_mention m using doomed where m.id = doomed.id;
--   get diagnostics mentions_deleted = row_count;
--
--   with doomed as (
--     select c.id
--     from public.comment c
--     where c.discovered_at < oldest
--       and not exists (select from public.domain_mention m where m.comment_id = c.id)
--       and not exists (select from public.comment reply where reply.parent_comment_id = c.id)
--     order by c.discovered_at
--     limit most_rows
--   )
--   delete from public.comment c using doomed where c.id = doomed.id;
--   get diagnostics comments_deleted = row_count;
--
--   with doomed as (
--     select v.id
--     from public.video v
--     where v.discovered_at < oldest
--       and not exists (select from public.comment c where c.video_id = v.id)
--     order by v.discovered_at
--     limit most_rows
--   )
--   delete from public.video v using doomed where v.id = doomed.id;
--   get diagnostics videos_deleted = row_count;
--
--   -- All domains are looked through for this, so it waits until the rest is done.
--   domains_deleted := 0;
--   if greatest(mentions_deleted, comments_deleted, videos_deleted) < most_rows then
--     with doomed as (
--       select d.id
--       from public.domain d
--       where d.mention_count = 0 and not private.is_reviewed(d)
--         and not exists (select from public.domain_mention m where m.domain_id = d.id)
--       limit most_rows
--     )
--     delete from public.domain d using doomed where d.id = doomed.id;
--     get diagnostics domains_deleted = row_count;
--   end if;
--   return next;
-- end
-- $$;
-- comment on function private.cleanup_batch(timestamptz, integer) is
--   'Deletes at most most_rows mentions, comments, videos and orphaned domains that were discovered before oldest, in this order; once all four counts are 0 nothing is left to delete. Keeps domains with a verdict or a note with their evidence, and comments that have replies.';
--
-- create or replace function public.cleanup_old_data(days_to_keep integer)
-- returns table (
--   mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint
-- )
-- language plpgsql set search_path = ''
-- as $$
-- #variable_conflict use_column
-- declare
--   batch record;
-- begin
--   if days_to_keep is null or days_to_keep not between 1 and 36500 then
--     raise exception 'days_to_keep is %, but it must be from 1 to 36500', coalesce(days_to_keep::text, 'null')
--       using errcode = 'invalid_parameter_value', hint = 'Ask for 365 to keep a year.';
--   end if;
--   mentions_deleted := 0;
--   comments_deleted := 0;
--   videos_deleted := 0;
--   domains_deleted := 0;
--   loop
--     select * into batch from private.cleanup_batch(now() - make_interval(days => days_to_keep), 10000);
--     exit when batch.mentions_deleted + batch.comments_deleted + batch.videos_deleted + batch.domains_deleted = 0;
--     mentions_deleted := mentions_deleted + batch.mentions_deleted;
--     comments_deleted := comments_deleted + batch.comments_deleted;
--     videos_deleted := videos_deleted + batch.videos_deleted;
--     domains_deleted := domains_deleted + batch.domains_deleted;
--   end loop;
--   return next;
-- end
-- $$;
-- comment on function public.cleanup_old_data(integer) is
--   'Deletes what was discovered more than days_to_keep days ago, all in one transaction: mentions, then comments, videos without any, and domains left without a mention. Keeps domains with a verdict or a note with their evidence, and comments that have replies. For much old data take private.cleanup_batch, a transaction a batch.';
--
-- revoke all on function private.cleanup_batch(timestamptz, integer) from public, anon, authenticated;
-- grant execute on function private.cleanup_batch(timestamptz, integer) to service_role;
