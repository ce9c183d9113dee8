-- Where a comment came from: every source that brought it, whatever the order. Precision is told by source, too.
-- The default is a constant, so that no row is written anew; rows from before stay without a source until one of them
-- brings them again.
alter table public.comment add column sources text[] not null default '{}';
comment on column public.comment.sources is
  'Every source (run.source) that brought the comment, sorted, each once; empty where it was stored before sources '
  'were kept and none has brought it again.';

-- How often a person agreed, by how a mention was found, by the ending of its name and by where its comment came from.
-- A mention is right where its domain has a verdict in force and nobody rejected it, wrong where somebody rejected it.
create or replace view public.v_review_precision with (security_invoker = true) as
with judged as (
  select m.comment_id, m.extraction_method, d.tld, false as is_right
  from public.domain_mention m join public.domain d on d.id = m.domain_id
  where m.verdict is not null
  union all
  select m.comment_id, m.extraction_method, d.tld, true
  from public.domain d join public.domain_mention m on m.domain_id = d.id
  where d.verdict is not null and m.tier = 'shown'
),
told as (
  select dimension.name, dimension.value, judged.is_right
  from judged
  cross join lateral (values ('method', extraction_method), ('tld', tld), ('all', 'all')) as dimension (name, value)
  union all
  select 'source'::text, coalesce(source.name, 'unknown'), judged.is_right
  from judged
  join public.comment c on c.id = judged.comment_id
  left join lateral unnest(c.sources) as source (name) on true
)
select
  name as dimension, value,
  count(*) as judged_mentions, count(*) filter (where is_right) as right_mentions,
  round(avg(case when is_right then 1.0 else 0.0 end), 4) as precision
from told
group by name, value;
comment on view public.v_review_precision is
  'How many of the mentions that people judged were right: in all, by method, by top-level domain, by source.';
comment on column public.v_review_precision.dimension is 'all, method, tld or source.';
comment on column public.v_review_precision.value is
  'The method, top-level domain or source; a mention counts under every source of its comment, and under unknown where '
  'none is known.';

-- Rollback:
-- create or replace view public.v_review_precision with (security_invoker = true) as
-- with judged as (
--   select m.extraction_method, d.tld, false as is_right
--   from public.domain_mention m join public.domain d on d.id = m.domain_id
--   where m.verdict is not null
--   union all
--   select m.extraction_method, d.tld, true
--   from public.domain d join public.domain_mention m on m.domain_id = d.id
--   where d.verdict is not null and m.tier = 'shown'
-- )
-- select
--   dimension.name as dimension, dimension.value,
--   count(*) as judged_mentions, count(*) filter (where is_right) as right_mentions,
--   round(avg(case when is_right then 1.0 else 0.0 end), 4) as precision
-- from judged
-- cross join lateral (values ('method', extraction_method), ('tld', tld), ('all', 'all')) as dimension (name, value)
-- group by dimension.name, dimension.value;
-- comment on view public.v_review_precision is
--   'How many of the mentions that people judged were right: in all, by method, by top-level domain.';
-- comment on column public.v_review_precision.dimension is 'all, method or tld.';
-- comment on column public.v_review_precision.value is 'The method or top-level domain.';
-- alter table public.comment drop column sources;
