-- Block and allow lists that others keep. They are shown beside our data and never mixed into it.

create table public.reference_list (
  id            uuid primary key default private.uuid_v7(),
  name          text not null unique,
  purpose       text not null,
  format        text not null,
  origin        text not null,
  licence       text not null,
  sha256        text not null,
  refreshed_at  timestamptz not null default now(),
  tried_at      timestamptz not null default now(),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  entry_count   bigint not null default 0,
  refused       jsonb not null default '{}',
  flagged       jsonb not null default '{}',
  refresh_days  integer,
  is_overbroad  boolean not null default false,
  failure       text,
  constraint reference_list_name_form check (name ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
  constraint reference_list_purpose_known check (purpose in ('block', 'allow')),
  constraint reference_list_format_known check (format in ('plain', 'hosts', 'adblock', 'csv')),
  constraint reference_list_origin_length check (char_length(origin) between 1 and 2000),
  constraint reference_list_licence_length check (char_length(licence) between 1 and 500),
  constraint reference_list_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint reference_list_entry_count_not_negative check (entry_count >= 0),
  constraint reference_list_counts_are_objects check (jsonb_typeof(refused) = 'object' and jsonb_typeof(flagged) = 'object'),
  constraint reference_list_refresh_days_range check (refresh_days between 1 and 365),
  constraint reference_list_refreshes_an_address check (refresh_days is null or origin ~ '^https?://'),
  constraint reference_list_failure_length check (char_length(failure) between 1 and 200)
);
comment on table public.reference_list is
  'Block and allow lists that others keep, with where they come from and what was read of them.';
comment on column public.reference_list.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.reference_list.name is 'What you call it.';
comment on column public.reference_list.purpose is 'block: names that its makers warn of; allow: names that they hold harmless or well known.';
comment on column public.reference_list.format is 'How it is written: plain, hosts, adblock or csv.';
comment on column public.reference_list.origin is 'The address it is fetched from, or the name of the file it was read from.';
comment on column public.reference_list.licence is 'Under which terms its makers give it away.';
comment on column public.reference_list.sha256 is 'Of the content that was read last.';
comment on column public.reference_list.refreshed_at is 'When it was last read.';
comment on column public.reference_list.tried_at is 'When it was last to be read, whether that succeeded or not.';
comment on column public.reference_list.created_at is 'When the row was inserted.';
comment on column public.reference_list.updated_at is 'When the row last changed.';
comment on column public.reference_list.entry_count is 'How many names it holds.';
comment on column public.reference_list.refused is 'How many of its lines were left out, by reason.';
comment on column public.reference_list.flagged is 'How many of its entries name more than one site can answer for, by flag.';
comment on column public.reference_list.refresh_days is 'Days after which it is fetched again; null where that is done by hand alone.';
comment on column public.reference_list.is_overbroad is 'Whether it names a public suffix, or blocks half of the big platforms: it may be damaged.';
comment on column public.reference_list.failure is 'Why it could not be read at tried_at, in one word; null where it could. Its entries stay as they were.';

create table public.reference_list_entry (
  id                uuid primary key default private.uuid_v7(),
  list_id           uuid not null references public.reference_list (id) on delete cascade,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  covers_subdomains boolean not null,
  domain_name       text not null,
  flag              text,
  constraint reference_list_entry_once unique (list_id, domain_name),
  constraint reference_list_entry_name_form check (
    domain_name ~ '^[a-z0-9.-]+$' and octet_length(domain_name) <= 253),
  constraint reference_list_entry_flag_known check (flag in ('platform', 'public_suffix'))
);
comment on table public.reference_list_entry is 'The names on the lists of others.';
comment on column public.reference_list_entry.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column public.reference_list_entry.list_id is 'The list that holds it.';
comment on column public.reference_list_entry.created_at is 'When the row was inserted.';
comment on column public.reference_list_entry.updated_at is 'When the row last changed.';
comment on column public.reference_list_entry.covers_subdomains is 'Whether every name below it is meant as well.';
comment on column public.reference_list_entry.domain_name is 'The name in A-labels and lower case, without a leading www.';
comment on column public.reference_list_entry.flag is 'platform: a block list names a big platform; public_suffix: it names what others register names under; null for all others.';

create trigger reference_list_set_updated_at before update on public.reference_list
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger reference_list_set_updated_at on public.reference_list is 'A row that changed says when.';
create trigger reference_list_entry_set_updated_at before update on public.reference_list_entry
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger reference_list_entry_set_updated_at on public.reference_list_entry is 'A row that changed says when.';

revoke all on public.reference_list, public.reference_list_entry from public, anon, authenticated, service_role;
grant select on public.reference_list, public.reference_list_entry to authenticated;
grant select, insert, update, delete on public.reference_list, public.reference_list_entry to service_role;
alter table public.reference_list enable row level security;
alter table public.reference_list_entry enable row level security;
create policy reference_list_read on public.reference_list for select to authenticated using (true);
comment on policy reference_list_read on public.reference_list is 'Everybody who is signed in reads all rows.';
create policy reference_list_write on public.reference_list for all to service_role using (true) with check (true);
comment on policy reference_list_write on public.reference_list is 'The worker reads and writes all rows.';
create policy reference_list_entry_read on public.reference_list_entry for select to authenticated using (true);
comment on policy reference_list_entry_read on public.reference_list_entry is 'Everybody who is signed in reads all rows.';
create policy reference_list_entry_write on public.reference_list_entry for all to service_role
  using (true) with check (true);
comment on policy reference_list_entry_write on public.reference_list_entry is 'The worker reads and writes all rows.';

-- Rollback:
-- drop table public.reference_list_entry, public.reference_list;
