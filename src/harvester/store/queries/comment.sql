-- name: find_comments
-- The newest comments that hold all words, with their videos.
select c.id, c.comment_id, c.text, c.username, c.posted_at, c.discovered_at, v.video_id, v.username as video_username
from private.find_comments(%(words)s, %(limit)s, %(before)s, %(before_id)s) c
join public.video v on v.id = c.video_id
order by c.discovered_at desc, c.id desc;
