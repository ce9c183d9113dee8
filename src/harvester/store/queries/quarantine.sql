-- name: list_quarantine
-- Refused records, newest first; `{after}` goes on behind the page before.
select id, source, reason, detail, context ->> 'place' as place, context ->> 'file' as file,
       octet_length(raw) as raw_bytes, created_at
from public.quarantine
where (%(source)s::text is null or source = %(source)s) and (%(reason)s::text is null or reason = %(reason)s)
  and {after}
order by created_at desc, id desc
limit %(limit)s;

-- name: quarantined_record
-- The refused records whose id begins so; two are enough to tell that it is not one.
select id, source, reason, detail, context ->> 'place' as place, context ->> 'file' as file,
       octet_length(raw) as raw_bytes, created_at, run_id, encode(sha256, 'hex') as sha256, raw, context
from public.quarantine
where id between rpad(replace(%(prefix)s, '-', ''), 32, '0')::uuid and rpad(replace(%(prefix)s, '-', ''), 32, 'f')::uuid
limit 2;

-- name: quarantine_counts
-- How many records are refused, by source and reason.
select source, reason, count(*) as records, min(created_at) as first_at, max(created_at) as last_at
from public.quarantine
group by source, reason
order by records desc, source, reason;

-- name: quarantine_to_retry
-- Refused records of one source with all that reading them again takes, in the order of their ids.
select id, raw, context, created_at
from public.quarantine
where source = %(source)s and (%(reason)s::text is null or reason = %(reason)s)
  and (%(id)s::uuid is null or id = %(id)s) and id > %(after)s::uuid and id <= %(last)s::uuid
order by id
limit %(limit)s;

-- name: quarantine_extent
-- The sources that have refused records of this kind, each with its last one: what comes later is not retried.
select source, max(id::text)::uuid as last
from public.quarantine
where (%(source)s::text is null or source = %(source)s) and (%(reason)s::text is null or reason = %(reason)s)
  and (%(id)s::uuid is null or id = %(id)s)
group by source
order by source;
