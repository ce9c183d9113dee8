create index concurrently domain_mention_domain_id_page_idx on public.domain_mention (domain_id, discovered_at desc, id desc) include (video_id) where tier = 'shown';

-- Rollback:
-- drop index concurrently public.domain_mention_domain_id_page_idx;
