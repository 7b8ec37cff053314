---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.contributions_usd
label:
  ar: "التبرعات النقدية الواردة من {from} إلى {to}، محولة إلى دولارات الولايات المتحدة[، {donor}][، {purpose}]"
  zh: "{from}至{to}收到的现金捐款折合美元[，{donor}][，{purpose}]"
  en: "Contributions in cash received from {from} to {to}, in United States dollars[, {donor}][, {purpose}]"
  fr: "Contributions en espèces reçues du {from} au {to}, en dollars des États-Unis[, {donor}][, {purpose}]"
  ru: "Денежные взносы, полученные с {from} по {to}, в пересчете на доллары США[, {donor}][, {purpose}]"
  es: "Contribuciones en efectivo recibidas del {from} al {to}, en dólares de los Estados Unidos[, {donor}][, {purpose}]"
serves: ["80"]
unit: {column: converted_currency}
parameters:
  from: {type: date}
  to: {type: date}
  donor: {type: link, register: organization, optional: true}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
aggregate: sum
column: converted
keywords:
  ar: ["ما يعادل من التبرعات", "التبرعات بالدولار"]
  zh: ["折合美元的捐款", "捐款折合"]
  en: ["equivalent of contributions", "contributions in dollars", "contributions converted"]
  fr: ["équivalent des contributions", "contributions converties"]
  ru: ["взносов в пересчете", "взносы в пересчете"]
  es: ["equivalente de las contribuciones", "contribuciones convertidas"]
cautions: [contribution_amounts_missing, contribution_rates_missing]
---
-- Each contribution at the latest rate in effect on its last day, rounded to the cent. A rate
-- holds for 35 days at most; where there is none the row adds nothing, and a caution says so.
WITH rated AS (
    SELECT c.record_id, c.donor, c.purpose, c.last_day, c.amount_amount, c.amount_currency, max(r.date) AS rate_day
    FROM contribution_dated c
    LEFT JOIN exchange_rate r
      ON r.currency = c.amount_currency AND r.date <= c.last_day
      AND CAST(c.last_day AS INT) - CAST(r.date AS INT) <= 35
    WHERE c.kind = 'cash' AND c.amount_amount IS NOT NULL
      AND c.first_day >= $from AND c.last_day <= $to
      AND ($donor IS NULL OR c.donor = $donor)
      AND ($purpose IS NULL OR c.purpose = $purpose)
    GROUP BY c.record_id, c.donor, c.purpose, c.last_day, c.amount_amount, c.amount_currency
)
SELECT
    CASE WHEN r.record_id IS NULL THEN make_array(c.record_id) ELSE make_array(c.record_id, r.record_id) END AS record_id,
    c.donor, c.last_day, c.amount_amount, c.amount_currency, r.date AS rate_day, r.per_usd,
    CAST(CASE WHEN c.amount_currency = 'USD' THEN c.amount_amount
         ELSE round(CAST(c.amount_amount AS DECIMAL(18, 4)) / CAST(r.per_usd AS DECIMAL(15, 6)), 2)
    END AS DECIMAL(20, 2)) AS converted,
    'USD' AS converted_currency
FROM rated c
LEFT JOIN exchange_rate r ON r.currency = c.amount_currency AND r.date = c.rate_day
ORDER BY c.last_day
