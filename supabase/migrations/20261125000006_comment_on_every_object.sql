-- Words for what had none yet: columns of the views, indexes, triggers, policies. docs/data-model.md is made of them.

-- A column that a view passes on means what it means in the table.
do $$
declare
  passed record;
begin
  for passed in
    select v.relname as view_name, a.attname as column_name, pg_catalog.col_description(t.oid, b.attnum) as words
    from (values
      ('v_domains_new_today', 'domain'), ('v_domains_top_mentioned', 'domain'),
      ('v_domains_recent_activity', 'domain'), ('v_videos_with_domains', 'video'),
      ('v_comments_with_domains', 'comment')) as source (view_name, table_name)
    join pg_catalog.pg_class v on v.relname = source.view_name and v.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_class t on t.relname = source.table_name and t.relnamespace = 'public'::regnamespace
    join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attnum > 0
    join pg_catalog.pg_attribute b on b.attrelid = t.oid and b.attname = a.attname and b.attnum > 0
  loop
    execute format('comment on column public.%I.%I is %L', passed.view_name, passed.column_name, passed.words);
  end loop;
end
$$;
comment on column public.v_domains_new_today.video_count is 'Videos under which it was mentioned today.';
comment on column public.v_domains_new_today.comment_count is 'Comments of today that mention it.';
comment on column public.v_domains_new_today.video_usernames is 'Creators of those videos: the first ten, sorted.';
comment on column public.v_domains_new_today.first_mention_today is 'When the first comment of today that mentions it was discovered.';
comment on column public.v_domains_new_today.latest_mention_today is 'When the newest comment that mentions it was discovered.';
comment on column public.v_domains_top_mentioned.video_count is 'Videos under which it is mentioned.';
comment on column public.v_domains_top_mentioned.comment_count is 'Comments that mention it.';
comment on column public.v_domains_top_mentioned.unique_commenters is 'Different authors of those comments; null where no author is known.';
comment on column public.v_domains_top_mentioned.days_since_first_seen is 'Whole days (24 hours) since first_seen_at.';
comment on column public.v_domains_recent_activity.recent_mentions is 'Mentions of the last 7 days.';
comment on column public.v_domains_recent_activity.recent_videos is 'Videos under which it was mentioned in the last 7 days.';
comment on column public.v_domains_recent_activity.recent_comments is 'Comments of the last 7 days that mention it.';
comment on column public.v_domains_recent_activity.first_recent_mention is 'When the first of them was discovered.';
comment on column public.v_domains_recent_activity.latest_recent_mention is 'When the newest of them was discovered.';
comment on column public.v_domains_recent_activity.mentions_per_day is 'recent_mentions / 7.';
comment on column public.v_domains_recent_activity.is_fresh is 'Whether it was first seen within the 7 days.';
comment on column public.v_videos_with_domains.unique_domains_mentioned is 'Different domains mentioned under it.';
comment on column public.v_videos_with_domains.total_domain_mentions is 'Mentions under it: a domain counts once a comment.';
comment on column public.v_videos_with_domains.total_comments is 'Comments stored here.';
comment on column public.v_videos_with_domains.comments_with_domains is 'Comments that mention a domain.';
comment on column public.v_videos_with_domains.mentioned_domains is 'Those domains, sorted.';
comment on column public.v_comments_with_domains.video_username is 'Handle of the video''s creator; null where unknown.';
comment on column public.v_comments_with_domains.video_tiktok_id is 'TikTok''s id of the video; video_id is the key of its row.';
comment on column public.v_comments_with_domains.domain_mentions_count is 'Different domains that it mentions.';
comment on column public.v_comments_with_domains.mentioned_domains is 'Those domains, sorted.';
comment on column public.v_comments_with_domains.mentions is 'Every span: domain_name, text, start, end, confidence, method.';

comment on index public.video_username_idx is 'The videos of a creator.';
comment on index public.video_discovered_at_idx is 'Newest videos, periods, retention.';
comment on index public.video_last_crawled_at_idx is 'What was not crawled for longest.';
comment on index public.video_active_idx is 'The same among videos that are still there.';
comment on index public.comment_video_id_discovered_at_idx is 'The comments of a video, newest first; the foreign key.';
comment on index public.comment_username_idx is 'The comments of an author.';
comment on index public.comment_discovered_at_idx is 'Newest comments, periods, retention.';
comment on index public.comment_posted_at_idx is 'Comments by TikTok''s time.';
comment on index public.comment_parent_comment_id_idx is 'The replies of a comment; the foreign key.';
comment on index public.comment_waiting_for_parent_idx is 'Replies whose parent has not arrived.';
comment on index public.comment_text_search_idx is 'Full-text search, words unchanged (configuration simple).';
comment on index public.domain_tld_idx is 'Domains under a top-level domain.';
comment on index public.domain_registrable_domain_idx is 'The hosts of a registrable domain.';
comment on index public.domain_first_seen_at_idx is 'New domains.';
comment on index public.domain_last_seen_at_idx is 'Recent activity.';
comment on index public.domain_mention_count_idx is 'The most mentioned domains.';
comment on index public.domain_suspicious_idx is 'Domains judged malicious or suspicious.';
comment on index public.domain_verified_idx is 'Domains with a verdict.';
do $$
begin
  if to_regclass('public.domain_domain_name_trgm_idx') is not null then
    comment on index public.domain_domain_name_trgm_idx is 'Domains by any part of the name.';
  end if;
end
$$;
comment on index public.domain_mention_domain_id_discovered_at_idx is 'The evidence of a domain, newest first; the foreign key.';
comment on index public.domain_mention_discovered_at_idx is 'Mentions of a period, retention.';
comment on index public.domain_mention_comment_id_idx is 'The mentions of a comment; the foreign key.';
comment on index public.domain_mention_video_id_idx is 'The mentions under a video; the foreign key.';
comment on index public.run_started_at_idx is 'The newest runs.';
comment on index public.quarantine_run_id_idx is 'What a run refused; the foreign key.';

comment on trigger comment_mentions_follow on public.comment is 'A mention is about the text as it stands.';
comment on trigger domain_mention_quote_insert on public.domain_mention is 'Evidence quotes its comment to the letter.';
comment on trigger domain_mention_quote_update on public.domain_mention is 'Evidence quotes its comment to the letter.';
comment on trigger domain_mention_count_insert on public.domain_mention is 'Counts the shown mentions that were added.';
comment on trigger domain_mention_count_update on public.domain_mention is 'Counts anew where a mention changed domain, tier or time.';
comment on trigger domain_mention_count_delete on public.domain_mention is 'Uncounts the shown mentions that were deleted.';
do $$
declare
  found_trigger record;
begin
  for found_trigger in
    select tgname, tgrelid::regclass as table_name from pg_catalog.pg_trigger
    where tgfoid = 'private.set_updated_at()'::regprocedure
  loop
    execute format('comment on trigger %I on %s is %L', found_trigger.tgname, found_trigger.table_name,
                   'updated_at is the time of the last change.');
  end loop;
end
$$;

do $$
declare
  policy record;
begin
  for policy in
    select p.polname, p.polrelid::regclass as table_name, p.polcmd = 'r' as reads
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and p.polname in (c.relname || '_read', c.relname || '_write')
  loop
    execute format('comment on policy %I on %s is %L', policy.polname, policy.table_name,
                   case when policy.reads then 'Everybody who is signed in reads all rows.'
                        else 'The worker does with rows what its grants allow.' end);
  end loop;
end
$$;

-- Rollback:
-- do $$
-- declare
--   named record;
-- begin
--   for named in
--     select format('column %s.%I', c.oid::regclass, a.attname) as object
--     from pg_catalog.pg_class c
--     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
--     where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
--       and c.relname in ('v_domains_new_today', 'v_domains_top_mentioned', 'v_domains_recent_activity',
--                         'v_videos_with_domains', 'v_comments_with_domains')
--     union all
--     select format('index %s', i.indexrelid::regclass)
--     from pg_catalog.pg_index i
--     where i.indrelid in ('public.video'::regclass, 'public.comment'::regclass, 'public.domain'::regclass,
--                          'public.domain_mention'::regclass, 'public.run'::regclass, 'public.quarantine'::regclass)
--     union all
--     select format('trigger %I on %s', t.tgname, t.tgrelid::regclass)
--     from pg_catalog.pg_trigger t
--     where t.tgrelid in ('public.video'::regclass, 'public.comment'::regclass, 'public.domain'::regclass,
--                         'public.domain_mention'::regclass, 'public.run'::regclass, 'public.quarantine'::regclass,
--                         'private.table_size_sample'::regclass) and not t.tgisinternal
--     union all
--     select format('policy %I on %s', p.polname, p.polrelid::regclass)
--     from pg_catalog.pg_policy p
--     where p.polrelid in ('public.video'::regclass, 'public.comment'::regclass, 'public.domain'::regclass,
--                          'public.domain_mention'::regclass, 'public.run'::regclass, 'public.quarantine'::regclass,
--                          'private.table_size_sample'::regclass)
--   loop
--     execute format('comment on %s is null', named.object);
--   end loop;
-- end
-- $$;
