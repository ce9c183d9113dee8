-- What the index of the file before is for: that file holds one statement alone.

comment on index public.domain_mention_rejected_idx is 'The mentions that people rejected: what precision is counted over.';

-- Rollback:
-- comment on index public.domain_mention_rejected_idx is null;
