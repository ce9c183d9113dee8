-- What one batch does, in this order; all of it in one transaction.

-- name: stage
-- Temporary tables of this transaction, filled by COPY. `wave` numbers the records of one key within the
-- batch: each wave holds a key once. `is_stub` marks a video known only through a comment; `is_dated`, a
-- record that carries the time of its observation.
create temporary table staged_video (
  id uuid, wave integer, is_stub boolean, is_dated boolean, video_id text, username text, caption text,
  video_url text, thumbnail_url text, region_code text, view_count bigint, like_count bigint,
  comment_count bigint, share_count bigint, is_promoted boolean, promotion jsonb, posted_at timestamptz,
  discovered_at timestamptz, last_crawled_at timestamptz, observed_at timestamptz, metadata jsonb
) on commit drop;
create temporary table staged_comment (
  id uuid, wave integer, is_dated boolean, video_ref text, metadata jsonb, comment_id text, parent_ref text,
  username text, text text, like_count bigint, reply_count bigint, posted_at timestamptz,
  observed_at timestamptz, extractor_version text, observation_digest bigint,
  is_stub boolean default false, discovered_at timestamptz generated always as (observed_at) stored
) on commit drop;
create temporary table staged_mention (
  id uuid, comment_row uuid, comment_ref text, domain_row uuid, domain_name text, unicode_name text, tld text,
  public_suffix text, registrable_domain text, subdomain text, kind text, mention_text text,
  position_start integer, position_end integer, context text, url text, occurrences jsonb,
  confidence_score numeric, extraction_method text, extractor_version text
) on commit drop;
create temporary table staged_quarantine (
  id uuid, reason text, detail text, raw bytea, sha256 bytea, context jsonb
) on commit drop;

-- name: hold_off_cleanup
-- Until this transaction ends, nobody deletes a video or domain that it finds in place: private.cleanup_batch
-- takes the same lock for itself alone.
select pg_advisory_xact_lock_shared(1212240470, 1);

-- name: clamp_to_now
-- A collector's clock may run ahead; nothing is discovered or observed in the future.
update pg_temp.staged_video set discovered_at = least(discovered_at, now()),
  observed_at = least(observed_at, now()), last_crawled_at = least(last_crawled_at, now())
where greatest(discovered_at, observed_at, last_crawled_at) > now();

-- name: clamp_comments_to_now
-- The same for comments.
update pg_temp.staged_comment set observed_at = now() where observed_at > now();

-- name: insert_videos
-- New videos of one wave, stubs included; counts those that are records of the source.
with inserted as (
  insert into public.video (
    id, video_id, username, caption, video_url, thumbnail_url, region_code, view_count, like_count,
    comment_count, share_count, is_promoted, promotion, posted_at, discovered_at, last_crawled_at,
    observed_at, caption_extractor_version, metadata)
  select
    id, video_id, username, caption, video_url, thumbnail_url, region_code, view_count, like_count,
    comment_count, share_count, is_promoted, promotion, posted_at, discovered_at, last_crawled_at,
    observed_at, case when caption is not null then %(version)s end, coalesce(metadata, '{}')
  from pg_temp.staged_video
  where wave = %(wave)s
  order by video_id
  on conflict (video_id) do nothing
  returning id
)
select count(*) as n
from inserted join pg_temp.staged_video s using (id)
where not s.is_stub;

-- name: insert_comments
-- New comments of one wave. A parent is linked where it is stored already, under the same video, or arrives in the
-- same wave. A staged one that is stored already is not inserted: nothing may be linked to its staged row.
insert into public.comment (
  id, video_id, comment_id, parent_comment_id, parent_ref, username, text, like_count, reply_count,
  posted_at, discovered_at, observed_at, extractor_version, observation_digest, sources, metadata)
select
  s.id, v.id, s.comment_id,
  case when stored_parent.id is null then staged_parent.id when stored_parent.video_id = v.id then stored_parent.id end,
  s.parent_ref, s.username, s.text, s.like_count, s.reply_count, s.posted_at, s.discovered_at, s.observed_at,
  s.extractor_version, s.observation_digest, array[(select source from public.run where id = %(run)s)],
  coalesce(s.metadata, '{}')
from pg_temp.staged_comment s
join public.video v on v.video_id = s.video_ref
left join public.comment stored_parent on stored_parent.comment_id = s.parent_ref
left join pg_temp.staged_comment staged_parent
  on staged_parent.comment_id = s.parent_ref and staged_parent.video_ref = s.video_ref
  and staged_parent.wave = s.wave and staged_parent.id <> s.id
where s.wave = %(wave)s
order by s.comment_id
on conflict (comment_id) do nothing;

-- name: gather_sources
-- Adds the source of the run to comments of one wave that others brought before. It stands apart from the merge of their
-- fields: a source makes no value newer. In the order of their keys, as other writers lock them.
with brought as (
  select c.id, c.sources || r.source as sources
  from pg_temp.staged_comment s
  join public.comment c on c.comment_id = s.comment_id
  cross join public.run r
  where s.wave = %(wave)s and r.id = %(run)s and not c.sources @> array[r.source]
  order by c.comment_id
  for no key update of c
)
update public.comment c
set sources = array(select source from unnest(brought.sources) source order by source)
from brought
where c.id = brought.id
returning c.comment_id as key;

-- name: move_comments
-- Comments of one wave that are stored under another video than the one named here. A video of TikTok's goes before
-- one that was made for a file without videos, else the greater id: whatever the order, all end under the same.
update public.comment c
set video_id = v.id
from pg_temp.staged_comment s
join public.video v on v.video_id = s.video_ref
cross join public.video old
where s.wave = %(wave)s and c.comment_id = s.comment_id and c.id <> s.id and old.id = c.video_id
  and (not starts_with(s.video_ref, 'file:'), s.video_ref) > (not starts_with(old.video_id, 'file:'), old.video_id)
returning c.comment_id as key;

-- name: unlink_replies
-- Of comments that were changed or moved: those that answer another one now, or one under another video, and their
-- own replies that stayed behind, are no longer linked. They wait for their parent.
update public.comment reply
set parent_comment_id = null
from public.comment p
where p.id = reply.parent_comment_id and (p.comment_id <> reply.parent_ref or p.video_id <> reply.video_id)
  and reply.id in (
    select c.id from public.comment c where c.comment_id = any (%(changed)s::text[])
    union all
    select c.id from public.comment c join public.comment moved on moved.id = c.parent_comment_id
    where moved.comment_id = any (%(moved)s::text[])
  );

-- name: link_waiting_replies
-- Gives replies their parent when one of the two came with this batch.
update public.comment reply
set parent_comment_id = pair.parent_id
from (
  select c.id as reply_id, p.id as parent_id
  from pg_temp.staged_comment s
  join public.comment c on c.comment_id = s.comment_id
  join public.comment p on p.comment_id = c.parent_ref
  where c.parent_comment_id is null and c.parent_ref is not null
    and p.video_id = c.video_id and p.id <> c.id
  union
  select c.id, p.id
  from pg_temp.staged_comment s
  join public.comment p on p.comment_id = s.comment_id
  join public.comment c on c.parent_ref = p.comment_id
  where c.parent_comment_id is null and p.video_id = c.video_id and p.id <> c.id
) pair
where reply.id = pair.reply_id;

-- name: link_all_waiting_replies
-- The same over the whole table, for pairs that two writers brought at one moment, so that neither saw the other's. In
-- the order of their keys, as another run may be closed meanwhile.
update public.comment reply
set parent_comment_id = pair.parent_id
from (
  select c.id as reply_id, p.id as parent_id
  from public.comment c join public.comment p on p.comment_id = c.parent_ref and p.video_id = c.video_id
  where c.parent_comment_id is null and c.parent_ref is not null and p.id <> c.id
  order by c.id
  for no key update of c
) pair
where reply.id = pair.reply_id;

-- name: link_waiting_replies_of_video
-- The same under one video.
update public.comment reply
set parent_comment_id = pair.parent_id
from (
  select c.id as reply_id, p.id as parent_id
  from public.video v
  join public.comment c on c.video_id = v.id
  join public.comment p on p.comment_id = c.parent_ref and p.video_id = c.video_id
  where v.video_id = %(video)s and c.parent_comment_id is null and c.parent_ref is not null and p.id <> c.id
  order by c.id
  for no key update of c
) pair
where reply.id = pair.reply_id;

-- name: keep_new_mentions
-- Mentions are written only for a text that this batch brought: one that was new, or one that replaced
-- another (`rewritten` comments, by the `rewriting` rows). What an earlier run found in an unchanged text stays.
delete from pg_temp.staged_mention
where not case
  when comment_ref = any (%(rewritten)s::text[]) then comment_row = any (%(rewriting)s::uuid[])
  else exists (select from public.comment c where c.id = comment_row)
end;

-- name: insert_domains
-- Domains not met before, in the order of their names.
with inserted as (
  insert into public.domain (
    id, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind)
  select distinct on (domain_name)
    domain_row, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind
  from pg_temp.staged_mention
  order by domain_name, domain_row
  on conflict (domain_name) do nothing
  returning id
)
select count(*) as n from inserted;

-- name: insert_mentions
-- Mentions of the texts that this batch brought; the counters of domain follow by trigger.
with inserted as (
  insert into public.domain_mention (
    id, domain_id, comment_id, video_id, mention_text, position_start, position_end, context, url,
    occurrences, confidence_score, extraction_method, extractor_version, discovered_at)
  select
    m.id, d.id, c.id, c.video_id, m.mention_text, m.position_start, m.position_end, m.context, m.url,
    m.occurrences, m.confidence_score, m.extraction_method, m.extractor_version, c.discovered_at
  from pg_temp.staged_mention m
  join public.comment c on c.comment_id = m.comment_ref
  join public.domain d on d.domain_name = m.domain_name
  order by d.id, c.id
  on conflict (domain_id, video_id, comment_id) do nothing
  returning id
)
select count(*) as n from inserted;

-- name: insert_quarantine
-- Refused records; the same record of the same source is kept once.
insert into public.quarantine (id, run_id, source, reason, detail, raw, sha256, context)
select distinct on (s.sha256) s.id, r.id, r.source, s.reason, s.detail, s.raw, s.sha256, coalesce(s.context, '{}')
from pg_temp.staged_quarantine s cross join public.run r
where r.id = %(run)s
order by s.sha256, s.id
on conflict (source, sha256) do nothing;

-- name: release_quarantine
-- Refused records that this batch could read after all.
delete from public.quarantine where id = any (%(released)s::uuid[]);

-- name: unknown_observations
-- Places, from 0 on, of those comments whose stored row was not last changed by the very same observation, or to which
-- the source of the run is new.
select s.place - 1 as place
from unnest(string_to_array(%(ids)s, %(separator)s), string_to_array(%(digests)s, ' '))
  with ordinality s (comment_id, digest, place)
where not exists (
  select from public.comment c
  where c.comment_id = s.comment_id and c.observation_digest = ('x' || s.digest)::bit(64)::bigint
    and c.sources @> array[(select source from public.run where id = %(run)s)]
)
order by s.place;

-- name: hold_run
-- One writer at a time counts its batch. The lock comes in a statement of its own, since what an update that had to
-- wait computes by sub-selects may still be of the row before.
select from public.run where id = %(run)s for no key update;

-- name: advance_run
-- Adds the batch to the run and its number to the cursor: `batch` is the last of those written without a gap,
-- `ahead` lists those beyond it, since writers overtake each other. No row when the batch was written already,
-- as when the answer to its COMMIT was lost.
update public.run
set fetched = fetched + %(fetched)s, stored = stored + %(stored)s, updated = updated + %(updated)s,
    duplicate = duplicate + %(duplicate)s, quarantined = quarantined + %(quarantined)s,
    mention_count = mention_count + %(mentions)s, domain_count = domain_count + %(domains)s,
    errors = (
      select coalesce(jsonb_object_agg(code, times), '{}')
      from (
        select key as code, sum(value::bigint) as times
        from (
          select * from jsonb_each_text(errors) union all select * from jsonb_each_text(%(errors)s)
        ) both_counts
        group by key
      ) added
    ),
    cursor = coalesce(cursor, '{}') || (
      with written as (
        select number::bigint from jsonb_array_elements_text(coalesce(cursor -> 'ahead', '[]')) number
        union
        select %(batch)s::bigint
      ),
      reached as (
        select coalesce(max(number), coalesce((cursor ->> 'batch')::bigint, 0)) as batch
        from (select number, number - row_number() over (order by number) as gap from written) numbered
        where gap = coalesce((cursor ->> 'batch')::bigint, 0)
      )
      select jsonb_build_object(
        'batch', reached.batch,
        'ahead', (select coalesce(jsonb_agg(number order by number), '[]') from written where number > reached.batch)
      )
      from reached
    )
where id = %(run)s and %(batch)s::bigint > coalesce((cursor ->> 'batch')::bigint, 0)
  and not coalesce(cursor -> 'ahead', '[]') @> to_jsonb(%(batch)s::bigint)
returning id;
