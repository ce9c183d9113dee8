-- The books of the day's quota, which all workers share, and the switch that stops every request.

create table public.quota_use (
  id            uuid primary key default private.uuid_v7(),
  api           text not null,
  day           date not null default (now() at time zone 'UTC')::date,
  request_count bigint not null default 0,
  record_count  bigint not null default 0,
  request_limit bigint not null,
  record_limit  bigint not null,
  spent_until   timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint quota_use_once_a_day unique (api, day),
  constraint quota_use_api_known check (api in ('research', 'commercial')),
  constraint quota_use_not_negative check (least(request_count, record_count, request_limit, record_limit) >= 0),
  constraint quota_use_spent_within_day check (spent_until <= (day + 1)::timestamp at time zone 'UTC')
);
comment on table public.quota_use is
  'What each of TikTok''s APIs was asked on a day. Requests and records are booked here before they are sent.';
comment on column public.quota_use.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.quota_use.api is 'research or commercial.';
comment on column public.quota_use.day is 'Day of UTC, by the clock of the database.';
comment on column public.quota_use.request_count is 'Requests sent or on their way, whatever became of them.';
comment on column public.quota_use.record_count is 'Records that came, and those that requests on their way may bring.';
comment on column public.quota_use.request_limit is 'Requests a day, the least that any worker named on it.';
comment on column public.quota_use.record_limit is 'Records a day, the least that any worker named on it.';
comment on column public.quota_use.spent_until is
  'When the API is tried again, since it said that its quota is used up; null where it never did on that day.';
comment on column public.quota_use.created_at is 'When the row was inserted.';
comment on column public.quota_use.updated_at is 'When the row last changed.';

create table public.pause (
  id         uuid primary key default private.uuid_v7(),
  what       text not null unique,
  is_paused  boolean not null,
  reason     text,
  changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint pause_what_known check (what = 'collection'),
  constraint pause_reason_length check (char_length(reason) between 1 and 1000)
);
comment on table public.pause is 'What an operator has stopped. Without a row nothing is stopped.';
comment on column public.pause.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.pause.what is 'collection: every request to TikTok''s APIs.';
comment on column public.pause.is_paused is 'Whether it stands still.';
comment on column public.pause.reason is 'Why, in the operator''s words; null where none were given.';
comment on column public.pause.changed_at is 'When it was stopped or let go on.';
comment on column public.pause.created_at is 'When the row was inserted.';
comment on column public.pause.updated_at is 'When the row last changed.';

create trigger quota_use_set_updated_at before update on public.quota_use
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger quota_use_set_updated_at on public.quota_use is 'A row that changed says when.';
create trigger pause_set_updated_at before update on public.pause
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger pause_set_updated_at on public.pause is 'A row that changed says when.';

revoke all on public.quota_use, public.pause from public, anon, authenticated, service_role;
grant select on public.quota_use, public.pause to authenticated;
grant select, insert, update, delete on public.quota_use, public.pause to service_role;
alter table public.quota_use enable row level security;
alter table public.pause enable row level security;
create policy quota_use_read on public.quota_use for select to authenticated using (true);
comment on policy quota_use_read on public.quota_use is 'Everybody who is signed in reads all rows.';
create policy quota_use_write on public.quota_use for all to service_role using (true) with check (true);
comment on policy quota_use_write on public.quota_use is 'The worker reads and writes all rows.';
create policy pause_read on public.pause for select to authenticated using (true);
comment on policy pause_read on public.pause is 'Everybody who is signed in reads all rows.';
create policy pause_write on public.pause for all to service_role using (true) with check (true);
comment on policy pause_write on public.pause is 'The worker reads and writes all rows.';

-- Rollback:
-- drop table public.pause, public.quota_use;
