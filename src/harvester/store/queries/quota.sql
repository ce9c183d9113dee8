-- The books of the day's quota. The day is that of UTC by the clock of the database.

-- name: open_day
-- Makes the row of the day, whoever comes first.
insert into public.quota_use (api, day, request_limit, record_limit)
values (%(api)s, (now() at time zone 'UTC')::date, %(request_limit)s, %(record_limit)s)
on conflict (api, day) do nothing;

-- name: book
-- Books one request and as many of the records wanted as are left, in the row as it stands once nobody else holds it;
-- no row where nothing may be sent, or the day has no row yet.
update public.quota_use q
set request_count = held.request_count + 1,
    record_count = held.record_count + wanted.records,
    request_limit = least(held.request_limit, %(request_limit)s),
    record_limit = least(held.record_limit, %(record_limit)s)
from (
  select id, request_count, record_count, request_limit, record_limit, spent_until
  from public.quota_use
  where api = %(api)s and day = (now() at time zone 'UTC')::date
  for update
) held
cross join lateral (
  select least(%(most)s, greatest(0, least(held.record_limit, %(record_limit)s) - held.record_count)) as records
) wanted
where q.id = held.id
  and now() >= coalesce(held.spent_until, '-infinity')
  and held.request_count < least(held.request_limit, %(request_limit)s)
  and (wanted.records > 0 or %(most)s = 0)
  and not exists (select from public.pause p where p.what = 'collection' and p.is_paused)
returning q.id, wanted.records;

-- name: settle
-- Gives back what was booked and did not come, on the day on which it was booked. Where the API says that it is spent,
-- its clock or ours may be off, so that it is asked again soon: where our own books are full those keep it from that.
update public.quota_use
set record_count = greatest(0, record_count + %(records)s - %(booked)s),
    spent_until = case when %(is_spent)s
      then least(now() + interval '15 minutes', (day + 1)::timestamp at time zone 'UTC') else spent_until end
where id = %(id)s;

-- name: remaining
-- What is left of the day, and when there may be more; always one row.
select
  case when mark.is_spent then 0 else books.requests end as requests,
  case when mark.is_spent then 0 else books.records end as records,
  mark.is_spent,
  case when mark.is_spent and least(books.requests, books.records) > 0 then q.spent_until else today.ends_at end as until
from (
  select (now() at time zone 'UTC')::date as day,
         (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC' as ends_at
) today
left join public.quota_use q on q.api = %(api)s and q.day = today.day
cross join lateral (
  select greatest(0, least(q.request_limit, %(request_limit)s) - coalesce(q.request_count, 0)) as requests,
         greatest(0, least(q.record_limit, %(record_limit)s) - coalesce(q.record_count, 0)) as records
) books
cross join lateral (select now() < coalesce(q.spent_until, '-infinity') as is_spent) mark;
