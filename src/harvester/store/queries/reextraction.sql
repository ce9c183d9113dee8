-- Stored comments read again by other rules. `versions` are the versions whose comments are stale; a comment without
-- a version was never read.

-- name: versions
-- How many comments each version read last.
select extractor_version as version, count(*) as comments
from public.comment
group by extractor_version;

-- name: stale_comments
-- The next stale comments behind one key.
select id, comment_id, text
from public.comment
where id > %(after)s and (extractor_version = any (%(versions)s::text[]) or extractor_version is null)
order by id
limit %(limit)s;

-- name: lock_stale_comments
-- The same, locked in the order in which importers lock comments.
with stale as (
  select id
  from public.comment
  where id > %(after)s and (extractor_version = any (%(versions)s::text[]) or extractor_version is null)
  order by id
  limit %(limit)s
)
select c.id, c.comment_id, c.text
from public.comment c join stale using (id)
order by c.comment_id
for no key update of c;

-- name: stored_mentions
-- What is stored of these comments; `is_judged` where a person gave it a role or a verdict.
select m.comment_id as comment_row, d.domain_name, m.tier, m.role is not null or m.verdict is not null as is_judged
from public.domain_mention m join public.domain d on d.id = m.domain_id
where m.comment_id = any (%(comments)s::uuid[]);

-- name: hold_off_importers
-- Until this transaction ends, no importer writes and no clean-up deletes: both take the same lock before they lock
-- any row, importers shared (hold_off_cleanup), so that nobody waits for another in a circle.
select pg_advisory_xact_lock(1212240470, 1);

-- name: lock_domains
-- The domains whose counters may change, in the order in which the triggers lock them.
select from public.domain d
where d.id in (
  select m.domain_id from public.domain_mention m where m.comment_id = any (%(comments)s::uuid[])
  union
  select named.id from pg_temp.staged_mention s join public.domain named on named.domain_name = s.domain_name
)
order by d.id
for no key update;

-- name: delete_vanished
-- Mentions that were not found again; what a person judged stays.
delete from public.domain_mention m
where m.comment_id = any (%(comments)s::uuid[]) and m.role is null and m.verdict is null
  and not exists (
    select from pg_temp.staged_mention s join public.domain d on d.domain_name = s.domain_name
    where s.comment_row = m.comment_id and d.id = m.domain_id
  );

-- name: renew_mentions
-- Mentions that were found again, as they were found now; key, discovered_at and what a person judged stay.
update public.domain_mention m
set mention_text = s.mention_text, position_start = s.position_start, position_end = s.position_end,
    context = s.context, url = s.url, occurrences = s.occurrences, confidence_score = s.confidence_score,
    extraction_method = s.extraction_method, extractor_version = s.extractor_version
from pg_temp.staged_mention s join public.domain d on d.domain_name = s.domain_name
where m.comment_id = s.comment_row and m.domain_id = d.id and m.role is null and m.verdict is null;

-- name: note_version
-- The texts are read, whether or not anything was found in them.
update public.comment
set extractor_version = %(version)s
where id = any (%(comments)s::uuid[]);
