-- The trends of what was there before, in one snapshot. Where nothing was mentioned yet the first mention begins them.

select private.renew_trends() where exists (select from public.domain_mention);

-- Rollback:
-- delete from private.trend_tally;
-- delete from private.trend_moment;
