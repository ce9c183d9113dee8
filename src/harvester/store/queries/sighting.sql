-- name: list_sightings
-- One page of the captions, profiles and ads in which a domain stands, newest first; {after} goes on behind the last row
-- of the page before.
select s.id, s.place, s.discovered_at, v.video_id, v.video_url, v.username as video_username,
       c.username as creator_username, a.ad_id, a.advertiser_name,
       s.mention_text, s.context, s.occurrences, s.confidence_score::float8 as confidence,
       s.extraction_method as method, s.url
from public.sighting s
left join public.video v on v.id = s.video_id
left join public.creator c on c.id = s.creator_id
left join public.ad a on a.id = s.ad_id
where s.domain_id = %(domain_id)s and s.tier = 'shown' and {after}
order by s.discovered_at desc, s.id desc
limit %(limit)s;
