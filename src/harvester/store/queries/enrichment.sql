-- What look-ups told, as people read it.

-- name: stored_names
-- Those of the named domains that are stored.
select domain_name from public.domain where domain_name = any (%(names)s);

-- name: latest_look_ups
-- The newest look-up of each kind, and since when it has told the same.
select latest.kind, latest.state, latest.checked_at, change.checked_at as changed_at
from unnest('{dns, rdap, http}'::text[]) with ordinality as wanted (kind, place)
cross join lateral (
  select e.kind, e.state, e.checked_at from public.enrichment e
  where e.domain_id = %(domain_id)s and e.kind = wanted.kind
  order by e.checked_at desc limit 1
) latest
left join lateral (
  select e.checked_at from public.enrichment e
  where e.domain_id = %(domain_id)s and e.kind = wanted.kind and e.is_change
  order by e.checked_at desc limit 1
) change on true
order by wanted.place;

-- name: changes
-- The newest changes of each kind, newest first, so many at the most and one more of each to compare the last with.
select e.kind, e.state, e.result, e.checked_at
from unnest('{dns, rdap, http}'::text[]) as wanted (kind)
cross join lateral (
  select e.kind, e.state, e.result, e.checked_at from public.enrichment e
  where e.domain_id = %(domain_id)s and e.kind = wanted.kind and e.is_change
  order by e.checked_at desc limit %(most)s + 1
) e
order by e.checked_at desc, e.kind;
