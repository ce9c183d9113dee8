-- Reads the rows that were there before the checks of the file before. It stops neither readers nor writers.

alter table public.video validate constraint video_times_range;
alter table public.comment validate constraint comment_times_range;
alter table public.domain validate constraint domain_times_range;
alter table public.domain_mention
  validate constraint domain_mention_times_range, validate constraint domain_mention_occurrences_form;
alter table public.run
  validate constraint run_ends_after_its_start, validate constraint run_errors_is_object,
  validate constraint run_request_is_object;
alter table public.quarantine validate constraint quarantine_reason_form;

-- Rollback:
-- -- Nothing to undo: the checks go with the file before.
