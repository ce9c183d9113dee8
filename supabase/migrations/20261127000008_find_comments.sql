-- Comments that hold all words, newest first. A word that many comments hold is met soon among the newest; one that few
-- hold is found by the text index alone. For those between, the planner combines the text index with the index on time
-- where the period is short: so a period is chosen in which, by its own estimate, there are four times as many as asked
-- for, and a longer one where that was too few.

create function private.find_comments(
  words text, most_comments integer, before timestamptz default null, before_id uuid default null)
returns setof public.comment
-- Volatile, because EXPLAIN is allowed in no other; it changes nothing.
language plpgsql volatile set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
as $$
declare
  asked tsquery := plainto_tsquery('simple', words);
  newest timestamptz := coalesce(before, now() + interval '1 hour');
  newest_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  condition text;
  plan json;
  share float8;
  wanted_rows float8;
  oldest timestamptz;
  found_keys uuid[];
begin
  if numnode(asked) = 0 or most_comments is null or most_comments < 1 then
    return;
  end if;
  condition := format('to_tsvector(''simple'', text) @@ %L::tsquery', asked);
  -- Asked by the words alone, and planned only.
  execute 'explain (format json) select from public.comment where ' || condition into plan;
  share := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8 / greatest(
    (select c.reltuples from pg_catalog.pg_class c where c.oid = 'public.comment'::regclass), 1);
  -- Above one in a hundred the newest hold enough, below one in three thousand all are few.
  if share between 1.0 / 3000 and 0.01 then
    wanted_rows := 4 * most_comments / share;
    loop
      select min(kept.day)::timestamp at time zone 'UTC' into oldest
      from (
        select t.day, sum(sum(t.row_count)) over (order by t.day desc) - sum(t.row_count) as newer_rows
        from private.day_tally t
        where t.kind = 'comment' and t.day <= (newest at time zone 'UTC')::date
        group by t.day
      ) kept
      where kept.newer_rows < wanted_rows;
      exit when oldest is null;
      execute format(
        'select array_agg(id) from (
           select id from public.comment
           where %s and (discovered_at, id) < ($1, $2) and discovered_at >= %L::timestamptz
           order by discovered_at desc, id desc limit $3) newest', condition, oldest)
        into found_keys using newest, newest_id, most_comments;
      if cardinality(found_keys) >= most_comments then
        return query select c.* from public.comment c where c.id = any (found_keys)
          order by c.discovered_at desc, c.id desc;
        return;
      end if;
      exit when wanted_rows > 100 * most_comments / share;
      wanted_rows := 8 * wanted_rows;
    end loop;
  end if;
  return query execute format(
    'select * from public.comment
     where %s and (discovered_at, id) < ($1, $2)
     order by discovered_at desc, id desc limit $3', condition)
    using newest, newest_id, most_comments;
end
$$;
comment on function private.find_comments(text, integer, timestamptz, uuid) is
  'The newest comments that hold all words, at most most_comments, from behind the comment that before and before_id name. Words are those of PostgreSQL''s text search, configuration simple: whole words, lower case.';
revoke all on function private.find_comments(text, integer, timestamptz, uuid) from public, anon, authenticated;
grant execute on function private.find_comments(text, integer, timestamptz, uuid) to authenticated, service_role;

-- Rollback:
-- drop function private.find_comments(text, integer, timestamptz, uuid);
