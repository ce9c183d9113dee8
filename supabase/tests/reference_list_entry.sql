-- Who may do what with public.reference_list_entry. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.reference_list (id, name, purpose, format, origin, licence, sha256)
values ('0198c0de-0000-7000-8000-000000000001', 'one', 'block', 'plain', 'one.txt', 'MIT', repeat('0', 64));
insert into public.reference_list_entry (list_id, domain_name, covers_subdomains)
values ('0198c0de-0000-7000-8000-000000000001', 'velmora.shop', true);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select domain_name from public.reference_list_entry$$, 'velmora.shop'),
  (2, 'delete', $$delete from public.reference_list_entry where domain_name = 'velmora.shop' returning domain_name$$, 'velmora.shop'),
  (3, 'insert', $$insert into public.reference_list_entry (list_id, domain_name, covers_subdomains)
    values ('0198c0de-0000-7000-8000-000000000001', 'velmora.shop', false) returning domain_name$$, 'velmora.shop'),
  (4, 'update', $$update public.reference_list_entry set flag = 'platform' where domain_name = 'velmora.shop' returning flag$$, 'platform'),
  (5, 'truncate', $$truncate public.reference_list_entry$$, null);

select ok(relrowsecurity, 'row level security is on for public.reference_list_entry')
from pg_class where oid = 'public.reference_list_entry'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table reference_list_entry',
  format('anonymous may not %s public.reference_list_entry', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.reference_list_entry')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table reference_list_entry',
  format('analyst may not %s public.reference_list_entry', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.reference_list_entry', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table reference_list_entry',
  'worker may not truncate public.reference_list_entry')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.reference_list_entry', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.reference_list_entry')
from attempt where verb = 'truncate';
select is_empty('select id from public.reference_list_entry', 'public.reference_list_entry is empty after that');

select * from finish();
rollback;
