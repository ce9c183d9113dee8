-- When many comments change at once, their mentions follow in statements that are planned for so many: a plan kept
-- from a statement that changed none compared every row with every other.

create or replace function private.mentions_follow_comment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Planned anew each time: a plan made for a statement that changed few rows compares every row with every other.
  execute $do$
    delete from public.domain_mention m
    using changed_from o join changed_to n using (id)
    where m.comment_id = n.id and o.text <> n.text
  $do$;
  execute $do$
    update public.domain_mention m
    set discovered_at = n.discovered_at, video_id = n.video_id
    from changed_from o join changed_to n using (id)
    where m.comment_id = n.id and (o.discovered_at, o.video_id) <> (n.discovered_at, n.video_id)
  $do$;
  return null;
end
$$;

-- Rollback:
-- create or replace function private.mentions_follow_comment() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- begin
--   delete from public.domain_mention m
--   using changed_from o join changed_to n using (id)
--   where m.comment_id = n.id and o.text <> n.text;
--
--   update public.domain_mention m
--   set discovered_at = n.discovered_at, video_id = n.video_id
--   from changed_from o join changed_to n using (id)
--   where m.comment_id = n.id and (o.discovered_at, o.video_id) <> (n.discovered_at, n.video_id);
--   return null;
-- end
-- $$;
