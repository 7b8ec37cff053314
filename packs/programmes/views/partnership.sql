-- Which organization was a partner in what, and when.
SELECT record_id, unnest(partners) AS organization, 'activity' AS partner_in, themes, held_from AS began, held_to AS ended
FROM activity
UNION ALL
SELECT record_id, unnest(partners) AS organization, 'tool' AS partner_in, themes, issued_from AS began, issued_to AS ended
FROM tool
WHERE issued_to IS NOT NULL
UNION ALL
SELECT record_id, unnest(implementers) AS organization, 'project' AS partner_in, themes, starts AS began, ends AS ended
FROM project
WHERE status NOT IN ('pipeline', 'cancelled')
UNION ALL
SELECT record_id, unnest(partners) AS organization, 'programme' AS partner_in, themes, starts AS began, ends AS ended
FROM programme
