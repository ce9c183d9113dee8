-- Who publishes the videos, and the ads of TikTok's ad library: both write addresses that no comment repeats.

create table public.creator (
  id                uuid primary key default private.uuid_v7(),
  username          text not null unique,
  display_name      text,
  bio               text,
  bio_url           text,
  is_verified       boolean,
  follower_count    bigint,
  following_count   bigint,
  like_count        bigint,
  video_count       bigint,
  discovered_at     timestamptz not null default now(),
  last_crawled_at   timestamptz,
  looked_up_at      timestamptz,
  observed_at       timestamptz not null default now(),
  field_observed_at jsonb not null default '{}',
  extractor_version text,
  metadata          jsonb not null default '{}',
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint creator_username_length check (octet_length(username) between 1 and 512),
  constraint creator_texts_length check (
    char_length(display_name) <= 65536 and char_length(bio) <= 65536 and char_length(bio_url) <= 65536),
  constraint creator_counts_not_negative check (
    follower_count >= 0 and following_count >= 0 and like_count >= 0 and video_count >= 0),
  -- As for videos: `now()` only ever turns this from false to true, and the hour is for a restored backup.
  constraint creator_times_range check (
    least(discovered_at, observed_at, last_crawled_at) >= '2000-01-01Z'
    and greatest(discovered_at, observed_at, last_crawled_at) <= now() + interval '1 hour'),
  constraint creator_metadata_is_object check (jsonb_typeof(metadata) = 'object'),
  constraint creator_field_observed_at_is_object check (jsonb_typeof(field_observed_at) = 'object')
);
create index creator_discovered_at_idx on public.creator (discovered_at desc);
comment on index public.creator_discovered_at_idx is 'Newest creators, retention.';

comment on table public.creator is 'Accounts that publish videos, as their profiles show them. Not every creator of a video has a row.';
comment on column public.creator.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.creator.username is 'The handle without @, in lower case.';
comment on column public.creator.display_name is 'The name that the profile shows.';
comment on column public.creator.bio is 'What the creator writes about themselves.';
comment on column public.creator.bio_url is 'The address that the profile links to.';
comment on column public.creator.is_verified is 'Whether TikTok marks the account as verified; null where unknown.';
comment on column public.creator.follower_count is 'Followers at the newest observation.';
comment on column public.creator.following_count is 'Accounts that it follows, at the newest observation.';
comment on column public.creator.like_count is 'Likes of all its videos, at the newest observation.';
comment on column public.creator.video_count is 'Videos that TikTok counts, at the newest observation; not those stored here.';
comment on column public.creator.discovered_at is 'When a collector first saw it; never in the future.';
comment on column public.creator.last_crawled_at is 'When a collector last saw the profile; null while only its handle is known.';
comment on column public.creator.looked_up_at is 'When TikTok was last asked for the profile itself, whatever the answer; null where it never was.';
comment on column public.creator.observed_at is 'Time of the newest observation that was merged into this row.';
comment on column public.creator.field_observed_at is 'Field name to the time of its value, for fields older than observed_at.';
comment on column public.creator.extractor_version is 'Version of the rules that last read bio and bio_url, set even when nothing was found; null while one of them is unread.';
comment on column public.creator.metadata is 'What the source says beyond these columns.';
comment on column public.creator.created_at is 'When the row was inserted.';
comment on column public.creator.updated_at is 'When the row last changed.';

create table public.ad (
  id                  uuid primary key default private.uuid_v7(),
  ad_id               text not null unique,
  title               text,
  landing_url         text,
  advertiser_id       text,
  advertiser_name     text,
  paid_for_by         text,
  advertiser_username text,
  state               text,
  first_shown_on      date,
  last_shown_on       date,
  reach               text,
  looked_up_at        timestamptz,
  discovered_at       timestamptz not null default now(),
  observed_at         timestamptz not null default now(),
  field_observed_at   jsonb not null default '{}',
  extractor_version   text,
  metadata            jsonb not null default '{}',
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint ad_ad_id_length check (octet_length(ad_id) between 1 and 128),
  constraint ad_advertiser_username_length check (octet_length(advertiser_username) between 1 and 512),
  constraint ad_texts_length check (
    char_length(title) <= 65536 and char_length(landing_url) <= 65536 and char_length(advertiser_name) <= 65536
    and char_length(paid_for_by) <= 65536),
  constraint ad_days_range check (
    least(first_shown_on, last_shown_on) >= '2000-01-01' and greatest(first_shown_on, last_shown_on) < '2100-01-01'),
  constraint ad_times_range check (
    least(discovered_at, observed_at) >= '2000-01-01Z'
    and greatest(discovered_at, observed_at) <= now() + interval '1 hour'),
  constraint ad_metadata_is_object check (jsonb_typeof(metadata) = 'object'),
  constraint ad_field_observed_at_is_object check (jsonb_typeof(field_observed_at) = 'object')
);
create index ad_discovered_at_idx on public.ad (discovered_at desc);
comment on index public.ad_discovered_at_idx is 'Newest ads, retention.';

comment on table public.ad is 'Ads of TikTok''s ad library. The library names no video.';
comment on column public.ad.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.ad.ad_id is 'TikTok''s id, as text.';
comment on column public.ad.title is 'The words of the ad.';
comment on column public.ad.landing_url is 'Where a tap on the ad leads.';
comment on column public.ad.advertiser_id is 'TikTok''s id of the advertiser, as text.';
comment on column public.ad.advertiser_name is 'The advertiser''s name of business.';
comment on column public.ad.paid_for_by is 'Who paid for it, as the ad says.';
comment on column public.ad.advertiser_username is 'Handle of the advertiser''s profile without @.';
comment on column public.ad.state is 'active or inactive, in the source''s words.';
comment on column public.ad.first_shown_on is 'First day on which it was shown.';
comment on column public.ad.last_shown_on is 'Last day on which it was shown, so far.';
comment on column public.ad.reach is 'How many people saw it, as the source writes it: 11K.';
comment on column public.ad.looked_up_at is 'When TikTok was last asked for the ad itself, whatever the answer; null where it never was.';
comment on column public.ad.discovered_at is 'When a collector first saw it; never in the future.';
comment on column public.ad.observed_at is 'Time of the newest observation that was merged into this row.';
comment on column public.ad.field_observed_at is 'Field name to the time of its value, for fields older than observed_at.';
comment on column public.ad.extractor_version is 'Version of the rules that last read title and landing_url, set even when nothing was found; null while one of them is unread.';
comment on column public.ad.metadata is 'What the source says beyond these columns.';
comment on column public.ad.created_at is 'When the row was inserted.';
comment on column public.ad.updated_at is 'When the row last changed.';

create trigger creator_set_updated_at before update on public.creator
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger creator_set_updated_at on public.creator is 'A row that changed says when.';
create trigger ad_set_updated_at before update on public.ad
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger ad_set_updated_at on public.ad is 'A row that changed says when.';
create trigger creator_note_deletion after delete or truncate on public.creator
  for each statement execute function private.note_deletion();
comment on trigger creator_note_deletion on public.creator is 'An import of what was deleted is read again.';
create trigger ad_note_deletion after delete or truncate on public.ad
  for each statement execute function private.note_deletion();
comment on trigger ad_note_deletion on public.ad is 'An import of what was deleted is read again.';

revoke all on public.creator, public.ad from public, anon, authenticated, service_role;
grant select on public.creator, public.ad to authenticated;
grant select, insert, update, delete on public.creator, public.ad to service_role;
alter table public.creator enable row level security;
alter table public.ad enable row level security;
create policy creator_read on public.creator for select to authenticated using (true);
comment on policy creator_read on public.creator is 'Everybody who is signed in reads all rows.';
create policy creator_write on public.creator for all to service_role using (true) with check (true);
comment on policy creator_write on public.creator is 'The worker reads and writes all rows.';
create policy ad_read on public.ad for select to authenticated using (true);
comment on policy ad_read on public.ad is 'Everybody who is signed in reads all rows.';
create policy ad_write on public.ad for all to service_role using (true) with check (true);
comment on policy ad_write on public.ad is 'The worker reads and writes all rows.';

-- Rollback:
-- drop table public.ad, public.creator;
