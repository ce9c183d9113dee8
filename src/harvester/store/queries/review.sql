-- Verdicts: given and taken back by functions of the database alone, read by all.

-- name: review_domains
select id from public.review_domains(%(domain_names)s::text[], %(verdict)s, %(reason)s, %(note)s);

-- name: review_mentions
select id from public.review_mentions(%(domain_name)s, %(comment_ids)s::text[], %(reason)s, %(note)s);

-- name: undo_reviews
select id from public.undo_reviews(%(ids)s::uuid[]);

-- name: reviews
-- These reviews, as people see them, in the order of their keys.
select r.id, r.domain_name, r.comment_id, r.mention_text, r.verdict, r.undoes, r.reason, r.note, r.reviewer, r.reviewed_at,
       exists (select from public.review u where u.undoes = r.id) as is_undone
from public.review r
where r.id = any (%(ids)s::uuid[])
order by r.id;

-- name: list_reviews
-- The trail, newest first, as far as `{condition}` goes.
select r.id, r.domain_name, r.comment_id, r.mention_text, r.verdict, r.undoes, r.reason, r.note, r.reviewer, r.reviewed_at,
       exists (select from public.review u where u.undoes = r.id) as is_undone
from public.review r
where {condition}
order by r.id desc
limit %(limit)s;

-- name: review_in_force
-- The last verdict on a domain that was not taken back.
select r.id, r.domain_name, r.comment_id, r.mention_text, r.verdict, r.undoes, r.reason, r.note, r.reviewer, r.reviewed_at,
       false as is_undone
from public.review r
where r.domain_id = (select id from public.domain where domain_name = %(domain_name)s)
  and r.comment_id is null and r.verdict is not null
  and not exists (select from public.review u where u.undoes = r.id)
order by r.id desc
limit 1;

-- name: name_request
-- All that this transaction judges belongs to one request; whoever sends the same meanwhile waits.
select set_config('harvester.request_id', %(id)s::uuid::text, true),
       set_config('harvester.request_digest', coalesce(%(digest)s, ''), true),
       pg_advisory_xact_lock(hashtextextended(%(id)s::uuid::text, 0));

-- name: written_by_request
-- What a request wrote, and what it asked for.
select id, request_digest from public.review where request_id = %(id)s order by id;

-- name: deed
-- What a request wrote, in a few words; verdicts alone, or rows that take back alone.
select min(r.verdict) as verdict, count(*)::int as reviews, count(distinct r.domain_name)::int as domains,
       (array_agg(distinct r.domain_name))[1:3] as domain_names,
       bool_and(exists (select from public.review u where u.undoes = r.id)) as is_undone
from public.review r
where r.request_id = %(id)s
having count(*) > 0;

-- name: reviews_by_part
-- The reviews whose key begins or ends so; two are enough to tell that it is not one.
select id
from public.review
where id between rpad(%(part)s, 32, '0')::uuid and rpad(%(part)s, 32, 'f')::uuid
   or right(replace(id::text, '-', ''), length(%(part)s)) = %(part)s
limit 2;

-- name: precision
-- How many of the judged mentions were right: in all, by method, by ending, by source; the most judged first.
select dimension, value, judged_mentions, right_mentions, precision::float8 as precision
from public.v_review_precision
order by dimension, judged_mentions desc, value;
