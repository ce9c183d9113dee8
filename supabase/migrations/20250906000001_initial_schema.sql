-- The core of the harvester: videos, comments, domains and the mentions that tie them together, with the
-- runs that brought them in and the records that were refused. Written for Supabase and for plain
-- PostgreSQL 15 and later (there, supabase/plain comes first).

-- Internals: nothing in this schema is offered to API users.
create schema private;
comment on schema private is 'Internals of the harvester: trigger functions, checks, defaults.';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
grant usage on schema public to authenticated, service_role;

-------------------------------------------------------------------------------------------------------
-- Functions that the tables below are made of.
-------------------------------------------------------------------------------------------------------

-- RFC 9562 version 7: 48 bits of Unix milliseconds, then the version digit, then the random rest (with
-- its variant bits) of a version 4 value. PostgreSQL 18 brings its own; 15 to 17 do not.
create function private.uuid_v7() returns uuid
language sql volatile parallel safe set search_path = ''
as $$
  select (
    lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || '7'
    || substr(replace(gen_random_uuid()::text, '-', ''), 14)
  )::uuid
$$;
comment on function private.uuid_v7() is 'A time-ordered UUID (RFC 9562, version 7), the default of every id.';

create function private.set_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function private.set_updated_at() is 'Notes the time of a row''s last change.';

-- True for a text that PostgreSQL reads as a time with zone. A cast inside a check would raise an error
-- of its own; pg_input_is_valid exists only from version 16 on.
create function private.is_timestamp(value jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  if jsonb_typeof(value) <> 'string' then
    return false;
  end if;
  -- An explicit offset keeps the answer independent of the session's time zone.
  return (value #>> '{}') ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$'
     and (value #>> '{}')::timestamptz is not null;
exception
  when invalid_datetime_format or datetime_field_overflow then
    return false;
end
$$;
comment on function private.is_timestamp(jsonb) is 'Whether a JSON value is an ISO 8601 time with its offset.';

-- True when every key of the block that is present has its type; `nullable` lists the keys that may be null.
create function private.has_types(block jsonb, types jsonb, nullable text[] default '{}') returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce(bool_and(
    case
      when block -> wanted.key is null then true
      when jsonb_typeof(block -> wanted.key) = 'null' then wanted.key = any (nullable)
      when wanted.value = 'timestamptz' then private.is_timestamp(block -> wanted.key)
      when wanted.value = 'int' then
        jsonb_typeof(block -> wanted.key) = 'number' and (block ->> wanted.key) ~ '^-?\d{1,9}$'
      when wanted.value = 'text[]' then
        jsonb_typeof(block -> wanted.key) = 'array'
        and not jsonb_path_exists(block -> wanted.key, '$[*] ? (@.type() != "string")')
      else jsonb_typeof(block -> wanted.key) = wanted.value
    end
  ), true)
  from jsonb_each_text(types) as wanted
$$;
comment on function private.has_types(jsonb, jsonb, text[]) is
  'Whether each key of a JSON object that is named in types, and present, has that type.';

create function private.is_domain_metadata(metadata jsonb) returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select jsonb_typeof(metadata) = 'object'
    and (not metadata ? 'http' or (
      jsonb_typeof(metadata -> 'http') = 'object'
      and private.has_types(metadata -> 'http', '{"reachable": "boolean", "status": "int", "server": "string",
        "method": "string", "url": "string", "checked_at": "timestamptz"}')))
    and (not metadata ? 'dns' or (
      jsonb_typeof(metadata -> 'dns') = 'object'
      and private.has_types(metadata -> 'dns', '{"a": "text[]", "aaaa": "text[]", "cname": "string",
        "mx": "boolean", "checked_at": "timestamptz"}', array['cname'])))
    and (not metadata ? 'whois' or (
      jsonb_typeof(metadata -> 'whois') = 'object'
      and private.has_types(metadata -> 'whois', '{"created_at": "timestamptz", "expires_at": "timestamptz",
        "registrar": "string", "checked_at": "timestamptz"}', array['created_at', 'expires_at'])))
$$;
comment on function private.is_domain_metadata(jsonb) is
  'Whether the http, dns and whois blocks of a domain''s metadata have their types; other keys are free.';

-------------------------------------------------------------------------------------------------------
-- video
-------------------------------------------------------------------------------------------------------
create table public.video (
  id                uuid primary key default private.uuid_v7(),
  video_id          text not null unique,
  username          text,
  caption           text,
  video_url         text,
  thumbnail_url     text,
  region_code       text,
  view_count        bigint,
  like_count        bigint,
  comment_count     bigint,
  share_count       bigint,
  is_promoted       boolean not null default false,
  promotion         jsonb,
  is_active         boolean not null default true,
  posted_at         timestamptz,
  discovered_at     timestamptz not null default now(),
  last_crawled_at   timestamptz,
  observed_at       timestamptz not null default now(),
  field_observed_at jsonb not null default '{}',
  metadata          jsonb not null default '{}',
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  -- 128 bytes hold TikTok's numbers and `file:<sha256>`; the bounds keep every index entry small.
  constraint video_video_id_length check (octet_length(video_id) between 1 and 128),
  constraint video_username_length check (octet_length(username) between 1 and 512),
  constraint video_counts_not_negative check (
    view_count >= 0 and like_count >= 0 and comment_count >= 0 and share_count >= 0),
  constraint video_posted_at_range check (posted_at >= '2000-01-01Z' and posted_at < '2100-01-01Z'),
  constraint video_promotion_is_object check (jsonb_typeof(promotion) = 'object'),
  constraint video_metadata_is_object check (jsonb_typeof(metadata) = 'object'),
  constraint video_field_observed_at_is_object check (jsonb_typeof(field_observed_at) = 'object')
);
create index video_username_idx on public.video (username);
create index video_discovered_at_idx on public.video (discovered_at desc);
create index video_last_crawled_at_idx on public.video (last_crawled_at);
create index video_active_idx on public.video (last_crawled_at) where is_active;

comment on table public.video is 'TikTok videos, promoted or not. A video known only through its comments is a stub: last_crawled_at is null.';
comment on column public.video.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.video.video_id is 'TikTok''s id, as text (it exceeds 2^53); file:<sha256> for a file that names no video.';
comment on column public.video.username is 'Handle of the creator without @; null where unknown.';
comment on column public.video.caption is 'The text under the video, as its creator wrote it.';
comment on column public.video.video_url is 'Address of the video on TikTok.';
comment on column public.video.thumbnail_url is 'Address of the preview picture, where it is stable.';
comment on column public.video.region_code is 'Two-letter region in which the creator registered, as TikTok gives it.';
comment on column public.video.view_count is 'Views at the newest observation.';
comment on column public.video.like_count is 'Likes at the newest observation.';
comment on column public.video.comment_count is 'Comments that TikTok counts, at the newest observation; not those stored here.';
comment on column public.video.share_count is 'Shares at the newest observation.';
comment on column public.video.is_promoted is 'Whether any source ever marked the video as advertising or paid partnership; it only rises.';
comment on column public.video.promotion is 'Why it counts as promoted: label, brands, advertiser, and the flag that said so.';
comment on column public.video.is_active is 'False once the video was found to be gone.';
comment on column public.video.posted_at is 'When it was posted, by TikTok.';
comment on column public.video.discovered_at is 'When a collector first saw it; never in the future.';
comment on column public.video.last_crawled_at is 'When a collector last saw the video itself; null for a stub.';
comment on column public.video.observed_at is 'Time of the newest observation that was merged into this row.';
comment on column public.video.field_observed_at is 'Field name to the time of its value, for fields older than observed_at.';
comment on column public.video.metadata is 'What the source says beyond these columns.';
comment on column public.video.created_at is 'When the row was inserted.';
comment on column public.video.updated_at is 'When the row last changed.';

-------------------------------------------------------------------------------------------------------
-- comment
-------------------------------------------------------------------------------------------------------
create table public.comment (
  id                uuid primary key default private.uuid_v7(),
  video_id          uuid not null references public.video (id) on delete cascade,
  comment_id        text not null unique,
  parent_comment_id uuid references public.comment (id) on delete set null,
  parent_ref        text,
  username          text,
  text              text not null,
  like_count        bigint,
  reply_count       bigint,
  posted_at         timestamptz,
  discovered_at     timestamptz not null default now(),
  observed_at       timestamptz not null default now(),
  field_observed_at jsonb not null default '{}',
  extractor_version text,
  metadata          jsonb not null default '{}',
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint comment_comment_id_length check (octet_length(comment_id) between 1 and 128),
  constraint comment_parent_ref_length check (octet_length(parent_ref) between 1 and 128),
  constraint comment_username_length check (octet_length(username) between 1 and 512),
  -- A tsvector holds at most 1 MiB; this bound keeps the full-text index from refusing a row.
  constraint comment_text_length check (char_length(text) <= 65536),
  constraint comment_counts_not_negative check (like_count >= 0 and reply_count >= 0),
  constraint comment_posted_at_range check (posted_at >= '2000-01-01Z' and posted_at < '2100-01-01Z'),
  constraint comment_not_its_own_parent check (parent_comment_id <> id),
  constraint comment_metadata_is_object check (jsonb_typeof(metadata) = 'object'),
  constraint comment_field_observed_at_is_object check (jsonb_typeof(field_observed_at) = 'object')
);
create index comment_video_id_discovered_at_idx on public.comment (video_id, discovered_at desc);
create index comment_username_idx on public.comment (username);
create index comment_discovered_at_idx on public.comment (discovered_at desc);
create index comment_posted_at_idx on public.comment (posted_at desc);
create index comment_parent_comment_id_idx on public.comment (parent_comment_id);
-- Replies whose parent has not arrived: looked up by each batch, and few.
create index comment_waiting_for_parent_idx on public.comment (parent_ref)
  where parent_comment_id is null and parent_ref is not null;
create index comment_text_search_idx on public.comment using gin (to_tsvector('simple', text));

comment on table public.comment is 'Texts under videos, replies included, whether or not they mention a domain.';
comment on column public.comment.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.comment.video_id is 'The video it stands under.';
comment on column public.comment.comment_id is 'TikTok''s id, as text; derived:<hash> where the source has none.';
comment on column public.comment.parent_comment_id is 'The comment it replies to, once that one is stored; null for a top-level comment.';
comment on column public.comment.parent_ref is 'TikTok''s id of the comment it replies to; kept while that one is missing.';
comment on column public.comment.username is 'Handle of the author without @; null where the source gives no author.';
comment on column public.comment.text is 'The words as written; empty for a picture or sticker.';
comment on column public.comment.like_count is 'Likes at the newest observation.';
comment on column public.comment.reply_count is 'Replies that TikTok counts, at the newest observation.';
comment on column public.comment.posted_at is 'When it was posted, by TikTok.';
comment on column public.comment.discovered_at is 'When a collector first saw it; never in the future.';
comment on column public.comment.observed_at is 'Time of the newest observation that was merged into this row.';
comment on column public.comment.field_observed_at is 'Field name to the time of its value, for fields older than observed_at.';
comment on column public.comment.extractor_version is 'Version of the rules that last read the text, set even when nothing was found.';
comment on column public.comment.metadata is 'What the source says beyond these columns.';
comment on column public.comment.created_at is 'When the row was inserted.';
comment on column public.comment.updated_at is 'When the row last changed.';

-------------------------------------------------------------------------------------------------------
-- domain
-------------------------------------------------------------------------------------------------------
create table public.domain (
  id                 uuid primary key default private.uuid_v7(),
  domain_name        text not null unique,
  unicode_name       text not null,
  tld                text not null,
  public_suffix      text not null,
  registrable_domain text not null,
  subdomain          text not null default '',
  kind               text,
  is_suspicious      boolean not null default false,
  is_verified        boolean not null default false,
  verified_at        timestamptz,
  mention_count      bigint not null default 0,
  first_seen_at      timestamptz,
  last_seen_at       timestamptz,
  notes              text,
  metadata           jsonb not null default '{}',
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  -- RFC 1035: 253 octets in all, 63 a label; the underscore is written in the wild, so it is let in.
  constraint domain_domain_name_form check (
    domain_name ~ '^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'
    and octet_length(domain_name) <= 253),
  constraint domain_parts_fit check (
    domain_name = case when subdomain = '' then registrable_domain else subdomain || '.' || registrable_domain end
    and (registrable_domain = public_suffix or right(registrable_domain, length(public_suffix) + 1) = '.' || public_suffix)
    and (public_suffix = tld or right(public_suffix, length(tld) + 1) = '.' || tld)),
  constraint domain_kind_known check (kind in ('platform', 'shortener', 'link_in_bio', 'messenger')),
  constraint domain_mention_count_not_negative check (mention_count >= 0),
  constraint domain_seen_when_mentioned check (
    (mention_count > 0) = (first_seen_at is not null) and (mention_count > 0) = (last_seen_at is not null)
    and first_seen_at <= last_seen_at),
  constraint domain_metadata_form check (private.is_domain_metadata(metadata))
);
create index domain_tld_idx on public.domain (tld);
create index domain_registrable_domain_idx on public.domain (registrable_domain);
create index domain_first_seen_at_idx on public.domain (first_seen_at desc);
create index domain_last_seen_at_idx on public.domain (last_seen_at desc);
create index domain_mention_count_idx on public.domain (mention_count desc);
create index domain_suspicious_idx on public.domain (last_seen_at desc) where is_suspicious;
create index domain_verified_idx on public.domain (last_seen_at desc) where is_verified;

-- Search by substring wants trigrams; where the extension cannot be had, it works without an index.
do $$
declare
  extension_schema text;
begin
  if not exists (select from pg_catalog.pg_available_extensions where name = 'pg_trgm') then
    raise notice 'pg_trgm is not available here: substring search of domains will have no index';
    return;
  end if;
  begin
    create extension if not exists pg_trgm with schema extensions;
  exception when insufficient_privilege then
    raise notice 'pg_trgm may not be created by %: substring search of domains will have no index', current_user;
    return;
  end;
  select n.nspname into strict extension_schema
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm';
  execute format(
    'create index domain_domain_name_trgm_idx on public.domain using gin (domain_name %I.gin_trgm_ops)',
    extension_schema);
end
$$;

comment on table public.domain is 'Host names as normalised by the harvester. A row without shown mentions is in no view.';
comment on column public.domain.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.domain.domain_name is 'The host: A-labels (RFC 5890), lower case, no leading www.';
comment on column public.domain.unicode_name is 'The same with its Unicode labels, for people to read.';
comment on column public.domain.tld is 'The last label.';
comment on column public.domain.public_suffix is 'Suffix under which names are registered (publicsuffix.org, ICANN and private sections).';
comment on column public.domain.registrable_domain is 'Public suffix plus one label; the host itself where it is a private suffix.';
comment on column public.domain.subdomain is 'The labels before the registrable domain; empty where there are none.';
comment on column public.domain.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';
comment on column public.domain.is_suspicious is 'Set by a person''s verdict: malicious or suspicious.';
comment on column public.domain.is_verified is 'Whether a person has given a verdict.';
comment on column public.domain.verified_at is 'When it last answered to a look-up.';
comment on column public.domain.mention_count is 'Shown mentions, kept exact by a trigger of domain_mention.';
comment on column public.domain.first_seen_at is 'Least discovered_at of its shown mentions; null while there is none.';
comment on column public.domain.last_seen_at is 'Greatest discovered_at of its shown mentions; null while there is none.';
comment on column public.domain.notes is 'What analysts wrote about it.';
comment on column public.domain.metadata is 'Latest look-ups: http, dns and whois, each with checked_at; more keys are allowed.';
comment on column public.domain.created_at is 'When the row was inserted.';
comment on column public.domain.updated_at is 'When the row last changed.';

-------------------------------------------------------------------------------------------------------
-- domain_mention
-------------------------------------------------------------------------------------------------------
create table public.domain_mention (
  id                uuid primary key default private.uuid_v7(),
  domain_id         uuid not null references public.domain (id) on delete cascade,
  comment_id        uuid not null references public.comment (id) on delete cascade,
  video_id          uuid not null references public.video (id) on delete cascade,
  mention_text      text not null,
  position_start    integer not null,
  position_end      integer not null,
  context           text not null,
  url               text,
  occurrences       jsonb not null,
  confidence_score  numeric(3, 2) not null,
  extraction_method text not null,
  extractor_version text not null,
  role              text,
  tier              text not null generated always as (
    case when confidence_score >= 0.50 then 'shown' else 'held' end) stored,
  discovered_at     timestamptz not null default now(),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint domain_mention_once_a_comment unique (domain_id, video_id, comment_id),
  constraint domain_mention_span check (
    position_start >= 0 and position_end - position_start = char_length(mention_text) and mention_text <> ''),
  constraint domain_mention_confidence_range check (confidence_score between 0 and 1),
  constraint domain_mention_occurrences_listed check (
    jsonb_typeof(occurrences) = 'array' and jsonb_array_length(occurrences) > 0),
  constraint domain_mention_role_known check (role in ('promoted', 'warned_about', 'asked_about'))
);
create index domain_mention_domain_id_discovered_at_idx on public.domain_mention (domain_id, discovered_at desc);
create index domain_mention_discovered_at_idx on public.domain_mention (discovered_at desc);
create index domain_mention_comment_id_idx on public.domain_mention (comment_id);
create index domain_mention_video_id_idx on public.domain_mention (video_id);

comment on table public.domain_mention is 'One domain found in one comment, with the place it stands and how sure the extractor is.';
comment on column public.domain_mention.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.domain_mention.domain_id is 'The domain that was meant.';
comment on column public.domain_mention.comment_id is 'The comment it stands in.';
comment on column public.domain_mention.video_id is 'The comment''s video.';
comment on column public.domain_mention.mention_text is 'The domain exactly as written, disguise included.';
comment on column public.domain_mention.position_start is 'First code point of the span in the comment''s text, counted from 0.';
comment on column public.domain_mention.position_end is 'Code point after the span.';
comment on column public.domain_mention.context is 'The span with up to 60 code points on each side.';
comment on column public.domain_mention.url is 'The address with its path, where more than a host was written.';
comment on column public.domain_mention.occurrences is 'Every span of this domain in this comment: text, start, end, confidence, method, url. The columns hold the first of the best tier.';
comment on column public.domain_mention.confidence_score is 'How sure the extractor is that this domain was meant, 0 to 1.';
comment on column public.domain_mention.extraction_method is 'How it was written: url, bare, dot_word, bracketed, spaced, homoglyph, …';
comment on column public.domain_mention.extractor_version is 'Version of the rules that found it.';
comment on column public.domain_mention.role is 'Whether the comment promotes it, warns about it or asks about it; null until judged.';
comment on column public.domain_mention.tier is 'shown from a confidence of 0.50 on; held below: kept for later hunting and counted nowhere.';
comment on column public.domain_mention.discovered_at is 'The comment''s discovered_at.';
comment on column public.domain_mention.created_at is 'When the row was inserted.';
comment on column public.domain_mention.updated_at is 'When the row last changed.';

-------------------------------------------------------------------------------------------------------
-- run and quarantine
-------------------------------------------------------------------------------------------------------
create table public.run (
  id                uuid primary key default private.uuid_v7(),
  source            text not null,
  request           jsonb not null default '{}',
  cursor            jsonb,
  state             text not null default 'running',
  fetched           bigint not null default 0,
  stored            bigint not null default 0,
  updated           bigint not null default 0,
  duplicate         bigint not null default 0,
  quarantined       bigint not null default 0,
  mention_count     bigint not null default 0,
  domain_count      bigint not null default 0,
  errors            jsonb not null default '{}',
  extractor_version text not null,
  started_at        timestamptz not null default now(),
  finished_at       timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint run_state_known check (state in ('running', 'finished', 'failed', 'stopped')),
  constraint run_counts_not_negative check (
    least(fetched, stored, updated, duplicate, quarantined, mention_count, domain_count) >= 0),
  -- The promise of every import: each record is accounted for.
  constraint run_counts_add_up check (fetched = stored + updated + duplicate + quarantined),
  constraint run_finished_when_over check ((state = 'running') = (finished_at is null))
);
create index run_started_at_idx on public.run (started_at desc);

comment on table public.run is 'One execution of a source: what was asked, how far it came, what became of each record.';
comment on column public.run.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.run.source is 'Name of the API or export format.';
comment on column public.run.request is 'What was asked: the file''s name and hash, or the query.';
comment on column public.run.cursor is 'Where to go on; written with the records it stands for.';
comment on column public.run.state is 'running, finished, failed or stopped.';
comment on column public.run.fetched is 'Records read: stored + updated + duplicate + quarantined.';
comment on column public.run.stored is 'Records that were new.';
comment on column public.run.updated is 'Records that changed a stored row.';
comment on column public.run.duplicate is 'Records that said nothing new.';
comment on column public.run.quarantined is 'Records refused, each with its reason.';
comment on column public.run.mention_count is 'Mentions that this run added, shown and held.';
comment on column public.run.domain_count is 'Domains that this run added.';
comment on column public.run.errors is 'How often each thing was wrong, by code: reasons of quarantine and repairs made on the way.';
comment on column public.run.extractor_version is 'Version of the rules that read the texts of this run.';
comment on column public.run.started_at is 'When it began.';
comment on column public.run.finished_at is 'When it ended; null while it runs.';
comment on column public.run.created_at is 'When the row was inserted.';
comment on column public.run.updated_at is 'When the row last changed.';

create table public.quarantine (
  id         uuid primary key default private.uuid_v7(),
  run_id     uuid not null references public.run (id),
  source     text not null,
  reason     text not null,
  detail     text not null,
  raw        bytea not null,
  sha256     bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint quarantine_once_a_source unique (source, sha256),
  constraint quarantine_sha256_length check (octet_length(sha256) = 32)
);
create index quarantine_run_id_idx on public.quarantine (run_id);

comment on table public.quarantine is 'Records that were refused, with the reason and their raw form; the same record once a source.';
comment on column public.quarantine.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.quarantine.run_id is 'The run that first met it.';
comment on column public.quarantine.source is 'Name of the API or export format.';
comment on column public.quarantine.reason is 'Stable code: ruined_id, missing_text, bad_json, …';
comment on column public.quarantine.detail is 'One sentence for a person: what was wrong and where.';
comment on column public.quarantine.raw is 'The record as it came, byte for byte.';
comment on column public.quarantine.sha256 is 'SHA-256 of raw.';
comment on column public.quarantine.created_at is 'When the row was inserted.';
comment on column public.quarantine.updated_at is 'When the row last changed.';

-------------------------------------------------------------------------------------------------------
-- Rules that span rows. Statement triggers: a row trigger is slower and deadlocks with several writers.
-------------------------------------------------------------------------------------------------------
create trigger video_set_updated_at before update on public.video
  for each row when (old is distinct from new) execute function private.set_updated_at();
create trigger comment_set_updated_at before update on public.comment
  for each row when (old is distinct from new) execute function private.set_updated_at();
create trigger domain_set_updated_at before update on public.domain
  for each row when (old is distinct from new) execute function private.set_updated_at();
-- PostgreSQL refuses to compare whole rows here: the table has a generated column.
create trigger domain_mention_set_updated_at before update on public.domain_mention
  for each row execute function private.set_updated_at();
create trigger run_set_updated_at before update on public.run
  for each row when (old is distinct from new) execute function private.set_updated_at();
create trigger quarantine_set_updated_at before update on public.quarantine
  for each row when (old is distinct from new) execute function private.set_updated_at();

-- A mention is about the text as it stands: when a comment's text changes its mentions fall away (the
-- writer adds those of the new text), and when its discovered_at moves, theirs moves with it.
create function private.mentions_follow_comment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  delete from public.domain_mention m
  using changed_from o join changed_to n using (id)
  where m.comment_id = n.id and o.text <> n.text;

  update public.domain_mention m
  set discovered_at = n.discovered_at
  from changed_from o join changed_to n using (id)
  where m.comment_id = n.id and o.discovered_at <> n.discovered_at;
  return null;
end
$$;
comment on function private.mentions_follow_comment() is
  'Drops the mentions of a text that changed; carries a comment''s discovered_at to its mentions.';
create trigger comment_mentions_follow after update on public.comment
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.mentions_follow_comment();

create function private.mention_has_the_comments_video() returns trigger
language plpgsql set search_path = ''
as $$
declare
  stray uuid;
begin
  select n.id into stray
  from changed_to n join public.comment c on c.id = n.comment_id
  where c.video_id <> n.video_id
  limit 1;
  if found then
    raise exception 'domain_mention % names another video than its comment does', stray
      using errcode = 'integrity_constraint_violation',
            hint = 'Set video_id to the video_id of the comment.';
  end if;
  return null;
end
$$;
comment on function private.mention_has_the_comments_video() is 'Refuses a mention whose video is not its comment''s.';
create trigger domain_mention_video_insert after insert on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.mention_has_the_comments_video();
create trigger domain_mention_video_update after update on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.mention_has_the_comments_video();

-- The counters of domain. Rows are locked in the order of their ids first, so that writers with
-- overlapping domains wait for each other and never in a circle.
create function private.count_added_mentions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform from public.domain d
  where d.id in (select domain_id from changed_to where tier = 'shown')
  order by d.id
  for no key update;

  update public.domain d
  set mention_count = d.mention_count + added.mentions,
      first_seen_at = least(d.first_seen_at, added.first_seen_at),
      last_seen_at = greatest(d.last_seen_at, added.last_seen_at)
  from (
    select domain_id, count(*) as mentions, min(discovered_at) as first_seen_at, max(discovered_at) as last_seen_at
    from changed_to
    where tier = 'shown'
    group by domain_id
  ) added
  where d.id = added.domain_id;
  return null;
end
$$;
comment on function private.count_added_mentions() is 'Raises the counters of the domains whose shown mentions were inserted.';
create trigger domain_mention_count_insert after insert on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.count_added_mentions();

-- After a deletion or change the first and last times are read anew from the index of the domain.
create function private.recount_mentions() returns trigger
language plpgsql set search_path = ''
as $$
declare
  touched uuid[];
  difference bigint[];
begin
  -- A deletion has no new rows: `changed_to` exists only for an update.
  if tg_op = 'DELETE' then
    select array_agg(domain_id), array_agg(mentions) into touched, difference
    from (
      select domain_id, -count(*) as mentions from changed_from where tier = 'shown' group by domain_id
    ) lost;
  else
    select array_agg(domain_id), array_agg(mentions) into touched, difference
    from (
      select domain_id, sum(mentions)::bigint as mentions
      from (
        select domain_id, -1 as mentions from changed_from where tier = 'shown'
        union all
        select domain_id, 1 from changed_to where tier = 'shown'
      ) both_sides
      group by domain_id
    ) moved;
  end if;
  if touched is null then
    return null;
  end if;

  perform from public.domain d where d.id = any (touched) order by d.id for no key update;

  update public.domain d
  set mention_count = d.mention_count + t.mentions,
      first_seen_at = (select min(m.discovered_at) from public.domain_mention m
                       where m.domain_id = t.domain_id and m.tier = 'shown'),
      last_seen_at = (select max(m.discovered_at) from public.domain_mention m
                      where m.domain_id = t.domain_id and m.tier = 'shown')
  from unnest(touched, difference) as t (domain_id, mentions)
  where d.id = t.domain_id;
  return null;
end
$$;
comment on function private.recount_mentions() is 'Sets the counters of the domains whose mentions were changed or deleted.';
create trigger domain_mention_count_update after update on public.domain_mention
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.recount_mentions();
create trigger domain_mention_count_delete after delete on public.domain_mention
  referencing old table as changed_from
  for each statement execute function private.recount_mentions();

-------------------------------------------------------------------------------------------------------
-- Who may do what: signed-in people read, the worker (service_role) writes, strangers get nothing.
-- Everything is taken back first, because Supabase projects may grant new objects by default.
-------------------------------------------------------------------------------------------------------
revoke all on public.video, public.comment, public.domain, public.domain_mention, public.run, public.quarantine
  from public, anon, authenticated, service_role;
grant select on public.video, public.comment, public.domain, public.domain_mention, public.run, public.quarantine
  to authenticated;
grant select, insert, update, delete
  on public.video, public.comment, public.domain, public.domain_mention, public.run, public.quarantine
  to service_role;

revoke all on all functions in schema private from public, anon, authenticated;
-- Defaults and checks run as the writer.
grant execute on function private.uuid_v7(), private.is_timestamp(jsonb),
  private.has_types(jsonb, jsonb, text[]), private.is_domain_metadata(jsonb) to service_role;

alter table public.video enable row level security;
alter table public.comment enable row level security;
alter table public.domain enable row level security;
alter table public.domain_mention enable row level security;
alter table public.run enable row level security;
alter table public.quarantine enable row level security;

create policy video_read on public.video for select to authenticated using (true);
create policy video_write on public.video for all to service_role using (true) with check (true);
create policy comment_read on public.comment for select to authenticated using (true);
create policy comment_write on public.comment for all to service_role using (true) with check (true);
create policy domain_read on public.domain for select to authenticated using (true);
create policy domain_write on public.domain for all to service_role using (true) with check (true);
create policy domain_mention_read on public.domain_mention for select to authenticated using (true);
create policy domain_mention_write on public.domain_mention for all to service_role using (true) with check (true);
create policy run_read on public.run for select to authenticated using (true);
create policy run_write on public.run for all to service_role using (true) with check (true);
create policy quarantine_read on public.quarantine for select to authenticated using (true);
create policy quarantine_write on public.quarantine for all to service_role using (true) with check (true);

-- Rollback:
-- drop table public.quarantine, public.run, public.domain_mention, public.domain, public.comment, public.video;
-- drop schema private cascade;
