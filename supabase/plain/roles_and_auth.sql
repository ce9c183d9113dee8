-- What a Supabase project has and plain PostgreSQL lacks: the API's roles, the schema `auth` with its users and
-- the functions that read the signed-in one, and the schema `extensions`. `harvester db migrate` runs this
-- file first wherever it is missing. It can run again at any time, and it refuses to run on Supabase.

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin') then
    raise exception 'this is a Supabase project: it has its own roles and auth schema'
      using hint = 'Apply supabase/migrations alone.';
  end if;
end
$$;

-- Roles belong to the whole server: another database may have made them already.
do $$
declare
  wanted text;
begin
  -- PostgREST connects as authenticator and becomes one of the others; it needs `alter role … login` first.
  foreach wanted in array array['anon', 'authenticated', 'service_role', 'authenticator'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit', wanted);
      exception when duplicate_object or unique_violation then
        null;  -- Two databases of one server were set up at the same moment.
      end;
    end if;
    -- From PostgreSQL 16 on, making a role does not yet allow to act as it.
    execute format('grant %I to current_user', wanted);
  end loop;
  grant anon, authenticated, service_role to authenticator;
end
$$;

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;

create schema if not exists auth;
comment on schema auth is 'Stands in for Supabase''s schema of the same name.';
grant usage on schema auth to anon, authenticated, service_role;

create table if not exists auth.users (id uuid primary key, email text);
comment on table auth.users is 'Stands in for Supabase''s table of the same name: what a membership refers to.';

-- After a transaction that set it locally a setting reads as '', not null: both mean "nobody".
create or replace function auth.jwt() returns jsonb
language sql stable parallel safe set search_path = ''
as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
comment on function auth.jwt() is 'Claims of the signed-in user, null for nobody.';

create or replace function auth.uid() returns uuid
language sql stable parallel safe set search_path = ''
as $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
comment on function auth.uid() is 'Id of the signed-in user, null for nobody.';

create or replace function auth.role() returns text
language sql stable parallel safe set search_path = ''
as $$ select auth.jwt() ->> 'role' $$;
comment on function auth.role() is 'Role claim of the signed-in user, null for nobody.';

create or replace function auth.email() returns text
language sql stable parallel safe set search_path = ''
as $$ select auth.jwt() ->> 'email' $$;
comment on function auth.email() is 'E-mail claim of the signed-in user, null for nobody.';

grant execute on function auth.jwt(), auth.uid(), auth.role(), auth.email() to anon, authenticated, service_role;
