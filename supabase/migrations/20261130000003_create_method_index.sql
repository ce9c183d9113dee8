create index concurrently domain_mention_method_idx on public.domain_mention (extraction_method, domain_id) where tier = 'shown';

-- Rollback:
-- drop index concurrently public.domain_mention_method_idx;
