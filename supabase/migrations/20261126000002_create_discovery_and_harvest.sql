-- What is looked for, and which videos are harvested again and again: the books that the worker plans by.

create table public.discovery (
  id                    uuid primary key default private.uuid_v7(),
  name                  text not null unique,
  source                text not null,
  query                 jsonb not null default '{}',
  every_seconds         integer not null default 86400,
  days_back             integer not null default 30,
  is_active             boolean not null default true,
  cursor                jsonb,
  run_id                uuid references public.run (id) on delete set null,
  due_at                timestamptz not null default now(),
  begun_at              timestamptz,
  last_finished_at      timestamptz,
  covered_until         timestamptz,
  request_count         bigint not null default 0,
  record_count          bigint not null default 0,
  video_count           bigint not null default 0,
  harvest_request_count bigint not null default 0,
  comment_count         bigint not null default 0,
  mention_count         bigint not null default 0,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  constraint discovery_name_length check (octet_length(name) between 1 and 128),
  constraint discovery_source_known check (source in ('research_videos', 'commercial_contents', 'ads')),
  constraint discovery_query_is_object check (jsonb_typeof(query) = 'object'),
  constraint discovery_cursor_is_object check (jsonb_typeof(cursor) = 'object'),
  constraint discovery_every_seconds_range check (every_seconds between 60 and 31536000),
  constraint discovery_days_back_range check (days_back between 1 and 3650),
  constraint discovery_begun_while_under_way check ((cursor is null) = (begun_at is null)),
  constraint discovery_not_negative check (
    least(request_count, record_count, video_count, harvest_request_count, comment_count, mention_count) >= 0)
);
create index discovery_due_at_idx on public.discovery (due_at) where is_active;
comment on index public.discovery_due_at_idx is 'Which discoveries are due, the longest waiting first.';
create index discovery_run_id_idx on public.discovery (run_id);
comment on index public.discovery_run_id_idx is 'For the foreign key.';

comment on table public.discovery is 'Saved queries that find videos and ads, each asked again on its schedule.';
comment on column public.discovery.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.discovery.name is 'What people call it.';
comment on column public.discovery.source is 'Which API is asked for what: research_videos, commercial_contents or ads.';
comment on column public.discovery.query is
  'What is asked for: keywords, hashtags, regions, usernames, advertisers, term, country.';
comment on column public.discovery.every_seconds is 'Seconds from its end to its next beginning.';
comment on column public.discovery.days_back is 'Days before its beginning that it looks at.';
comment on column public.discovery.is_active is 'Whether it is asked at all.';
comment on column public.discovery.cursor is 'Where to go on; null while it is not under way.';
comment on column public.discovery.run_id is 'The run that is under way; null where none is.';
comment on column public.discovery.due_at is 'When it is to begin, or to go on.';
comment on column public.discovery.begun_at is 'When the one that is under way began; null while none is.';
comment on column public.discovery.last_finished_at is 'When it last came to its end; null before the first time.';
comment on column public.discovery.covered_until is
  'When the last one that came to its end began: what was posted by then was looked for.';
comment on column public.discovery.request_count is 'Requests that it took.';
comment on column public.discovery.record_count is 'Records that it was given, known ones included.';
comment on column public.discovery.video_count is 'Videos to harvest that it was the first to find.';
comment on column public.discovery.harvest_request_count is 'Requests that the harvests of those videos took.';
comment on column public.discovery.comment_count is 'New comments that those harvests brought, deleted ones included.';
comment on column public.discovery.mention_count is
  'New mentions that those harvests brought, shown and held, deleted ones included.';
comment on column public.discovery.created_at is 'When the row was inserted.';
comment on column public.discovery.updated_at is 'When the row last changed.';

create table public.harvest (
  id                uuid primary key default private.uuid_v7(),
  video_id          uuid not null unique references public.video (id) on delete cascade,
  discovery_id      uuid references public.discovery (id) on delete set null,
  due_at            timestamptz default now(),
  cursor            jsonb,
  run_id            uuid references public.run (id) on delete set null,
  harvest_count     bigint not null default 0,
  request_count     bigint not null default 0,
  comment_count     bigint not null default 0,
  mention_count     bigint not null default 0,
  quiet_count       integer not null default 0,
  missing_count     integer not null default 0,
  threads_read      jsonb not null default '{}',
  listed_count      bigint,
  recounted_at      timestamptz,
  last_harvested_at timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint harvest_cursor_is_object check (jsonb_typeof(cursor) = 'object'),
  constraint harvest_threads_read_is_object check (jsonb_typeof(threads_read) = 'object'),
  constraint harvest_not_negative check (
    least(harvest_count, request_count, comment_count, mention_count, quiet_count, missing_count) >= 0)
);
create index harvest_due_at_idx on public.harvest (due_at) where due_at is not null;
comment on index public.harvest_due_at_idx is 'Which videos are due, the longest waiting first.';
create index harvest_discovery_id_idx on public.harvest (discovery_id);
comment on index public.harvest_discovery_id_idx is 'What a discovery brought, and the foreign key.';
create index harvest_run_id_idx on public.harvest (run_id);
comment on index public.harvest_run_id_idx is 'For the foreign key.';
-- Most videos are due and were never looked at; the planner must not read them all to choose among some.
create index harvest_under_way_idx on public.harvest (due_at, id) where cursor is not null;
comment on index public.harvest_under_way_idx is 'What is under way, the longest waiting first.';
create index harvest_explored_idx on public.harvest (due_at) where request_count > 0;
comment on index public.harvest_explored_idx is 'Which of the videos that were looked at before are due.';
create index harvest_unexplored_idx on public.harvest (discovery_id, id desc) where request_count = 0 and due_at is not null;
comment on index public.harvest_unexplored_idx is 'What nobody has looked at, of each discovery the latest first.';
create index harvest_mention_count_idx on public.harvest (mention_count desc) where mention_count > 0;
comment on index public.harvest_mention_count_idx is 'Videos whose harvests brought mentions, those with the most first.';

comment on table public.harvest is 'The videos whose comments are collected, each again as its activity warrants.';
comment on column public.harvest.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.harvest.video_id is 'The video.';
comment on column public.harvest.discovery_id is 'The discovery that was the first to find it; null where that was removed.';
comment on column public.harvest.due_at is 'When it is to be harvested, or gone on with; null for never again.';
comment on column public.harvest.cursor is 'Where to go on; null while no harvest is under way.';
comment on column public.harvest.run_id is 'The run that is under way; null where none is.';
comment on column public.harvest.harvest_count is 'Harvests that came to their end.';
comment on column public.harvest.request_count is 'Requests that its harvests took.';
comment on column public.harvest.comment_count is 'New comments that its harvests brought.';
comment on column public.harvest.mention_count is 'New mentions that its harvests brought, shown and held.';
comment on column public.harvest.quiet_count is 'Harvests in a row that brought nothing new.';
comment on column public.harvest.missing_count is 'Times in a row that TikTok did not know the video; at two it is given up.';
comment on column public.harvest.listed_count is
  'Comments that TikTok said the video had when a harvest of it last came to its end.';
comment on column public.harvest.recounted_at is
  'When TikTok was last asked how many it has, without harvesting it; null where it never was.';
comment on column public.harvest.threads_read is
  'TikTok''s ids of comments whose replies were read to the end, each with the replies that TikTok counted then.';
comment on column public.harvest.last_harvested_at is 'When a harvest last came to its end; null before the first time.';
comment on column public.harvest.created_at is 'When the row was inserted.';
comment on column public.harvest.updated_at is 'When the row last changed.';

create trigger discovery_set_updated_at before update on public.discovery
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger discovery_set_updated_at on public.discovery is 'A row that changed says when.';
create trigger harvest_set_updated_at before update on public.harvest
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger harvest_set_updated_at on public.harvest is 'A row that changed says when.';

revoke all on public.discovery, public.harvest from public, anon, authenticated, service_role;
grant select on public.discovery, public.harvest to authenticated;
grant select, insert, update, delete on public.discovery, public.harvest to service_role;
alter table public.discovery enable row level security;
alter table public.harvest enable row level security;
create policy discovery_read on public.discovery for select to authenticated using (true);
comment on policy discovery_read on public.discovery is 'Everybody who is signed in reads all rows.';
create policy discovery_write on public.discovery for all to service_role using (true) with check (true);
comment on policy discovery_write on public.discovery is 'The worker reads and writes all rows.';
create policy harvest_read on public.harvest for select to authenticated using (true);
comment on policy harvest_read on public.harvest is 'Everybody who is signed in reads all rows.';
create policy harvest_write on public.harvest for all to service_role using (true) with check (true);
comment on policy harvest_write on public.harvest is 'The worker reads and writes all rows.';

-- Rollback:
-- drop table public.harvest, public.discovery;
