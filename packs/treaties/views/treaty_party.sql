-- Who is bound by which instrument: since the deposit, and in force for it since when.
WITH force AS (
    SELECT instrument, max(in_force) AS in_force FROM treaty_force GROUP BY instrument
)
SELECT
    c.record_id, c.instrument, c.participant, c.action, c.deposited,
    CASE WHEN f.in_force IS NULL THEN NULL
         ELSE greatest(CAST(CAST(c.deposited AS INT) + CAST(i.state_delay AS INT) AS DATE), f.in_force)
    END AS in_force
FROM treaty_consent c
JOIN instrument i ON i.code = c.instrument
LEFT JOIN force f ON f.instrument = c.instrument
