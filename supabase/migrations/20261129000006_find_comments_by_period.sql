-- Both indexes hold the period of a comment beside its words: its day, and its thirty-two days, the latter below zero. A
-- search for the newest with a word reads the word's comments of some periods alone, however many there are of others.

comment on index public.comment_words_idx is 'Search for words in comments, of all times or of some days.';
comment on index public.comment_pairs_idx is 'Search for a part of a text that is written without spaces; empty where no comment is.';
drop index public.comment_text_search_idx;

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
         ) found', indexed, checked)
        into found_keys using newest, newest_id, most_comments, (4 * most_comments / share)::bigint;
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
comment on function private.find_comments(text, integer, timestamptz, uuid) is
  'The newest comments that hold all words, at most most_comments, from behind the comment that before and before_id name. Words are those of PostgreSQL''s text search, configuration simple: whole words, lower case; what is written without spaces is found as a part of the text, from two letters on.';

-- Rollback:
-- create or replace function private.find_comments(
--   words text, most_comments integer, before timestamptz default null, before_id uuid default null)
-- returns setof public.comment
-- -- Volatile, because EXPLAIN is allowed in no other; it changes nothing.
-- language plpgsql volatile set search_path = '' set enable_seqscan = off set max_parallel_workers_per_gather = 0
-- as $$
-- declare
--   asked tsquery := plainto_tsquery('simple', words);
--   newest timestamptz := coalesce(before, now() + interval '1 hour');
--   newest_id uuid := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
--   condition text;
--   plan json;
--   share float8;
--   wanted_rows float8;
--   oldest timestamptz;
--   found_keys uuid[];
-- begin
--   if numnode(asked) = 0 or most_comments is null or most_comments < 1 then
--     return;
--   end if;
--   condition := format('to_tsvector(''simple'', text) @@ %L::tsquery', asked);
--   -- Asked by the words alone, and planned only.
--   execute 'explain (format json) select from public.comment where ' || condition into plan;
--   share := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8 / greatest(
--     (select c.reltuples from pg_catalog.pg_class c where c.oid = 'public.comment'::regclass), 1);
--   -- Above one in a hundred the newest hold enough, below one in three thousand all are few.
--   if share between 1.0 / 3000 and 0.01 then
--     wanted_rows := 4 * most_comments / share;
--     loop
--       select min(kept.day)::timestamp at time zone 'UTC' into oldest
--       from (
--         select t.day, sum(sum(t.row_count)) over (order by t.day desc) - sum(t.row_count) as newer_rows
--         from private.day_tally t
--         where t.kind = 'comment' and t.day <= (newest at time zone 'UTC')::date
--         group by t.day
--       ) kept
--       where kept.newer_rows < wanted_rows;
--       exit when oldest is null;
--       execute format(
--         'select array_agg(id) from (
--            select id from public.comment
--            where %s and (discovered_at, id) < ($1, $2) and discovered_at >= %L::timestamptz
--            order by discovered_at desc, id desc limit $3) newest', condition, oldest)
--         into found_keys using newest, newest_id, most_comments;
--       if cardinality(found_keys) >= most_comments then
--         return query select c.* from public.comment c where c.id = any (found_keys)
--           order by c.discovered_at desc, c.id desc;
--         return;
--       end if;
--       exit when wanted_rows > 100 * most_comments / share;
--       wanted_rows := 8 * wanted_rows;
--     end loop;
--   end if;
--   return query execute format(
--     'select * from public.comment
--      where %s and (discovered_at, id) < ($1, $2)
--      order by discovered_at desc, id desc limit $3', condition)
--     using newest, newest_id, most_comments;
-- end
-- $$;
-- comment on function private.find_comments(text, integer, timestamptz, uuid) is
--   'The newest comments that hold all words, at most most_comments, from behind the comment that before and before_id name. Words are those of PostgreSQL''s text search, configuration simple: whole words, lower case.';
-- create index comment_text_search_idx on public.comment using gin (to_tsvector('simple', text));
-- comment on index public.comment_text_search_idx is 'Full-text search, words unchanged (configuration simple).';
-- comment on index public.comment_pairs_idx is null;
-- comment on index public.comment_words_idx is null;
