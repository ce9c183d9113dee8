-- Keys with which programs ask the REST API of the dashboard. Only digests are kept: a key is shown once.

create table private.api_key (
  id           uuid primary key default private.uuid_v7(),
  name         text not null unique,
  beginning    text not null,
  digest       bytea not null unique,
  scope        text not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint api_key_name_length check (char_length(name) between 1 and 100),
  constraint api_key_beginning_length check (char_length(beginning) between 1 and 12),
  constraint api_key_digest_is_sha256 check (octet_length(digest) = 32),
  constraint api_key_scope_known check (scope in ('read', 'write'))
);
comment on table private.api_key is 'Keys with which programs ask the REST API of the dashboard; revoked ones stay.';
comment on column private.api_key.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.api_key.name is 'What its owner calls it.';
comment on column private.api_key.beginning is 'Its first characters, by which it is recognised; they open nothing.';
comment on column private.api_key.digest is 'SHA-256 of the key, which holds more than 230 random bits.';
comment on column private.api_key.scope is 'read: what a viewer may; write: what an analyst may.';
comment on column private.api_key.expires_at is 'From when on it is refused; null for never.';
comment on column private.api_key.revoked_at is 'Since when it is refused; null where nobody revoked it.';
comment on column private.api_key.last_used_at is 'When it was last accepted, to the minute; null for never.';
comment on column private.api_key.created_at is 'When the row was inserted.';
comment on column private.api_key.updated_at is 'When the row last changed.';

create trigger api_key_set_updated_at before update on private.api_key
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger api_key_set_updated_at on private.api_key is 'A row that changed says when.';

revoke all on private.api_key from public, anon, authenticated, service_role;
grant select, insert, update on private.api_key to service_role;
alter table private.api_key enable row level security;
create policy api_key_write on private.api_key for all to service_role using (true) with check (true);
comment on policy api_key_write on private.api_key is 'The dashboard looks keys up; nobody else sees them.';

-- Rollback:
-- drop table private.api_key;
