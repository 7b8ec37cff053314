-- When each instrument entered into force, computed from its own rule: the deposits that
-- counted, and the day to which each leads when it is the one that completes the number.
WITH counted AS (
    SELECT
        c.record_id, c.instrument, c.participant, c.deposited,
        i.eif_count, i.eif_delay, i.eif_from,
        row_number() OVER (PARTITION BY c.instrument ORDER BY c.deposited, c.participant) AS nth,
        count(*) OVER (PARTITION BY c.instrument) AS total
    FROM treaty_consent c
    JOIN instrument i ON i.code = c.instrument
    JOIN participant p ON p.code = c.participant
    WHERE i.eif_count IS NOT NULL
      AND (p.kind <> 'regional_organization' OR i.organization_counts)
)
SELECT
    record_id, instrument, participant, deposited, nth, eif_count,
    CASE eif_from
        WHEN 'days' THEN CAST(CAST(deposited AS INT) + CAST(eif_delay AS INT) AS DATE)
        ELSE make_date(
            CAST((date_part('year', deposited) * 12 + date_part('month', deposited) - 1 + eif_delay) / 12 AS INT),
            CAST((date_part('year', deposited) * 12 + date_part('month', deposited) - 1 + eif_delay) % 12 + 1 AS INT),
            1)
    END AS in_force
FROM counted
WHERE total >= eif_count AND nth <= eif_count
