-- Retention in bounded steps: no statement deletes more than it is told, replies go before the comments they
-- answer, and an importer never loses a row that it has just found in place.

create function private.is_reviewed(domain public.domain) returns boolean
language sql immutable parallel safe set search_path = ''
as $$ select domain.is_suspicious or domain.is_verified or coalesce(domain.notes, '') <> '' $$;
comment on function private.is_reviewed(public.domain) is 'Whether a person has given a verdict on a domain or written a note.';

create function private.cleanup_batch(oldest timestamptz, most_rows integer)
returns table (mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint)
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
    order by v.discovered_at
    limit most_rows
  )
  delete from public.video v using doomed where v.id = doomed.id;
  get diagnostics videos_deleted = row_count;

  -- All domains are looked through for this, so it waits until the rest is done.
  domains_deleted := 0;
  if greatest(mentions_deleted, comments_deleted, videos_deleted) < most_rows then
    with doomed as (
      select d.id
      from public.domain d
      where d.mention_count = 0 and not private.is_reviewed(d)
        and not exists (select from public.domain_mention m where m.domain_id = d.id)
      limit most_rows
    )
    delete from public.domain d using doomed where d.id = doomed.id;
    get diagnostics domains_deleted = row_count;
  end if;
  return next;
end
$$;
comment on function private.cleanup_batch(timestamptz, integer) is
  'Deletes at most most_rows mentions, comments, videos and orphaned domains that were discovered before oldest, in this order; once all four counts are 0 nothing is left to delete. Keeps domains with a verdict or a note with their evidence, and comments that have replies.';

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
    exit when batch.mentions_deleted + batch.comments_deleted + batch.videos_deleted + batch.domains_deleted = 0;
    mentions_deleted := mentions_deleted + batch.mentions_deleted;
    comments_deleted := comments_deleted + batch.comments_deleted;
    videos_deleted := videos_deleted + batch.videos_deleted;
    domains_deleted := domains_deleted + batch.domains_deleted;
  end loop;
  return next;
end
$$;
comment on function public.cleanup_old_data(integer) is
  'Deletes what was discovered more than days_to_keep days ago, all in one transaction: mentions, then comments, videos without any, and domains left without a mention. Keeps domains with a verdict or a note with their evidence, and comments that have replies. For much old data take private.cleanup_batch, a transaction a batch.';

revoke all on function private.is_reviewed(public.domain), private.cleanup_batch(timestamptz, integer)
  from public, anon, authenticated;
grant execute on function private.is_reviewed(public.domain), private.cleanup_batch(timestamptz, integer)
  to service_role;

-- Rollback:
-- create or replace function public.cleanup_old_data(days_to_keep integer)
-- returns table (
--   mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint
-- )
-- language plpgsql set search_path = ''
-- as $$
-- declare
--   oldest timestamptz;
-- begin
--   if days_to_keep is null or days_to_keep not between 1 and 36500 then
--     raise exception 'days_to_keep is %, but it must be from 1 to 36500', coalesce(days_to_keep::text, 'null')
--       using errcode = 'invalid_parameter_value', hint = 'Ask for 365 to keep a year.';
--   end if;
--   oldest := now() - make_interval(days => days_to_keep);
--
--   delete from public.domain_mention m
--   using public.domain d
--   where d.id = m.domain_id and m.discovered_at < oldest
--     and not (d.is_suspicious or d.is_verified or coalesce(d.notes, '') <> '');
--   get diagnostics mentions_deleted = row_count;
--
--   delete from public.comment c
--   where c.discovered_at < oldest
--     and not exists (select from public.domain_mention m where m.comment_id = c.id);
--   get diagnostics comments_deleted = row_count;
--
--   delete from public.video v
--   where v.discovered_at < oldest
--     and not exists (select from public.comment c where c.video_id = v.id);
--   get diagnostics videos_deleted = row_count;
--
--   delete from public.domain d
--   where not exists (select from public.domain_mention m where m.domain_id = d.id)
--     and not (d.is_suspicious or d.is_verified or coalesce(d.notes, '') <> '');
--   get diagnostics domains_deleted = row_count;
--
--   return next;
-- end
-- $$;
-- comment on function public.cleanup_old_data(integer) is
--   'Deletes what was discovered more than days_to_keep days ago: mentions, then comments and videos without any, then domains left without one. Domains with a verdict or a note stay, and so does their evidence.';
-- drop function private.cleanup_batch(timestamptz, integer);
-- drop function private.is_reviewed(public.domain);
