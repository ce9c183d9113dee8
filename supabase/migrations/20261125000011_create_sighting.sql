-- Domains found elsewhere than in comments: in captions, profiles and ads. They count in no figure of comments.

-- A column without a default: no row is written.
alter table public.video add column caption_extractor_version text;
comment on column public.video.caption_extractor_version is
  'Version of the rules that last read the caption, set even when nothing was found; null while it is unread.';

create table public.sighting (
  id                uuid primary key default private.uuid_v7(),
  domain_id         uuid not null references public.domain (id) on delete cascade,
  video_id          uuid references public.video (id) on delete cascade,
  creator_id        uuid references public.creator (id) on delete cascade,
  ad_id             uuid references public.ad (id) on delete cascade,
  place             text not null,
  mention_text      text not null,
  position_start    integer not null,
  position_end      integer not null,
  context           text not null,
  url               text,
  occurrences       jsonb not null,
  confidence_score  numeric(3, 2) not null,
  extraction_method text not null,
  extractor_version text not null,
  tier              text not null generated always as (
    case when confidence_score >= 0.50 then 'shown' else 'held' end) stored,
  discovered_at     timestamptz not null default now(),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint sighting_once_a_place unique nulls not distinct (domain_id, video_id, creator_id, ad_id, place),
  constraint sighting_place_known check (place in ('caption', 'bio', 'bio_url', 'ad_title', 'landing_url')),
  -- Exactly one of the three, since each place belongs to one.
  constraint sighting_has_the_owner_of_its_place check (
    (video_id is not null) = (place = 'caption')
    and (creator_id is not null) = (place in ('bio', 'bio_url'))
    and (ad_id is not null) = (place in ('ad_title', 'landing_url'))),
  constraint sighting_span check (
    position_start >= 0 and position_end - position_start = char_length(mention_text) and mention_text <> ''),
  constraint sighting_confidence_range check (confidence_score between 0 and 1),
  constraint sighting_occurrences_listed check (
    jsonb_typeof(occurrences) = 'array' and jsonb_array_length(occurrences) > 0),
  constraint sighting_occurrences_form check (
    not jsonb_path_exists(occurrences, '$[*] ? (!(
      @.text.type() == "string" && @.method.type() == "string"
      && @.start.type() == "number" && @.end.type() == "number" && @.start >= 0 && @.end > @.start
      && @.confidence.type() == "number" && @.confidence >= 0 && @.confidence <= 1))')),
  constraint sighting_times_range check (
    discovered_at >= '2000-01-01Z' and discovered_at <= now() + interval '1 hour')
);
create index sighting_domain_id_discovered_at_idx on public.sighting (domain_id, discovered_at desc, id desc);
comment on index public.sighting_domain_id_discovered_at_idx is 'The sightings of a domain, newest first; the foreign key.';
create index sighting_video_id_idx on public.sighting (video_id);
comment on index public.sighting_video_id_idx is 'The sightings in a caption; the foreign key.';
create index sighting_creator_id_idx on public.sighting (creator_id);
comment on index public.sighting_creator_id_idx is 'The sightings in a profile; the foreign key.';
create index sighting_ad_id_idx on public.sighting (ad_id);
comment on index public.sighting_ad_id_idx is 'The sightings in an ad; the foreign key.';

comment on table public.sighting is 'One domain found in one text that is no comment: a caption, a profile, an ad. It counts in no figure of comments.';
comment on column public.sighting.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.sighting.domain_id is 'The domain that was meant.';
comment on column public.sighting.video_id is 'The video whose caption it stands in; null for any other place.';
comment on column public.sighting.creator_id is 'The creator in whose profile it stands; null for any other place.';
comment on column public.sighting.ad_id is 'The ad that it stands in; null for any other place.';
comment on column public.sighting.place is 'Where in its owner: caption, bio, bio_url, ad_title or landing_url.';
comment on column public.sighting.mention_text is 'The domain exactly as written, disguise included.';
comment on column public.sighting.position_start is 'First code point of the span in the text of that place, counted from 0.';
comment on column public.sighting.position_end is 'Code point after the span.';
comment on column public.sighting.context is 'The span with up to 60 code points on each side.';
comment on column public.sighting.url is 'The address with its path, where more than a host was written.';
comment on column public.sighting.occurrences is 'Every span of this domain in this text: text, start, end, confidence, method, url. The columns hold the first of the best tier.';
comment on column public.sighting.confidence_score is 'How sure the extractor is that this domain was meant, 0 to 1.';
comment on column public.sighting.extraction_method is 'How it was written: url, bare, dot_word, bracketed, spaced, homoglyph, …';
comment on column public.sighting.extractor_version is 'Version of the rules that found it.';
comment on column public.sighting.tier is 'shown from a confidence of 0.50 on; held below: kept for later hunting.';
comment on column public.sighting.discovered_at is 'When a collector first saw the domain in this place; kept while the text changes and the domain stays.';
comment on column public.sighting.created_at is 'When the row was inserted.';
comment on column public.sighting.updated_at is 'When the row last changed.';

create function private.sighting_text(place text, owner_id uuid) returns text
language sql stable set search_path = ''
as $$
  select case place
    when 'caption' then (select v.caption from public.video v where v.id = owner_id)
    when 'bio' then (select c.bio from public.creator c where c.id = owner_id)
    when 'bio_url' then (select c.bio_url from public.creator c where c.id = owner_id)
    when 'ad_title' then (select a.title from public.ad a where a.id = owner_id)
    when 'landing_url' then (select a.landing_url from public.ad a where a.id = owner_id)
  end
$$;
comment on function private.sighting_text(text, uuid) is 'The text in which the sightings of an owner''s place stand.';

-- A sighting is evidence only while it quotes its text to the letter.
create function private.sighting_quotes_its_text() returns trigger
language plpgsql set search_path = ''
as $$
declare
  stray uuid;
begin
  select n.id into stray
  from (
    select s.id, s.mention_text, s.position_start, s.position_end, s.occurrences,
           coalesce(private.sighting_text(s.place, coalesce(s.video_id, s.creator_id, s.ad_id)), '') as whole
    from changed_to s
  ) n
  where substr(n.whole, n.position_start + 1, n.position_end - n.position_start) <> n.mention_text
     or exists (
       select from jsonb_array_elements(n.occurrences) as o
       where substr(n.whole, (o.value ->> 'start')::integer + 1,
                    (o.value ->> 'end')::integer - (o.value ->> 'start')::integer) <> o.value ->> 'text')
  limit 1;
  if found then
    raise exception 'sighting % does not quote its text', stray
      using errcode = 'integrity_constraint_violation',
            hint = 'Spans are code points of the text of its place, counted from 0, the end not included.';
  end if;
  return null;
end
$$;
comment on function private.sighting_quotes_its_text() is
  'Refuses a sighting whose spans do not hold the words it gives.';

-- A sighting is about the text as it stands: when that changes, the sightings of its place fall away and the text is
-- unread (the writer adds those of the new one). A row trigger, because it locks nothing that is not the row's own.
create function private.sightings_follow_text() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_table_name = 'video' then
    delete from public.sighting s where s.video_id = new.id;
    new.caption_extractor_version := null;
  elsif tg_table_name = 'creator' then
    delete from public.sighting s
    where s.creator_id = new.id
      and (s.place = 'bio' and old.bio is distinct from new.bio
           or s.place = 'bio_url' and old.bio_url is distinct from new.bio_url);
    new.extractor_version := null;
  else
    delete from public.sighting s
    where s.ad_id = new.id
      and (s.place = 'ad_title' and old.title is distinct from new.title
           or s.place = 'landing_url' and old.landing_url is distinct from new.landing_url);
    new.extractor_version := null;
  end if;
  return new;
end
$$;
comment on function private.sightings_follow_text() is
  'Drops the sightings of a text that changed, and notes that it is unread.';

create trigger sighting_set_updated_at before update on public.sighting
  for each row execute function private.set_updated_at();
comment on trigger sighting_set_updated_at on public.sighting is 'A row that changed says when.';
create trigger sighting_quote_insert after insert on public.sighting
  referencing new table as changed_to
  for each statement execute function private.sighting_quotes_its_text();
comment on trigger sighting_quote_insert on public.sighting is 'Evidence quotes its text.';
create trigger sighting_quote_update after update on public.sighting
  referencing new table as changed_to
  for each statement execute function private.sighting_quotes_its_text();
comment on trigger sighting_quote_update on public.sighting is 'Evidence quotes its text.';
create trigger video_sightings_follow before update on public.video
  for each row when (old.caption is distinct from new.caption) execute function private.sightings_follow_text();
comment on trigger video_sightings_follow on public.video is 'Sightings are those of the caption as it stands.';
create trigger creator_sightings_follow before update on public.creator
  for each row when ((old.bio, old.bio_url) is distinct from (new.bio, new.bio_url))
  execute function private.sightings_follow_text();
comment on trigger creator_sightings_follow on public.creator is 'Sightings are those of the profile as it stands.';
create trigger ad_sightings_follow before update on public.ad
  for each row when ((old.title, old.landing_url) is distinct from (new.title, new.landing_url))
  execute function private.sightings_follow_text();
comment on trigger ad_sightings_follow on public.ad is 'Sightings are those of the ad as it stands.';

revoke all on public.sighting from public, anon, authenticated, service_role;
grant select on public.sighting to authenticated;
grant select, insert, update, delete on public.sighting to service_role;
revoke all on function private.sighting_text(text, uuid), private.sighting_quotes_its_text(),
  private.sightings_follow_text() from public, anon, authenticated;
-- The trigger asks for it as the writer, and so does the verification.
grant execute on function private.sighting_text(text, uuid) to service_role;
alter table public.sighting enable row level security;
create policy sighting_read on public.sighting for select to authenticated using (true);
comment on policy sighting_read on public.sighting is 'Everybody who is signed in reads all rows.';
create policy sighting_write on public.sighting for all to service_role using (true) with check (true);
comment on policy sighting_write on public.sighting is 'The worker reads and writes all rows.';

-- Rollback:
-- drop trigger ad_sightings_follow on public.ad;
-- drop trigger creator_sightings_follow on public.creator;
-- drop trigger video_sightings_follow on public.video;
-- drop table public.sighting;
-- drop function private.sightings_follow_text();
-- drop function private.sighting_quotes_its_text();
-- drop function private.sighting_text(text, uuid);
-- alter table public.video drop column caption_extractor_version;
