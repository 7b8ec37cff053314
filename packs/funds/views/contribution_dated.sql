-- Contributions with their first and last day: the day of receipt, or else the period.
SELECT
    record_id, code, donor, kind, purpose, amount_amount, amount_currency, pledge, fund_source,
    earmarking, fund, programme, project,
    COALESCE(received, period_from) AS first_day,
    COALESCE(received, period_to) AS last_day
FROM contribution
