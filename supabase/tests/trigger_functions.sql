-- Who may do what with the functions of triggers: private.set_updated_at, private.mentions_follow_comment,
-- private.mention_quotes_its_comment, private.count_added_mentions, private.recount_mentions,
-- private.note_deletion, private.sighting_quotes_its_text, private.sightings_follow_text, private.count_days,
-- private.take_username, private.note_mention_changes, private.change_pass. Their triggers
-- run them for whoever writes; nobody calls them, and even the owner is turned away.
begin;
select plan(48);

create temporary table attempt (name text, statement text);
grant select on attempt to public;
insert into attempt
select name, format('select private.%s()', name)
from unnest(array[
  'set_updated_at', 'mentions_follow_comment', 'mention_quotes_its_comment', 'count_added_mentions', 'recount_mentions',
  'note_deletion', 'sighting_quotes_its_text', 'sightings_follow_text', 'count_days', 'take_username',
  'note_mention_changes', 'change_pass'
]) name;

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
select throws_ok(
  statement, '42501', 'permission denied for function ' || name, format('worker may not execute private.%s', name))
from attempt;

-- owner
reset role;
select throws_ok(
  statement, '0A000', 'trigger functions can only be called as triggers',
  format('owner may not execute private.%s', name))
from attempt;

select * from finish();
rollback;
