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
-- alter table public.video drop constraint video_times_range;
-- alter table public.video
--   add constraint video_times_range check (
--     least(discovered_at, observed_at, last_crawled_at) >= '2000-01-01Z'
--     and greatest(discovered_at, observed_at, last_crawled_at) <= now() + interval '1 hour') not valid;
-- alter table public.comment drop constraint comment_times_range;
-- alter table public.comment
--   add constraint comment_times_range check (
--     least(discovered_at, observed_at) >= '2000-01-01Z'
--     and greatest(discovered_at, observed_at) <= now() + interval '1 hour') not valid;
-- alter table public.domain drop constraint domain_times_range;
-- alter table public.domain
--   add constraint domain_times_range check (
--     verified_at >= '2000-01-01Z' and verified_at <= now() + interval '1 hour') not valid;
-- alter table public.domain_mention drop constraint domain_mention_times_range, drop constraint domain_mention_occurrences_form;
-- alter table public.domain_mention
--   add constraint domain_mention_times_range check (
--     discovered_at >= '2000-01-01Z' and discovered_at <= now() + interval '1 hour') not valid,
--   add constraint domain_mention_occurrences_form check (
--     not jsonb_path_exists(occurrences, '$[*] ? (!(
--       @.text.type() == "string" && @.method.type() == "string"
--       && @.start.type() == "number" && @.end.type() == "number" && @.start >= 0 && @.end > @.start
--       && @.confidence.type() == "number" && @.confidence >= 0 && @.confidence <= 1))')) not valid;
-- alter table public.run drop constraint run_ends_after_its_start, drop constraint run_errors_is_object, drop constraint run_request_is_object;
-- alter table public.run
--   add constraint run_ends_after_its_start check (finished_at >= started_at) not valid,
--   add constraint run_errors_is_object check (jsonb_typeof(errors) = 'object') not valid,
--   add constraint run_request_is_object check (jsonb_typeof(request) = 'object') not valid;
-- alter table public.quarantine drop constraint quarantine_reason_form;
-- alter table public.quarantine
--   add constraint quarantine_reason_form check (reason ~ '^[a-z][a-z0-9_]{0,62}$') not valid;
