-- The pace of look-ups. Times are those of the database.

-- name: open_pace
-- Makes the row, whoever comes first.
insert into private.look_up_pace (kind, next_at) values (%(kind)s, now()) on conflict (kind) do nothing;

-- name: allowed
-- How many may begin now, a few ahead of an even pace at the most; whoever asks next waits for our answer.
select greatest(0, floor(
  extract(epoch from now() + %(burst)s * %(interval)s::interval - greatest(next_at, now()))
  / extract(epoch from %(interval)s::interval)))::int as n
from private.look_up_pace where kind = %(kind)s
for update;

-- name: spend
-- So many have begun.
update private.look_up_pace
set next_at = greatest(next_at, now()) + %(n)s * %(interval)s::interval where kind = %(kind)s;
