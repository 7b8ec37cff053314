---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.prisoners_transferred
label:
  ar: "السجناء المنقولون[، {country}]، من {from} إلى {to}"
  zh: "已移管囚犯[，{country}]，{from}至{to}"
  en: "Prisoners transferred[, {country}], from {from} to {to}"
  fr: "Détenus transférés[, {country}], du {from} au {to}"
  ru: "Переданные заключенные[, {country}], с {from} по {to}"
  es: "Reclusos trasladados[, {country}], del {from} al {to}"
unit: person
parameters:
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: sum
column: persons
keywords:
  ar: ["سجينا نُقلوا", "سجناء منقولين"]
  zh: ["囚犯被移管"]
  en: ["prisoners transferred", "prisoners were transferred"]
  fr: ["détenus transférés"]
  ru: ["переданных заключенных"]
  es: ["reclusos trasladados"]
serves: ["69"]
---
SELECT record_id, date, sending_state, receiving_state, persons
FROM piracy_case
WHERE kind = 'prisoner_transfer'
  AND date BETWEEN $from AND $to
  AND ($country IS NULL OR receiving_state = $country)
ORDER BY date
