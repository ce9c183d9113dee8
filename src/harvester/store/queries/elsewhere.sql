-- Creators, ads, and what was found in captions, profiles and ads: the part of a batch that most batches lack.

-- name: stage_creators
-- As `staged_video`: `wave` numbers the records of one key within the batch.
create temporary table staged_creator (
  id uuid, wave integer, is_dated boolean, username text, display_name text, bio text, bio_url text,
  is_verified boolean, follower_count bigint, following_count bigint, like_count bigint, video_count bigint,
  observed_at timestamptz, metadata jsonb, is_stub boolean default false,
  discovered_at timestamptz generated always as (observed_at) stored,
  last_crawled_at timestamptz generated always as (observed_at) stored
) on commit drop;

-- name: stage_ads
create temporary table staged_ad (
  id uuid, wave integer, is_dated boolean, ad_id text, title text, landing_url text, advertiser_id text,
  advertiser_name text, paid_for_by text, advertiser_username text, state text, first_shown_on date,
  last_shown_on date, reach text, observed_at timestamptz, metadata jsonb, is_stub boolean default false,
  discovered_at timestamptz generated always as (observed_at) stored
) on commit drop;

-- name: stage_sightings
-- `owner_row` is the staged row of the video, creator or ad. `is_known` marks what was read in the stored text before.
create temporary table staged_sighting (
  id uuid, owner_row uuid, place text, discovered_at timestamptz, domain_row uuid, domain_name text,
  unicode_name text, tld text, public_suffix text, registrable_domain text, subdomain text, kind text,
  mention_text text, position_start integer, position_end integer, context text, url text, occurrences jsonb,
  confidence_score numeric, extraction_method text, extractor_version text, is_known boolean default false
) on commit drop;

-- name: clamp_creators_to_now
-- A collector's clock may run ahead; nothing is discovered or observed in the future.
update pg_temp.staged_creator set observed_at = now() where observed_at > now();

-- name: clamp_ads_to_now
-- The same for ads.
update pg_temp.staged_ad set observed_at = now() where observed_at > now();

-- name: clamp_sightings_to_now
-- The same for what was found in them.
update pg_temp.staged_sighting set discovered_at = now() where discovered_at > now();

-- name: insert_creators
-- New creators of one wave.
with inserted as (
  insert into public.creator (
    id, username, display_name, bio, bio_url, is_verified, follower_count, following_count, like_count,
    video_count, discovered_at, last_crawled_at, observed_at, extractor_version, metadata)
  select
    id, username, display_name, bio, bio_url, is_verified, follower_count, following_count, like_count,
    video_count, discovered_at, last_crawled_at, observed_at,
    case when bio is not null or bio_url is not null then %(version)s end, coalesce(metadata, '{}')
  from pg_temp.staged_creator
  where wave = %(wave)s
  order by username
  on conflict (username) do nothing
  returning id
)
select count(*) as n from inserted;

-- name: insert_ads
-- New ads of one wave.
with inserted as (
  insert into public.ad (
    id, ad_id, title, landing_url, advertiser_id, advertiser_name, paid_for_by, advertiser_username, state,
    first_shown_on, last_shown_on, reach, discovered_at, observed_at, extractor_version, metadata)
  select
    id, ad_id, title, landing_url, advertiser_id, advertiser_name, paid_for_by, advertiser_username, state,
    first_shown_on, last_shown_on, reach, discovered_at, observed_at,
    case when title is not null or landing_url is not null then %(version)s end, coalesce(metadata, '{}')
  from pg_temp.staged_ad
  where wave = %(wave)s
  order by ad_id
  on conflict (ad_id) do nothing
  returning id
)
select count(*) as n from inserted;

-- name: insert_domains_seen
-- Domains not met before, of mentions and sightings together, in the order of their names.
with inserted as (
  insert into public.domain (
    id, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind)
  select distinct on (domain_name)
    domain_row, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind
  from (
    select domain_row, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind
    from pg_temp.staged_mention
    union all
    select domain_row, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind
    from pg_temp.staged_sighting
    where not is_known
  ) found
  order by domain_name, domain_row
  on conflict (domain_name) do nothing
  returning id
)
select count(*) as n from inserted;
