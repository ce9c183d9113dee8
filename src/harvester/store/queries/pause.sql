-- The switches that stop every request, and every look-up.

-- name: pause_state
-- Whether it stands still, why and since when; no row where nobody ever touched the switch.
select is_paused, reason, changed_at from public.pause where what = %(what)s;

-- name: set_pause
-- Turns a switch. Where it stands like that already the first reason and time stay.
insert into public.pause as p (what, is_paused, reason)
values (%(what)s, %(is_paused)s, %(reason)s)
on conflict (what) do update
set is_paused = excluded.is_paused, reason = excluded.reason, changed_at = now()
where p.is_paused <> excluded.is_paused;
