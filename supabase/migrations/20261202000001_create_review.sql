-- What people judge: verdicts on domains and on single mentions, each kept for good, and taken back by a row of its own.

alter table public.domain add column verdict text;
comment on column public.domain.verdict is
  'The verdict in force: malicious, suspicious, benign or ignore; null where nobody gave one, or it was taken back.';
alter table public.domain add constraint domain_verdict_known
  check (verdict in ('malicious', 'suspicious', 'benign', 'ignore')) not valid;
comment on constraint domain_verdict_known on public.domain is 'A verdict is one of four words.';

alter table public.domain_mention add column verdict text;
comment on column public.domain_mention.verdict is
  'not_a_domain where a person said that the comment means no domain there: its confidence is 0 then, and it counts nowhere.';
alter table public.domain_mention add constraint domain_mention_verdict_known
  check (verdict is null or verdict = 'not_a_domain' and confidence_score = 0) not valid;
comment on constraint domain_mention_verdict_known on public.domain_mention is
  'The only verdict on a mention is not_a_domain, and such a mention is held.';

create table public.review (
  id                uuid primary key default private.uuid_v7(),
  domain_id         uuid references public.domain (id) on delete set null,
  mention_id        uuid references public.domain_mention (id) on delete set null,
  domain_name       text not null,
  comment_id        text,
  verdict           text,
  undoes            uuid references public.review (id),
  reason            text,
  note              text,
  reviewer          text not null,
  reviewer_id       uuid,
  was_suspicious    boolean,
  was_verified      boolean,
  mention_text      text,
  confidence_score  numeric(3, 2),
  extraction_method text,
  extractor_version text,
  reviewed_at       timestamptz not null default now(),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint review_verdict_known check (
    case when undoes is not null then verdict is null
         when comment_id is null then verdict in ('malicious', 'suspicious', 'benign', 'ignore')
         else verdict = 'not_a_domain' end is true),
  constraint review_undone_once unique (undoes),
  constraint review_reason_length check (char_length(reason) between 1 and 200),
  constraint review_note_length check (char_length(note) between 1 and 4000),
  constraint review_reviewer_length check (char_length(reviewer) between 1 and 320)
);
create index review_domain_id_idx on public.review (domain_id, id desc);
create index review_mention_id_idx on public.review (mention_id, id desc);
comment on table public.review is
  'The trail of verdicts: one row for each that a person gave or took back. No row is ever changed.';
comment on column public.review.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.review.domain_id is 'The domain judged, or that of the mention; null where it has been deleted since.';
comment on column public.review.mention_id is 'The mention judged; null for a verdict on a domain, or where it has been deleted since.';
comment on column public.review.domain_name is 'The domain''s name, which stays whatever is deleted.';
comment on column public.review.comment_id is 'TikTok''s id of the comment whose mention was judged; null for a verdict on a domain.';
comment on column public.review.verdict is
  'malicious, suspicious, benign or ignore for a domain, not_a_domain for a mention; null where a verdict is taken back.';
comment on column public.review.undoes is 'The verdict that this row takes back.';
comment on column public.review.reason is 'Why, in a few words.';
comment on column public.review.note is 'What else the reviewer wants others to know.';
comment on column public.review.reviewer is 'Who: the e-mail address of the signed-in person, else the name that the command line gave.';
comment on column public.review.reviewer_id is 'Id of the signed-in person; null for the command line.';
comment on column public.review.was_suspicious is 'Whether the domain was marked as suspicious before; null for a mention.';
comment on column public.review.was_verified is 'Whether the domain had a verdict before; null for a mention.';
comment on column public.review.mention_text is 'What the mention quoted; null for a domain.';
comment on column public.review.confidence_score is 'The confidence that the extractor gave the mention; null for a domain.';
comment on column public.review.extraction_method is 'How the mention was found; null for a domain.';
comment on column public.review.extractor_version is 'The rules that found the mention; null for a domain.';
comment on column public.review.reviewed_at is 'When, by the clock of the database.';
comment on column public.review.created_at is 'When the row was inserted.';
comment on column public.review.updated_at is 'When the row last changed; only a deletion elsewhere changes one.';
comment on constraint review_verdict_known on public.review is 'A row that takes back has no verdict; any other has one that fits.';
comment on constraint review_undone_once on public.review is 'A verdict is taken back once.';
comment on constraint review_reason_length on public.review is 'A reason is short.';
comment on constraint review_note_length on public.review is 'A note is of a page at the most.';
comment on constraint review_reviewer_length on public.review is 'Somebody gave the verdict.';
comment on index public.review_domain_id_idx is 'The trail of a domain, newest first.';
comment on index public.review_mention_id_idx is 'The trail of a mention, newest first.';

create trigger review_set_updated_at before update on public.review
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger review_set_updated_at on public.review is 'A row that changed says when.';

-- Who may judge: an analyst or admin by what the administrator of the project wrote into their account, never by
-- what they may write themselves; and the harvester's own worker, for the command line.
create function private.may_review() returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(auth.jwt() ->> 'role' = 'service_role'
    or auth.jwt() -> 'app_metadata' ->> 'role' in ('analyst', 'admin'), false)
$$;
comment on function private.may_review() is 'Whether the signed-in person, or the worker, may give verdicts.';

create function private.check_reviewer() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not private.may_review() then
    raise exception 'only an analyst or admin may give verdicts' using errcode = 'insufficient_privilege',
      hint = 'An administrator sets app_metadata.role of your account.';
  end if;
end
$$;
comment on function private.check_reviewer() is 'Refuses whoever may not give verdicts.';

create function private.reviewer() returns text
language sql stable set search_path = ''
as $$ select left(coalesce(nullif(auth.jwt() ->> 'email', ''), nullif(auth.jwt() ->> 'sub', ''), 'worker'), 320) $$;
comment on function private.reviewer() is 'What the trail calls whoever is signed in.';

create function private.reviewer_id() returns uuid
language sql stable set search_path = ''
as $$
  select case when auth.jwt() ->> 'sub' ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then (auth.jwt() ->> 'sub')::uuid end
$$;
comment on function private.reviewer_id() is 'Id of whoever is signed in; null for a name that is none.';

create function private.verdict_in_force(domain uuid) returns text
language sql stable set search_path = ''
as $$
  select r.verdict
  from public.review r
  where r.domain_id = domain and r.comment_id is null and r.verdict is not null
    and not exists (select from public.review u where u.undoes = r.id)
  order by r.id desc
  limit 1
$$;
comment on function private.verdict_in_force(uuid) is 'The last verdict on a domain that was not taken back; null where there is none.';

-- The flags follow the verdict. Without any they stand as they did before the first.
create function private.settle_domain_verdicts(domains uuid[]) returns void
language sql set search_path = ''
as $$
  with settled as (
    select d.id, private.verdict_in_force(d.id) as verdict, first.was_suspicious, first.was_verified
    from public.domain d
    left join lateral (
      select r.was_suspicious, r.was_verified
      from public.review r
      where r.domain_id = d.id and r.comment_id is null and r.verdict is not null
      order by r.id
      limit 1
    ) first on true
    where d.id = any (domains)
  )
  update public.domain d
  set verdict = s.verdict,
      is_suspicious = case when s.verdict is null then coalesce(s.was_suspicious, false)
                           else s.verdict in ('malicious', 'suspicious') end,
      is_verified = s.verdict is not null or coalesce(s.was_verified, false)
  from settled s
  where s.id = d.id
$$;
comment on function private.settle_domain_verdicts(uuid[]) is
  'Gives domains the last verdict that was not taken back, and the flags that follow from it.';

create function private.judge_domains(domains uuid[], verdict text, reason text, note text) returns setof uuid
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.check_reviewer();
  -- In the order in which every writer locks domains.
  perform from public.domain d where d.id = any (domains) order by d.id for no key update;
  return query
    insert into public.review (domain_id, domain_name, verdict, reason, note, reviewer, reviewer_id, was_suspicious, was_verified)
    select d.id, d.domain_name, judge_domains.verdict, nullif(btrim(judge_domains.reason), ''),
           nullif(btrim(judge_domains.note), ''), private.reviewer(), private.reviewer_id(), d.is_suspicious, d.is_verified
    from public.domain d where d.id = any (domains)
    order by d.id
    returning id;
  perform private.settle_domain_verdicts(domains);
end
$$;
comment on function private.judge_domains(uuid[], text, text, text) is
  'Writes one verdict on domains as the owner, for whoever may give verdicts; the keys of the new reviews.';

create function private.judge_mentions(mentions uuid[], reason text, note text) returns setof uuid
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.check_reviewer();
  -- Importers hold this lock shared, and what reads comments again holds it alone: nobody writes these mentions anew.
  perform pg_catalog.pg_advisory_xact_lock_shared(1212240470, 1);
  perform from public.domain d
  where d.id in (select m.domain_id from public.domain_mention m where m.id = any (mentions))
  order by d.id for no key update;
  return query
    insert into public.review (
      domain_id, mention_id, domain_name, comment_id, verdict, reason, note, reviewer, reviewer_id,
      mention_text, confidence_score, extraction_method, extractor_version)
    select m.domain_id, m.id, d.domain_name, c.comment_id, 'not_a_domain', nullif(btrim(judge_mentions.reason), ''),
           nullif(btrim(judge_mentions.note), ''), private.reviewer(), private.reviewer_id(),
           m.mention_text, m.confidence_score, m.extraction_method, m.extractor_version
    from public.domain_mention m
    join public.domain d on d.id = m.domain_id
    join public.comment c on c.id = m.comment_id
    where m.id = any (mentions) and m.verdict is null
    order by m.id
    returning id;
  update public.domain_mention m set verdict = 'not_a_domain', confidence_score = 0
  where m.id = any (mentions) and m.verdict is null;
end
$$;
comment on function private.judge_mentions(uuid[], text, text) is
  'Says as the owner, for whoever may give verdicts, that mentions mean no domain; the keys of the new reviews.';

create function private.take_back(reviews uuid[]) returns setof uuid
language plpgsql security definer set search_path = ''
as $$
declare
  judged   uuid[] := array(
    select distinct r.domain_id from public.review r where r.id = any (reviews) and r.domain_id is not null);
  in_force uuid[];
begin
  perform private.check_reviewer();
  perform pg_catalog.pg_advisory_xact_lock_shared(1212240470, 1);
  perform from public.domain d where d.id = any (judged) order by d.id for no key update;
  in_force := array(
    select r.id from public.review r
    where r.id = any (reviews) and r.undoes is null and not exists (select from public.review u where u.undoes = r.id)
    order by r.id);
  return query
    insert into public.review (domain_id, mention_id, domain_name, comment_id, undoes, reviewer, reviewer_id)
    select r.domain_id, r.mention_id, r.domain_name, r.comment_id, r.id, private.reviewer(), private.reviewer_id()
    from public.review r where r.id = any (in_force)
    order by r.id
    returning id;
  update public.domain_mention m set verdict = null, confidence_score = r.confidence_score
  from public.review r
  where r.id = any (in_force) and m.id = r.mention_id;
  perform private.settle_domain_verdicts(judged);
end
$$;
comment on function private.take_back(uuid[]) is
  'Takes back verdicts as the owner, for whoever may give them; the keys of the rows that say so.';

-- What people and programs call. They see the rows as their caller does: nobody judges what they cannot read.
create function public.review_domains(domain_names text[], verdict text, reason text default null, note text default null)
returns setof public.review
language plpgsql set search_path = ''
as $$
declare
  domains uuid[];
  unknown text;
  written uuid[];
begin
  perform private.check_reviewer();
  if cardinality(domain_names) not between 1 and 1000 then
    raise exception 'from 1 to 1000 domains can be judged at once, not %', cardinality(domain_names)
      using errcode = 'invalid_parameter_value';
  end if;
  if verdict is null or verdict not in ('malicious', 'suspicious', 'benign', 'ignore') then
    raise exception 'there is no verdict %', coalesce(quote_literal(verdict), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Verdicts are: malicious, suspicious, benign, ignore.';
  end if;
  select array_agg(d.id) into domains from public.domain d where d.domain_name = any (domain_names);
  select coalesce(quote_literal(name), 'null') into unknown from unnest(domain_names) as name
  where not exists (select from public.domain d where d.domain_name = name) limit 1;
  if found then
    raise exception 'no domain % is stored', unknown using errcode = 'no_data_found';
  end if;
  written := array(select private.judge_domains(domains, review_domains.verdict, review_domains.reason, review_domains.note));
  return query select r.* from public.review r where r.id = any (written) order by r.domain_name;
end
$$;
comment on function public.review_domains(text[], text, text, text) is
  'Gives one verdict on domains: malicious, suspicious, benign or ignore. All of them or none; the reviews written.';

create function public.review_mentions(
  domain_name text, comment_ids text[] default null, reason text default null, note text default null)
returns setof public.review
language plpgsql set search_path = ''
as $$
declare
  mentions uuid[];
  written  uuid[];
begin
  perform private.check_reviewer();
  select array_agg(m.id) into mentions
  from public.domain d
  join public.domain_mention m on m.domain_id = d.id
  join public.comment c on c.id = m.comment_id
  where d.domain_name = review_mentions.domain_name and m.verdict is null
    and (comment_ids is null or c.comment_id = any (comment_ids));
  if mentions is null then
    raise exception 'no such mention of % is stored', quote_literal(domain_name) using errcode = 'no_data_found',
      hint = 'Mentions are named by their domain and the id of their comment.';
  end if;
  if cardinality(mentions) > 10000 then
    raise exception '% mentions are more than the 10000 that can be judged at once', cardinality(mentions)
      using errcode = 'invalid_parameter_value', hint = 'Name comments.';
  end if;
  written := array(select private.judge_mentions(mentions, review_mentions.reason, review_mentions.note));
  return query select r.* from public.review r where r.id = any (written) order by r.id;
end
$$;
comment on function public.review_mentions(text, text[], text, text) is
  'Says that mentions of a domain, in these comments or in all, mean no domain; the reviews written.';

create function public.undo_reviews(reviews uuid[])
returns setof public.review
language plpgsql set search_path = ''
as $$
declare
  seen    uuid[] := array(select r.id from public.review r where r.id = any (reviews));
  written uuid[];
begin
  perform private.check_reviewer();
  if cardinality(seen) = 0 then
    raise exception 'no such review is stored' using errcode = 'no_data_found';
  end if;
  -- What the functions write is seen by the next statement alone.
  written := array(select private.take_back(seen));
  return query select r.* from public.review r where r.id = any (written) order by r.id;
end
$$;
comment on function public.undo_reviews(uuid[]) is
  'Takes back verdicts; one taken back before is left as it is. The rows written.';

revoke all on public.review from public, anon, authenticated, service_role;
grant select on public.review to authenticated, service_role;
alter table public.review enable row level security;
create policy review_read on public.review for select to authenticated using (true);
comment on policy review_read on public.review is 'Everybody who is signed in reads all rows.';
create policy review_read_by_worker on public.review for select to service_role using (true);
comment on policy review_read_by_worker on public.review is 'The worker reads all rows; only functions write.';

revoke all on function private.may_review(), private.check_reviewer(), private.reviewer(), private.reviewer_id(),
  private.verdict_in_force(uuid), private.settle_domain_verdicts(uuid[]), private.judge_domains(uuid[], text, text, text),
  private.judge_mentions(uuid[], text, text), private.take_back(uuid[]), public.review_domains(text[], text, text, text),
  public.review_mentions(text, text[], text, text), public.undo_reviews(uuid[])
  from public, anon, authenticated, service_role;
grant execute on function private.may_review(), private.check_reviewer(), private.judge_domains(uuid[], text, text, text),
  private.judge_mentions(uuid[], text, text), private.take_back(uuid[]), public.review_domains(text[], text, text, text),
  public.review_mentions(text, text[], text, text), public.undo_reviews(uuid[])
  to authenticated, service_role;
-- What checks and repairs the stored verdicts runs as the worker.
grant execute on function private.verdict_in_force(uuid), private.settle_domain_verdicts(uuid[]) to service_role;

-- How often a person agreed, by how a mention was found and by the ending of its name. A mention is right where its
-- domain has a verdict in force and nobody rejected it, wrong where somebody rejected it.
create view public.v_review_precision with (security_invoker = true) as
with judged as (
  select m.extraction_method, d.tld, false as is_right
  from public.domain_mention m join public.domain d on d.id = m.domain_id
  where m.verdict is not null
  union all
  select m.extraction_method, d.tld, true
  from public.domain d join public.domain_mention m on m.domain_id = d.id
  where d.verdict is not null and m.tier = 'shown'
)
select
  dimension.name as dimension, dimension.value,
  count(*) as judged_mentions, count(*) filter (where is_right) as right_mentions,
  round(avg(case when is_right then 1.0 else 0.0 end), 4) as precision
from judged
cross join lateral (values ('method', extraction_method), ('tld', tld), ('all', 'all')) as dimension (name, value)
group by dimension.name, dimension.value;
comment on view public.v_review_precision is
  'How many of the mentions that people judged were right: in all, by method, by top-level domain.';
comment on column public.v_review_precision.dimension is 'all, method or tld.';
comment on column public.v_review_precision.value is 'The method or top-level domain.';
comment on column public.v_review_precision.judged_mentions is
  'Mentions that were rejected, and shown ones of domains with a verdict in force.';
comment on column public.v_review_precision.right_mentions is 'Those of them that nobody rejected.';
comment on column public.v_review_precision.precision is 'The share of right ones.';
revoke all on public.v_review_precision from public, anon, authenticated, service_role;
grant select on public.v_review_precision to authenticated, service_role;

-- Rollback:
-- drop view public.v_review_precision;
-- drop function public.undo_reviews(uuid[]);
-- drop function public.review_mentions(text, text[], text, text);
-- drop function public.review_domains(text[], text, text, text);
-- drop function private.take_back(uuid[]);
-- drop function private.judge_mentions(uuid[], text, text);
-- drop function private.judge_domains(uuid[], text, text, text);
-- drop function private.settle_domain_verdicts(uuid[]);
-- drop function private.verdict_in_force(uuid);
-- drop function private.reviewer_id();
-- drop function private.reviewer();
-- drop function private.check_reviewer();
-- drop function private.may_review();
-- drop table public.review;
-- alter table public.domain_mention drop column verdict;
-- alter table public.domain drop column verdict;
