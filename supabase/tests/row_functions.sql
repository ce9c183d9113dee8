-- Who may do what with the functions that defaults, checks, triggers and retention are made of: private.uuid_v7,
-- private.is_timestamp, private.has_types, private.is_domain_metadata, private.is_reviewed, private.sighting_text. They run as the
-- writer, so the worker may call them; nobody else writes.
begin;
select plan(24);

create temporary table attempt (name text, statement text);
grant select on attempt to public;
insert into attempt values
  ('uuid_v7', $$select private.uuid_v7()::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]'$$),
  ('is_timestamp', $$select private.is_timestamp('"2026-01-31T12:00:00Z"')$$),
  ('has_types', $$select private.has_types('{"status": 200}', '{"status": "int"}')$$),
  ('is_domain_metadata', $$select private.is_domain_metadata('{"http": {"status": 200}}')$$),
  ('is_reviewed', $$select private.is_reviewed(jsonb_populate_record(null::public.domain, '{"notes": "a shop"}'))$$),
  ('sighting_text', $$select private.sighting_text('bio', '00000000-0000-7000-8000-000000000009') is null$$);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not execute private.%s', name))
from attempt;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for function ' || name, format('analyst may not execute private.%s', name))
from attempt;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[true], format('worker may execute private.%s', name)) from attempt;

-- owner
reset role;
select results_eq(statement, array[true], format('owner may execute private.%s', name)) from attempt;

select * from finish();
rollback;
