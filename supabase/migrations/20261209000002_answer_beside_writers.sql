-- Pages stay as fast while others write, and behind them. An import gives all of its rows one time: what pages by that
-- time needs the id in the index, or the whole import is sorted for the first fifty rows. Of the domains of today those
-- alone are counted that are shown, from what is kept of them. Changes are taken into the trends sooner, and looked up
-- each by itself. And the newest comments are read in vain for half as long, at a tenth of the cost, where they hold
-- none of the words.

comment on index public.comment_discovered_at_page_idx is 'Newest comments page by page, periods, retention.';
drop index public.comment_discovered_at_idx;

create or replace view public.v_domains_new_today with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified, d.notes,
  -- All of its shown mentions are of today, so that what is kept of them is right.
  coalesce(d.video_count, (
    select count(distinct m.video_id) from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown'
  )) as video_count,
  -- A domain is mentioned once a comment.
  d.mention_count as comment_count,
  array(
    select distinct v.username
    from public.video v
    where v.id in (select m.video_id from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown')
      and v.username is not null
    order by v.username
    limit 10
  ) as video_usernames,
  d.first_seen_at as first_mention_today, d.last_seen_at as latest_mention_today,
  d.registrable_domain, d.unicode_name, d.kind, d.verdict
from public.domain d
-- Beside the table, because PostgreSQL would let the owner write through a view of one table alone.
cross join (values (true)) as read_only (is_read_only)
where d.first_seen_at >= date_trunc('day', now(), 'UTC')
  and d.verdict is distinct from 'ignore';

comment on view public.v_domains_new_today is
  'Domains first seen today (UTC). Made for: order by mention_count desc, id desc, or first_seen_at desc, id desc.';
comment on view public.v_domains_top_mentioned is
  'All domains with shown mentions that nobody chose to ignore. Made for: order by mention_count desc, id desc. unique_commenters is null where no author is known.';
comment on view public.v_domains_recent_activity is
  'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id desc.';
comment on view public.v_videos_with_domains is
  'Videos under which at least one domain is mentioned. Made for: order by discovered_at desc, id desc.';
comment on view public.v_comments_with_domains is
  'Comments that mention a domain; mentions lists every span, in order of the text. Made for: order by discovered_at desc, id desc.';

create or replace function private.note_mention_changes() returns trigger
language plpgsql set search_path = ''
as $$
declare
  side text := case tg_op
    when 'INSERT' then 'select domain_id, discovered_at, 1 as change, tier from changed_to'
    when 'DELETE' then 'select domain_id, discovered_at, -1 as change, tier from changed_from'
    else 'select domain_id, discovered_at, 1 as change, tier from changed_to'
         ' union all select domain_id, discovered_at, -1, tier from changed_from' end;
  changes bigint;
begin
  -- Trends are asked back to 60 days before a moment that is at most seven days ago.
  execute format(
    'insert into private.mention_change (domain_id, discovered_at, change)
     select domain_id, discovered_at, sum(change) from (%s) side
     where tier = ''shown'' and discovered_at >= now() - interval ''70 days''
     group by domain_id, discovered_at having sum(change) <> 0', side);
  get diagnostics changes = row_count;
  -- A transaction with one snapshot for all its statements cannot see what others took in meanwhile.
  if changes > 0 and current_setting('transaction_isolation') = 'read committed'
     and not exists (select from private.trend_moment m where m.as_of >= now() - interval '10 seconds') then
    perform private.renew_trends();
  end if;
  return null;
end
$$;
comment on function private.note_mention_changes() is
  'Writes down which mentions came and went; every ten seconds somebody who writes takes that into private.trend_tally.';

create or replace function private.trending_domains(days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = ''
  set plan_cache_mode = force_custom_plan set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  stored_at timestamptz;
begin
  select m.as_of into stored_at
  from private.trend_moment m
  where days_back in (1, 7, 30) and abs(extract(epoch from now() - m.as_of)) < days_back * 86400 / 5;
  -- Where rows are hidden from the caller there is no moment to be seen either.
  if stored_at is null then
    return query select * from private.counted_trends(days_back, most_domains);
    return;
  end if;
  -- What changed is little beside what is stored: each row of that is looked up, and nothing else is read but the first.
  return query
  with changed as materialized (
    select c.domain_id, c.current_mentions as current, c.previous_mentions as previous
    from private.trend_changes(stored_at, now(), days_back) c
  )
  select domain_id, domain_name, current, previous, round((current - previous) / (previous + 1.0), 4), velocity
  from (
    (
      select t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous,
             t.velocity_score as velocity
      from private.trend_tally t
      where t.days = days_back and t.current_mentions > 0 and t.domain_id not in (select domain_id from changed)
      order by t.velocity_score desc, t.current_mentions desc, t.domain_name
      limit most_domains
    )
    union all
    select c.domain_id,
           coalesce(t.domain_name, (select d.domain_name from public.domain d where d.id = c.domain_id)),
           sums.current, sums.previous,
           round((sums.current - sums.previous) / sqrt(sums.current + sums.previous + 1.0), 4)
    from changed c
    left join private.trend_tally t on t.days = days_back and t.domain_id = c.domain_id
    cross join lateral (
      select coalesce(t.current_mentions, 0) + c.current as current,
             coalesce(t.previous_mentions, 0) + c.previous as previous
    ) sums
    where sums.current > 0
  ) each_domain
  order by velocity desc, current desc, domain_name
  limit most_domains;
end
$$;

create or replace function private.find_comments(
  words text, most_comments integer, before timestamptz default null, before_id uuid default null)
returns setof public.comment
-- Volatile, because EXPLAIN is allowed in no other; it changes nothing.
language plpgsql volatile
set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
as $$
declare
  -- Of the two indexes, to the letter.
  period constant text := '(array[(discovered_at at time zone ''UTC'')::date - date ''2000-01-01'', -1 - ((discovered_at at time zone ''UTC'')::date - date ''2000-01-01'') / 32])';
  unspaced constant text := '[\u0E00-\u109F\u1780-\u17FF\u3005-\u3007\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]{2}';
  newest timestamptz := coalesce(before, now() + interval '1 hour');
  newest_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  last_day integer := (newest at time zone 'UTC')::date - date '2000-01-01';
  first_day integer;
  parts text[];
  others text;
  indexed text;
  checked text;
  glanced text;
  plan json;
  share float8;
  all_rows float8;
  rows_since float8;
  wanted_rows float8;
  is_whole boolean;
  is_read boolean := false;
  found_keys uuid[];
begin
  select array_agg(lower(btrim(word, '.,;:!?()"''，。、！？：；（）「」'))) filter (where private.letter_pairs(word) is not null),
         string_agg(word, ' ') filter (where private.letter_pairs(word) is null)
  into parts, others
  from regexp_split_to_table(words, '\s+') as word;
  if numnode(plainto_tsquery('simple', coalesce(others, ''))) > 0 then
    indexed := format('to_tsvector(''simple'', text) @@ %L::tsquery', plainto_tsquery('simple', others));
  end if;
  select concat_ws(' and ', indexed, string_agg(format('text ~ %L and private.letter_pairs(text) @> %L::text[]', unspaced,
                                                       private.letter_pairs(part)), ' and ')),
         coalesce(string_agg(format('strpos(lower(text), %L) > 0', part), ' and '), 'true')
  into indexed, checked
  from unnest(parts) as part;
  -- Words of ASCII stand in the text as they are, which is seen in a tenth of the time that its words take. What was taken
  -- in last may have none of them.
  select concat_ws(' and ', string_agg(format('strpos(lower(text), %L) > 0', lexeme), ' and '), checked)
  into glanced
  from unnest(to_tsvector('simple', coalesce(others, ''))) where octet_length(lexeme) = length(lexeme);
  if indexed = '' or most_comments is null or most_comments < 1 then
    return;
  end if;
  -- Planned only, which tells how many comments the planner expects. So many periods are searched that more than half as
  -- many again as wanted are expected there, and more periods where that was too few.
  execute 'explain (format json) select from public.comment where ' || indexed into plan;
  all_rows := greatest((select c.reltuples from pg_catalog.pg_class c where c.oid = 'public.comment'::regclass), 1);
  share := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8 / all_rows;

  wanted_rows := 1.6 * most_comments / greatest(share, 1e-9);
  loop
    select kept.day - date '2000-01-01', kept.rows_since into first_day, rows_since
    from (
      select t.day, sum(sum(t.row_count)) over (order by t.day desc) as rows_since
      from private.day_tally t
      where t.kind = 'comment' and t.day <= (newest at time zone 'UTC')::date
      group by t.day
    ) kept
    where kept.rows_since >= wanted_rows
    order by kept.day desc limit 1;
    is_whole := first_day is null or last_day - first_day > 1000;
    -- To read one after the other, newest first, costs four times as much a row as to fetch what the index says. Where
    -- the newest hold fewer than expected the index is asked all the same.
    if not is_read and coalesce(rows_since, all_rows) * share > 4 * most_comments / share then
      is_read := true;
      execute format(
        'select array_agg(id) from (
           select id from (
             select id, text, discovered_at from public.comment where (discovered_at, id) < ($1, $2)
             order by discovered_at desc, id desc limit $4
           ) newest
           where %s and %s order by discovered_at desc, id desc limit $3
         ) found', glanced, indexed)
        into found_keys using newest, newest_id, most_comments, (2 * most_comments / share)::bigint;
      exit when cardinality(found_keys) >= most_comments;
    end if;
    execute format(
      'with found as materialized (select id, discovered_at from public.comment where %s and %s and %s)
       select array_agg(id) from (
         select id from found where (discovered_at, id) < ($1, $2) order by discovered_at desc, id desc limit $3
       ) newest',
      indexed, checked, case when is_whole then 'true' else period || ' && $4' end)
      into found_keys
      using newest, newest_id, most_comments, case
        when last_day - first_day < 12 then array(select generate_series(first_day, last_day))
        else array(select -1 - block from generate_series(first_day / 32, last_day / 32) as block) end;
    exit when is_whole or cardinality(found_keys) >= most_comments;
    wanted_rows := greatest(
      rows_since + 1, wanted_rows * least(greatest(2.0 * most_comments / (1 + coalesce(cardinality(found_keys), 0)), 4), 64));
  end loop;
  return query select c.* from public.comment c where c.id = any (found_keys) order by c.discovered_at desc, c.id desc;
end
$$;

-- Rollback:
-- create or replace function private.find_comments(
--   words text, most_comments integer, before timestamptz default null, before_id uuid default null)
-- returns setof public.comment
-- -- Volatile, because EXPLAIN is allowed in no other; it changes nothing.
-- language plpgsql volatile
-- set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
-- as $$
-- declare
--   -- Of the two indexes, to the letter.
--   period constant text := '(array[(discovered_at at time zone ''UTC'')::date - date ''2000-01-01'', -1 - ((discovered_at at time zone ''UTC'')::date - date ''2000-01-01'') / 32])';
--   unspaced constant text := '[\u0E00-\u109F\u1780-\u17FF\u3005-\u3007\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]{2}';
--   newest timestamptz := coalesce(before, now() + interval '1 hour');
--   newest_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
--   last_day integer := (newest at time zone 'UTC')::date - date '2000-01-01';
--   first_day integer;
--   parts text[];
--   others text;
--   indexed text;
--   checked text;
--   plan json;
--   share float8;
--   all_rows float8;
--   rows_since float8;
--   wanted_rows float8;
--   is_whole boolean;
--   is_read boolean := false;
--   found_keys uuid[];
-- begin
--   select array_agg(lower(btrim(word, '.,;:!?()"''，。、！？：；（）「」'))) filter (where private.letter_pairs(word) is not null),
--          string_agg(word, ' ') filter (where private.letter_pairs(word) is null)
--   into parts, others
--   from regexp_split_to_table(words, '\s+') as word;
--   if numnode(plainto_tsquery('simple', coalesce(others, ''))) > 0 then
--     indexed := format('to_tsvector(''simple'', text) @@ %L::tsquery', plainto_tsquery('simple', others));
--   end if;
--   select concat_ws(' and ', indexed, string_agg(format('text ~ %L and private.letter_pairs(text) @> %L::text[]', unspaced,
--                                                        private.letter_pairs(part)), ' and ')),
--          coalesce(string_agg(format('strpos(lower(text), %L) > 0', part), ' and '), 'true')
--   into indexed, checked
--   from unnest(parts) as part;
--   if indexed = '' or most_comments is null or most_comments < 1 then
--     return;
--   end if;
--   -- Planned only, which tells how many comments the planner expects. So many periods are searched that more than half as
--   -- many again as wanted are expected there, and more periods where that was too few.
--   execute 'explain (format json) select from public.comment where ' || indexed into plan;
--   all_rows := greatest((select c.reltuples from pg_catalog.pg_class c where c.oid = 'public.comment'::regclass), 1);
--   share := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8 / all_rows;
--
--   wanted_rows := 1.6 * most_comments / greatest(share, 1e-9);
--   loop
--     select kept.day - date '2000-01-01', kept.rows_since into first_day, rows_since
--     from (
--       select t.day, sum(sum(t.row_count)) over (order by t.day desc) as rows_since
--       from private.day_tally t
--       where t.kind = 'comment' and t.day <= (newest at time zone 'UTC')::date
--       group by t.day
--     ) kept
--     where kept.rows_since >= wanted_rows
--     order by kept.day desc limit 1;
--     is_whole := first_day is null or last_day - first_day > 1000;
--     -- To read one after the other, newest first, costs four times as much a row as to fetch what the index says. Where
--     -- the newest hold fewer than expected the index is asked all the same.
--     if not is_read and coalesce(rows_since, all_rows) * share > 4 * most_comments / share then
--       is_read := true;
--       execute format(
--         'select array_agg(id) from (
--            select id from (
--              select id, text, discovered_at from public.comment where (discovered_at, id) < ($1, $2)
--              order by discovered_at desc, id desc limit $4
--            ) newest
--            where %s and %s order by discovered_at desc, id desc limit $3
--          ) found', indexed, checked)
--         into found_keys using newest, newest_id, most_comments, (4 * most_comments / share)::bigint;
--       exit when cardinality(found_keys) >= most_comments;
--     end if;
--     execute format(
--       'with found as materialized (select id, discovered_at from public.comment where %s and %s and %s)
--        select array_agg(id) from (
--          select id from found where (discovered_at, id) < ($1, $2) order by discovered_at desc, id desc limit $3
--        ) newest',
--       indexed, checked, case when is_whole then 'true' else period || ' && $4' end)
--       into found_keys
--       using newest, newest_id, most_comments, case
--         when last_day - first_day < 12 then array(select generate_series(first_day, last_day))
--         else array(select -1 - block from generate_series(first_day / 32, last_day / 32) as block) end;
--     exit when is_whole or cardinality(found_keys) >= most_comments;
--     wanted_rows := greatest(
--       rows_since + 1, wanted_rows * least(greatest(2.0 * most_comments / (1 + coalesce(cardinality(found_keys), 0)), 4), 64));
--   end loop;
--   return query select c.* from public.comment c where c.id = any (found_keys) order by c.discovered_at desc, c.id desc;
-- end
-- $$;
-- create or replace function private.trending_domains(days_back integer, most_domains bigint)
-- returns table (
--   domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
--   growth_rate numeric, velocity_score numeric
-- )
-- language plpgsql stable parallel safe set search_path = '' set plan_cache_mode = force_custom_plan
-- as $$
-- #variable_conflict use_column
-- declare
--   stored_at timestamptz;
--   changed uuid[];
--   currents bigint[];
--   previouses bigint[];
-- begin
--   select m.as_of into stored_at
--   from private.trend_moment m
--   where days_back in (1, 7, 30) and abs(extract(epoch from now() - m.as_of)) < days_back * 86400 / 5;
--   -- Where rows are hidden from the caller there is no moment to be seen either.
--   if stored_at is null then
--     return query select * from private.counted_trends(days_back, most_domains);
--     return;
--   end if;
--   select coalesce(array_agg(c.domain_id), '{}'), array_agg(c.current_mentions), array_agg(c.previous_mentions)
--   into changed, currents, previouses
--   from private.trend_changes(stored_at, now(), days_back) c;
--   return query
--   select domain_id, domain_name, current, previous, round((current - previous) / (previous + 1.0), 4), velocity
--   from (
--     (
--       select t.domain_id, t.domain_name, t.current_mentions as current, t.previous_mentions as previous,
--              t.velocity_score as velocity
--       from private.trend_tally t
--       where t.days = days_back and t.current_mentions > 0 and t.domain_id <> all (changed)
--       order by t.velocity_score desc, t.current_mentions desc, t.domain_name
--       limit most_domains
--     )
--     union all
--     select c.domain_id, d.domain_name, sums.current, sums.previous,
--            round((sums.current - sums.previous) / sqrt(sums.current + sums.previous + 1.0), 4)
--     from unnest(changed, currents, previouses) as c (domain_id, current, previous)
--     left join private.trend_tally t on t.days = days_back and t.domain_id = c.domain_id
--     cross join lateral (
--       select coalesce(t.current_mentions, 0) + c.current as current,
--              coalesce(t.previous_mentions, 0) + c.previous as previous
--     ) sums
--     join public.domain d on d.id = c.domain_id
--     where sums.current > 0
--   ) each_domain
--   order by velocity desc, current desc, domain_name
--   limit most_domains;
-- end
-- $$;
-- create or replace function private.note_mention_changes() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- declare
--   side text := case tg_op
--     when 'INSERT' then 'select domain_id, discovered_at, 1 as change, tier from changed_to'
--     when 'DELETE' then 'select domain_id, discovered_at, -1 as change, tier from changed_from'
--     else 'select domain_id, discovered_at, 1 as change, tier from changed_to'
--          ' union all select domain_id, discovered_at, -1, tier from changed_from' end;
--   changes bigint;
-- begin
--   -- Trends are asked back to 60 days before a moment that is at most seven days ago.
--   execute format(
--     'insert into private.mention_change (domain_id, discovered_at, change)
--      select domain_id, discovered_at, sum(change) from (%s) side
--      where tier = ''shown'' and discovered_at >= now() - interval ''70 days''
--      group by domain_id, discovered_at having sum(change) <> 0', side);
--   get diagnostics changes = row_count;
--   -- A transaction with one snapshot for all its statements cannot see what others took in meanwhile.
--   if changes > 0 and current_setting('transaction_isolation') = 'read committed'
--      and not exists (select from private.trend_moment m where m.as_of >= now() - interval '1 minute') then
--     perform private.renew_trends();
--   end if;
--   return null;
-- end
-- $$;
-- comment on function private.note_mention_changes() is
--   'Writes down which mentions came and went; once a minute somebody who writes takes that into private.trend_tally.';
-- comment on view public.v_domains_new_today is
--   'Domains first seen today (UTC). Made for: order by mention_count desc, id, or first_seen_at desc, id.';
-- comment on view public.v_domains_top_mentioned is
--   'All domains with shown mentions that nobody chose to ignore. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';
-- comment on view public.v_domains_recent_activity is
--   'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id.';
-- comment on view public.v_videos_with_domains is
--   'Videos under which at least one domain is mentioned. Made for: order by discovered_at desc, id.';
-- comment on view public.v_comments_with_domains is
--   'Comments that mention a domain; mentions lists every span, in order of the text. Made for: order by discovered_at desc, id.';
-- create or replace view public.v_domains_new_today with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified, d.notes,
--   today.video_count, today.comment_count, today.video_usernames,
--   today.first_mention_today, today.latest_mention_today,
--   d.registrable_domain, d.unicode_name, d.kind, d.verdict
-- from public.domain d
-- cross join lateral (
--   select
--     count(distinct m.video_id) as video_count,
--     count(distinct m.comment_id) as comment_count,
--     coalesce((array_agg(distinct v.username order by v.username) filter (where v.username is not null))[1:10], '{}')
--       as video_usernames,
--     min(m.discovered_at) as first_mention_today,
--     max(m.discovered_at) as latest_mention_today
--   from public.domain_mention m
--   join public.video v on v.id = m.video_id
--   where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= date_trunc('day', now(), 'UTC')
-- ) today
-- where d.first_seen_at >= date_trunc('day', now(), 'UTC')
--   and d.verdict is distinct from 'ignore';
-- create index comment_discovered_at_idx on public.comment (discovered_at desc);
-- comment on index public.comment_discovered_at_idx is 'Newest comments, periods, retention.';
-- comment on index public.comment_discovered_at_page_idx is null;
