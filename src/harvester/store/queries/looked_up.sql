-- Whose own page was asked for, and when. Times are those of the database.

-- name: mark_creator
-- Nothing was observed of one who had no row: whatever is observed of them, at any time, is newer.
insert into public.creator (username, observed_at, looked_up_at)
values (lower(%(name)s), '2000-01-01Z', now())
on conflict (username) do update set looked_up_at = now();

-- name: mark_ad
-- Ads are known from lists before anybody looks them up.
update public.ad set looked_up_at = now() where ad_id = %(name)s;
