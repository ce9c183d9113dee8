-- Who may do what with public.get_dashboard_stats. Analysts and the worker ask for figures, strangers do not.
begin;
select plan(4);

insert into public.video (video_id, discovered_at) values
  ('7300000000000000001', '2026-01-31 12:00Z'), ('7300000000000000002', '2026-02-01 12:00Z');

create temporary table attempt (statement text, yields bigint[]);
grant select on attempt to public;
insert into attempt values (
  $$select array[total_videos, new_videos] from public.get_dashboard_stats('2026-02-01Z', '2026-02-02Z')$$, '{2, 1}');

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for function get_dashboard_stats',
  'anonymous may not execute public.get_dashboard_stats')
from attempt;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, format('select %L::bigint[]', yields), 'analyst may execute public.get_dashboard_stats')
from attempt;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, format('select %L::bigint[]', yields), 'worker may execute public.get_dashboard_stats')
from attempt;

-- owner
reset role;
select results_eq(statement, format('select %L::bigint[]', yields), 'owner may execute public.get_dashboard_stats')
from attempt;

select * from finish();
rollback;
