create index concurrently comment_words_idx on public.comment using gin (to_tsvector('simple', text), (array[(discovered_at at time zone 'UTC')::date - date '2000-01-01', -1 - ((discovered_at at time zone 'UTC')::date - date '2000-01-01') / 32]));

-- Rollback:
-- drop index concurrently public.comment_words_idx;
