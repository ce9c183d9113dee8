create index concurrently domain_mention_rejected_idx on public.domain_mention (id) where verdict is not null;

-- Rollback:
-- drop index concurrently public.domain_mention_rejected_idx;
