---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.contributions_by_earmarking
label:
  ar: "التبرعات النقدية الواردة من {from} إلى {to} حسب التخصيص[، {purpose}][، {currency}]"
  zh: "{from}至{to}按指定用途分列的现金捐款[，{purpose}][，{currency}]"
  en: "Contributions in cash received from {from} to {to} by earmarking[, {purpose}][, {currency}]"
  fr: "Contributions en espèces reçues du {from} au {to}, par type d’affectation[, {purpose}][, {currency}]"
  ru: "Денежные взносы, полученные с {from} по {to}, по целевой привязке[, {purpose}][, {currency}]"
  es: "Contribuciones en efectivo recibidas del {from} al {to} por tipo de asignación[, {purpose}][, {currency}]"
serves: ["80"]
unit: {column: amount_currency}
parameters:
  from: {type: date}
  to: {type: date}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: amount_amount
group_by: [earmarking]
keywords:
  ar: ["التبرعات حسب التخصيص"]
  zh: ["按指定用途分列的捐款"]
  en: ["contributions by earmarking"]
  fr: ["contributions par type d’affectation"]
  ru: ["взносы по целевой привязке"]
  es: ["contribuciones por tipo de asignación"]
cautions: [contribution_amounts_missing]
---
-- Cash with a public amount, received wholly within the period; where nothing is said about
-- earmarking there is a group without a code.
SELECT record_id, donor, purpose, first_day, last_day, earmarking, amount_amount, amount_currency
FROM contribution_dated
WHERE kind = 'cash' AND amount_amount IS NOT NULL
  AND first_day >= $from AND last_day <= $to
  AND ($purpose IS NULL OR purpose = $purpose)
  AND ($currency IS NULL OR amount_currency = $currency)
