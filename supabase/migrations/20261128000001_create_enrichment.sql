-- What outside services say about domains: each look-up with what it told, and the books of what is asked next. A
-- domain's metadata hold the latest of each kind.

create table public.enrichment (
  id         uuid primary key default private.uuid_v7(),
  domain_id  uuid not null references public.domain (id) on delete cascade,
  checked_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  is_change  boolean not null,
  kind       text not null,
  state      text not null,
  result     jsonb,
  constraint enrichment_once unique (domain_id, kind, checked_at),
  constraint enrichment_kind_known check (kind in ('dns', 'rdap', 'http')),
  constraint enrichment_state_form check (state ~ '^[a-z][a-z0-9_]{0,62}(:[a-z0-9_.-]{1,64})?$'),
  constraint enrichment_result_with_change check (is_change = (result is not null)),
  constraint enrichment_result_is_object check (jsonb_typeof(result) = 'object'),
  constraint enrichment_result_size check (octet_length(result::text) <= 65536),
  constraint enrichment_checked_at_range check (
    checked_at >= '2000-01-01Z' and checked_at <= now() + interval '1 hour')
);
create index enrichment_change_idx on public.enrichment (domain_id, kind, checked_at desc) where is_change;
comment on index public.enrichment_change_idx is 'What changed about a domain, the newest first.';

comment on table public.enrichment is
  'Every look-up of a domain. One that told nothing new is kept without its result.';
comment on column public.enrichment.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.enrichment.domain_id is 'The domain that was asked about.';
comment on column public.enrichment.checked_at is 'When it was asked.';
comment on column public.enrichment.created_at is 'When the row was inserted.';
comment on column public.enrichment.updated_at is 'When the row last changed.';
comment on column public.enrichment.is_change is
  'Whether it tells something else than what was told before it. Times, sizes and hashes of pages are no facts; one that was refused or rate limited tells nothing.';
comment on column public.enrichment.kind is 'Who was asked: dns, rdap or http.';
comment on column public.enrichment.state is 'One word of the kind''s own: ok, nxdomain, timeout, …; refused:<reason> where nothing was sent.';
comment on column public.enrichment.result is 'The facts, as the metadata of the domain hold them; null where it told nothing new.';

create trigger enrichment_set_updated_at before update on public.enrichment
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger enrichment_set_updated_at on public.enrichment is 'A row that changed says when.';

create table private.look_up (
  id            uuid primary key default private.uuid_v7(),
  domain_id     uuid not null references public.domain (id) on delete cascade,
  due_at        timestamptz not null default now(),
  checked_at    timestamptz,
  taken_by      uuid,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  failure_count integer not null default 0,
  kind          text not null,
  constraint look_up_once unique (domain_id, kind),
  constraint look_up_kind_known check (kind in ('dns', 'rdap', 'http')),
  constraint look_up_not_negative check (failure_count >= 0)
);
-- What was never asked comes first, the newest of it first; the rest as it is due.
create index look_up_fresh_idx on private.look_up (kind, due_at desc) where checked_at is null;
comment on index private.look_up_fresh_idx is 'What was never asked, the newest first.';
create index look_up_due_idx on private.look_up (kind, due_at) where checked_at is not null;
comment on index private.look_up_due_idx is 'What is to be asked again, the longest waiting first.';

comment on table private.look_up is 'What is asked about a domain next, when, and who has it in hand.';
comment on column private.look_up.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.look_up.domain_id is 'The domain to ask about.';
comment on column private.look_up.due_at is 'When it may be taken: for one that is taken, when that lease is over.';
comment on column private.look_up.checked_at is 'When it was last asked, by the clock of the database; null before the first time.';
comment on column private.look_up.taken_by is 'The mark of whoever has it in hand until due_at; null where nobody has.';
comment on column private.look_up.created_at is 'When the row was inserted.';
comment on column private.look_up.updated_at is 'When the row last changed.';
comment on column private.look_up.failure_count is 'Look-ups in a row that told nothing of the domain.';
comment on column private.look_up.kind is 'Who is asked: dns, rdap or http.';

create trigger look_up_set_updated_at before update on private.look_up
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger look_up_set_updated_at on private.look_up is 'A row that changed says when.';

create table private.look_up_pace (
  id         uuid primary key default private.uuid_v7(),
  kind       text not null unique,
  next_at    timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint look_up_pace_kind_known check (kind in ('dns', 'rdap', 'http'))
);
comment on table private.look_up_pace is 'How fast a kind of look-up may be made by all workers together.';
comment on column private.look_up_pace.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.look_up_pace.kind is 'Who is asked: dns, rdap or http.';
comment on column private.look_up_pace.next_at is 'When the next would be allowed if all were evenly spaced; a few may go ahead of it.';
comment on column private.look_up_pace.created_at is 'When the row was inserted.';
comment on column private.look_up_pace.updated_at is 'When the row last changed.';

create trigger look_up_pace_set_updated_at before update on private.look_up_pace
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger look_up_pace_set_updated_at on private.look_up_pace is 'A row that changed says when.';

revoke all on public.enrichment, private.look_up, private.look_up_pace from public, anon, authenticated, service_role;
grant select on public.enrichment to authenticated;
grant select, insert, update, delete on public.enrichment, private.look_up, private.look_up_pace to service_role;
alter table public.enrichment enable row level security;
alter table private.look_up enable row level security;
alter table private.look_up_pace enable row level security;
create policy enrichment_read on public.enrichment for select to authenticated using (true);
comment on policy enrichment_read on public.enrichment is 'Everybody who is signed in reads all rows.';
create policy enrichment_write on public.enrichment for all to service_role using (true) with check (true);
comment on policy enrichment_write on public.enrichment is 'The worker reads and writes all rows.';
create policy look_up_write on private.look_up for all to service_role using (true) with check (true);
comment on policy look_up_write on private.look_up is 'The worker reads and writes all rows.';
create policy look_up_pace_write on private.look_up_pace for all to service_role using (true) with check (true);
comment on policy look_up_pace_write on private.look_up_pace is 'The worker reads and writes all rows.';

-- Rollback:
-- drop table private.look_up_pace, private.look_up, public.enrichment;
