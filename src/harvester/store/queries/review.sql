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
-- The trail, newest first, of one domain where it is named; `{after}` goes on behind the page before.
select r.id, r.domain_name, r.comment_id, r.mention_text, r.verdict, r.undoes, r.reason, r.note, r.reviewer, r.reviewed_at,
       exists (select from public.review u where u.undoes = r.id) as is_undone
from public.review r
where {domain} and {after}
order by r.id desc
limit %(limit)s;

-- name: reviews_by_prefix
-- The reviews whose key begins so; two are enough to tell that it is not one.
select id
from public.review
where id between rpad(replace(%(prefix)s, '-', ''), 32, '0')::uuid and rpad(replace(%(prefix)s, '-', ''), 32, 'f')::uuid
limit 2;

-- name: precision
-- How many of the judged mentions were right: in all, by method, by ending; the most judged first.
select dimension, value, judged_mentions, right_mentions, precision::float8 as precision
from public.v_review_precision
order by dimension, judged_mentions desc, value;
