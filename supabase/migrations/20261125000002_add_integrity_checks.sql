-- What may be stored, held more tightly. Each check is added without reading the rows that are there already
-- (`not valid`): that would stop readers and writers for as long as it takes. The next file reads them.

-- `<= now() + …` is no constant, but it only ever turns from false to true: a row that was right stays right.
-- The hour is for a server whose clock is behind the one that wrote the rows, as when a backup is restored.
alter table public.video
  add constraint video_times_range check (
    least(discovered_at, observed_at, last_crawled_at) >= '2000-01-01Z'
    and greatest(discovered_at, observed_at, last_crawled_at) <= now() + interval '1 hour') not valid;
alter table public.comment
  add constraint comment_times_range check (
    least(discovered_at, observed_at) >= '2000-01-01Z'
    and greatest(discovered_at, observed_at) <= now() + interval '1 hour') not valid;
alter table public.domain
  add constraint domain_times_range check (
    verified_at >= '2000-01-01Z' and verified_at <= now() + interval '1 hour') not valid;
alter table public.domain_mention
  add constraint domain_mention_times_range check (
    discovered_at >= '2000-01-01Z' and discovered_at <= now() + interval '1 hour') not valid,
  -- One path, because it is read for each mention of an import. In its lax mode a key that is missing makes
  -- a comparison false, never unknown.
  add constraint domain_mention_occurrences_form check (
    not jsonb_path_exists(occurrences, '$[*] ? (!(
      @.text.type() == "string" && @.method.type() == "string"
      && @.start.type() == "number" && @.end.type() == "number" && @.start >= 0 && @.end > @.start
      && @.confidence.type() == "number" && @.confidence >= 0 && @.confidence <= 1))')) not valid;
alter table public.run
  add constraint run_ends_after_its_start check (finished_at >= started_at) not valid,
  add constraint run_errors_is_object check (jsonb_typeof(errors) = 'object') not valid,
  add constraint run_request_is_object check (jsonb_typeof(request) = 'object') not valid;
alter table public.quarantine
  add constraint quarantine_reason_form check (reason ~ '^[a-z][a-z0-9_]{0,62}$') not valid;

-- A mention is evidence only while it quotes its comment to the letter.
create function private.mention_quotes_its_comment() returns trigger
language plpgsql set search_path = ''
as $$
declare
  stray record;
begin
  select n.id, c.video_id <> n.video_id as other_video into stray
  from changed_to n
  join public.comment c on c.id = n.comment_id
  where c.video_id <> n.video_id
     or substr(c.text, n.position_start + 1, n.position_end - n.position_start) <> n.mention_text
     or exists (
       select from jsonb_array_elements(n.occurrences) as o
       where substr(c.text, (o.value ->> 'start')::integer + 1,
                    (o.value ->> 'end')::integer - (o.value ->> 'start')::integer) <> o.value ->> 'text')
  limit 1;
  if found and stray.other_video then
    raise exception 'domain_mention % names another video than its comment does', stray.id
      using errcode = 'integrity_constraint_violation',
            hint = 'Set video_id to the video_id of the comment.';
  elsif found then
    raise exception 'domain_mention % does not quote its comment', stray.id
      using errcode = 'integrity_constraint_violation',
            hint = 'Spans are code points of the comment''s text, counted from 0, the end not included.';
  end if;
  return null;
end
$$;
comment on function private.mention_quotes_its_comment() is
  'Refuses a mention whose video is not its comment''s, or whose spans do not hold the words it gives.';
revoke all on function private.mention_quotes_its_comment() from public, anon, authenticated;

drop trigger domain_mention_video_insert on public.domain_mention;
drop trigger domain_mention_video_update on public.domain_mention;
create trigger domain_mention_quote_insert after insert on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.mention_quotes_its_comment();
create trigger domain_mention_quote_update after update on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.mention_quotes_its_comment();
drop function private.mention_has_the_comments_video();

-- A comment that moves to another video takes its mentions along.
create or replace function private.mentions_follow_comment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  delete from public.domain_mention m
  using changed_from o join changed_to n using (id)
  where m.comment_id = n.id and o.text <> n.text;

  update public.domain_mention m
  set discovered_at = n.discovered_at, video_id = n.video_id
  from changed_from o join changed_to n using (id)
  where m.comment_id = n.id and (o.discovered_at, o.video_id) <> (n.discovered_at, n.video_id);
  return null;
end
$$;
comment on function private.mentions_follow_comment() is
  'Drops the mentions of a text that changed; carries a comment''s discovered_at and video to its mentions.';

-- Rollback:
-- create or replace function private.mentions_follow_comment() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- begin
--   delete from public.domain_mention m
--   using changed_from o join changed_to n using (id)
--   where m.comment_id = n.id and o.text <> n.text;
--
--   update public.domain_mention m
--   set discovered_at = n.discovered_at
--   from changed_from o join changed_to n using (id)
--   where m.comment_id = n.id and o.discovered_at <> n.discovered_at;
--   return null;
-- end
-- $$;
-- comment on function private.mentions_follow_comment() is
--   'Drops the mentions of a text that changed; carries a comment''s discovered_at to its mentions.';
-- create function private.mention_has_the_comments_video() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- declare
--   stray uuid;
-- begin
--   select n.id into stray
--   from changed_to n join public.comment c on c.id = n.comment_id
--   where c.video_id <> n.video_id
--   limit 1;
--   if found then
--     raise exception 'domain_mention % names another video than its comment does', stray
--       using errcode = 'integrity_constraint_violation',
--             hint = 'Set video_id to the video_id of the comment.';
--   end if;
--   return null;
-- end
-- $$;
-- comment on function private.mention_has_the_comments_video() is 'Refuses a mention whose video is not its comment''s.';
-- revoke all on function private.mention_has_the_comments_video() from public, anon, authenticated;
-- drop trigger domain_mention_quote_insert on public.domain_mention;
-- drop trigger domain_mention_quote_update on public.domain_mention;
-- create trigger domain_mention_video_insert after insert on public.domain_mention
--   referencing new table as changed_to
--   for each statement execute function private.mention_has_the_comments_video();
-- create trigger domain_mention_video_update after update on public.domain_mention
--   referencing new table as changed_to
--   for each statement execute function private.mention_has_the_comments_video();
-- drop function private.mention_quotes_its_comment();
-- alter table public.quarantine drop constraint quarantine_reason_form;
-- alter table public.run drop constraint run_request_is_object, drop constraint run_errors_is_object,
--   drop constraint run_ends_after_its_start;
-- alter table public.domain_mention drop constraint domain_mention_occurrences_form,
--   drop constraint domain_mention_times_range;
-- alter table public.domain drop constraint domain_times_range;
-- alter table public.comment drop constraint comment_times_range;
-- alter table public.video drop constraint video_times_range;
