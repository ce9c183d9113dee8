create index concurrently comment_pairs_idx on public.comment using gin (private.letter_pairs(text), (array[(discovered_at at time zone 'UTC')::date - date '2000-01-01', -1 - ((discovered_at at time zone 'UTC')::date - date '2000-01-01') / 32])) where text ~ '[\u0E00-\u109F\u1780-\u17FF\u3005-\u3007\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]{2}';

-- Rollback:
-- drop index concurrently public.comment_pairs_idx;
