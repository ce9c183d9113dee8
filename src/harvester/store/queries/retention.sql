-- Retention; what may be deleted is said by the database.

-- name: cleanup_batch
-- One batch of what was discovered before the days to keep.
select mentions_deleted, comments_deleted, videos_deleted, domains_deleted, creators_deleted, ads_deleted
from private.cleanup_batch(now() - make_interval(days => %(days)s), %(rows)s);
