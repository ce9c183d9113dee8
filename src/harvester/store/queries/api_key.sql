-- Keys of programs that ask the REST API.

-- name: add_key
-- A new key; no row where the name is taken.
insert into private.api_key (name, beginning, digest, scope, expires_at)
values (%(name)s, %(beginning)s, %(digest)s, %(scope)s, now() + make_interval(days => %(days)s))
on conflict (name) do nothing
returning id;

-- name: list_keys
-- All keys, the newest first.
select name, beginning, scope, created_at, last_used_at, expires_at, revoked_at
from private.api_key
order by created_at desc, id desc;

-- name: revoke_key
-- Ends a key; the time of the first revocation stays.
update private.api_key set revoked_at = coalesce(revoked_at, now()) where name = %(name)s returning name;

-- name: find_key
-- The key of this digest, if it is accepted still.
select id::text as id, name, scope, coalesce(last_used_at < now() - interval '1 minute', true) as is_due
from private.api_key
where digest = %(digest)s and revoked_at is null and (expires_at is null or expires_at > now());

-- name: note_use
-- Notes that a key was used. Whoever comes beside another does not wait: that one notes the same.
update private.api_key set last_used_at = now()
where id = (select id from private.api_key where id = %(id)s for update skip locked);
