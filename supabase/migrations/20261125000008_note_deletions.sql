-- Whether anything was deleted since a file was imported: while nothing was, importing it again says nothing new and
-- need not be read. A number is drawn at each deletion; a run remembers which one was the last when it began.

create sequence private.deletion_seq as bigint;
comment on sequence private.deletion_seq is 'Drawn from whenever videos or comments are deleted; begins anywhere.';
-- The rows of one database may come into another by a backup: the numbers of the two must not meet.
select setval('private.deletion_seq', (random() * 1e15)::bigint + 1);
grant usage, select on sequence private.deletion_seq to service_role;

create function private.note_deletion() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform nextval('private.deletion_seq');
  return null;
end
$$;
comment on function private.note_deletion() is 'Notes that rows were deleted, whether or not the deletion is undone.';
revoke execute on function private.note_deletion() from public;

create trigger video_note_deletion after delete or truncate on public.video
  for each statement execute function private.note_deletion();
comment on trigger video_note_deletion on public.video is 'An import of what was deleted is read again.';
create trigger comment_note_deletion after delete or truncate on public.comment
  for each statement execute function private.note_deletion();
comment on trigger comment_note_deletion on public.comment is 'An import of what was deleted is read again.';

-- Rollback:
-- drop trigger comment_note_deletion on public.comment;
-- drop trigger video_note_deletion on public.video;
-- drop function private.note_deletion();
-- drop sequence private.deletion_seq;
