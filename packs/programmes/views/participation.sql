-- Participants of each activity from the best record there is, so that nobody counts twice:
-- persons one by one; else counts by group; else the numbers of women and men.
SELECT make_array(a.record_id, t.record_id) AS record_id, v.code AS activity, v.kind, v.themes, v.held_to,
    t.country, t.institution_kind, t.sex, 1 AS participants
FROM attendance a
JOIN activity v ON v.code = a.activity
JOIN trainee t ON t.code = a.trainee
WHERE a.role = 'participant'
UNION ALL
SELECT make_array(c.record_id), v.code, v.kind, v.themes, v.held_to, c.country, c.institution_kind, c.sex, c.participants
FROM attendance_count c
JOIN activity v ON v.code = c.activity
WHERE NOT EXISTS (SELECT 1 FROM attendance a WHERE a.activity = c.activity AND a.role = 'participant')
UNION ALL
SELECT make_array(v.record_id), v.code, v.kind, v.themes, v.held_to, NULL, NULL, s.sex,
    CASE s.sex WHEN 'female' THEN v.women WHEN 'male' THEN v.men
        ELSE v.participants - COALESCE(v.women, 0) - COALESCE(v.men, 0) END
FROM activity v
CROSS JOIN (VALUES ('female'), ('male'), ('not_recorded')) AS s (sex)
WHERE v.participants IS NOT NULL
  AND CASE s.sex WHEN 'female' THEN v.women WHEN 'male' THEN v.men
        ELSE v.participants - COALESCE(v.women, 0) - COALESCE(v.men, 0) END > 0
  AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.activity = v.code AND a.role = 'participant')
  AND NOT EXISTS (SELECT 1 FROM attendance_count c WHERE c.activity = v.code)
