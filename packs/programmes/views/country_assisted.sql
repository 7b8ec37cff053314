-- Which country was helped, with what and when: assistance records, and the countries that an
-- activity names as assisted, once for each of its themes.
SELECT record_id, country, theme, sub_region, level, given_from AS began, given_to AS ended
FROM assistance
WHERE country IS NOT NULL
UNION ALL
SELECT record_id, country, unnest(themes) AS theme, sub_region, level, began, ended
FROM (
    SELECT record_id, unnest(countries_assisted) AS country, themes, sub_region, level, held_from AS began, held_to AS ended
    FROM activity
)
