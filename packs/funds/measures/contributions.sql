---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.contributions
label:
  ar: "التبرعات النقدية الواردة من {from} إلى {to}[، {donor}][، {purpose}][، {earmarking}][، {currency}]"
  zh: "{from}至{to}收到的现金捐款[，{donor}][，{purpose}][，{earmarking}][，{currency}]"
  en: "Contributions in cash received from {from} to {to}[, {donor}][, {purpose}][, {earmarking}][, {currency}]"
  fr: "Contributions en espèces reçues du {from} au {to}[, {donor}][, {purpose}][, {earmarking}][, {currency}]"
  ru: "Денежные взносы, полученные с {from} по {to}[, {donor}][, {purpose}][, {earmarking}][, {currency}]"
  es: "Contribuciones en efectivo recibidas del {from} al {to}[, {donor}][, {purpose}][, {earmarking}][, {currency}]"
serves: ["22", "27", "80"]
unit: {column: amount_currency}
parameters:
  from: {type: date}
  to: {type: date}
  donor: {type: link, register: organization, optional: true}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  earmarking: {type: code, codelist: earmarking, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: amount_amount
keywords:
  ar: ["تبرعات", "التبرعات", "تبرعات نقدية", "التبرعات النقدية"]
  zh: ["捐款", "自愿捐款", "现金捐款"]
  en: ["contributions", "voluntary contributions", "cash contributions", "in contributions", "contributed"]
  fr: ["contributions volontaires", "contributions en espèces", "contributions reçues", "contributions"]
  ru: ["взносов", "взносы", "добровольных взносов", "добровольные взносы", "денежных взносов"]
  es: ["contribuciones", "contribuciones voluntarias", "contribuciones en efectivo"]
cautions: [contribution_amounts_missing]
---
-- Cash with a public amount, received wholly within the period.
SELECT record_id, donor, purpose, first_day, last_day, earmarking, amount_amount, amount_currency
FROM contribution_dated
WHERE kind = 'cash' AND amount_amount IS NOT NULL
  AND first_day >= $from AND last_day <= $to
  AND ($donor IS NULL OR donor = $donor)
  AND ($purpose IS NULL OR purpose = $purpose)
  AND ($earmarking IS NULL OR earmarking = $earmarking)
  AND ($currency IS NULL OR amount_currency = $currency)
ORDER BY first_day
