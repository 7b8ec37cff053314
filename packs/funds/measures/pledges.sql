---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.pledges
label:
  ar: "المبالغ المتعهد بها من {from} إلى {to}[، {donor}][، {purpose}][، {currency}]"
  zh: "{from}至{to}认捐额[，{donor}][，{purpose}][，{currency}]"
  en: "Amounts pledged from {from} to {to}[, {donor}][, {purpose}][, {currency}]"
  fr: "Montants annoncés du {from} au {to}[, {donor}][, {purpose}][, {currency}]"
  ru: "Объявленные взносы с {from} по {to}[, {donor}][, {purpose}][, {currency}]"
  es: "Sumas prometidas del {from} al {to}[, {donor}][, {purpose}][, {currency}]"
serves: ["22", "27", "80"]
unit: {column: amount_currency}
parameters:
  from: {type: date}
  to: {type: date}
  donor: {type: link, register: organization, optional: true}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: amount_amount
keywords:
  ar: ["تعهدات", "التعهدات", "تعهدت", "متعهد به", "المتعهد بها"]
  zh: ["认捐", "认捐额", "承诺捐款"]
  en: ["pledged", "pledges", "in pledges"]
  fr: ["annoncés", "annonces de contributions", "contributions annoncées", "promesses"]
  ru: ["объявленных взносов", "объявленные взносы", "объявлено"]
  es: ["prometidos", "promesas", "promesas de contribuciones", "prometidas"]
---
-- Pledges by the day on which they were made.
SELECT record_id, donor, purpose, pledged_on, amount_amount, amount_currency
FROM pledge
WHERE pledged_on BETWEEN $from AND $to
  AND ($donor IS NULL OR donor = $donor)
  AND ($purpose IS NULL OR purpose = $purpose)
  AND ($currency IS NULL OR amount_currency = $currency)
ORDER BY pledged_on
