---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.prisoner_transfers
label:
  ar: "عمليات نقل السجناء[، {country}]، من {from} إلى {to}"
  zh: "囚犯移管[，{country}]，{from}至{to}"
  en: "Transfers of prisoners[, {country}], from {from} to {to}"
  fr: "Transferts de détenus[, {country}], du {from} au {to}"
  ru: "Передачи заключенных[, {country}], с {from} по {to}"
  es: "Traslados de reclusos[, {country}], del {from} al {to}"
unit: transfer
parameters:
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["عملية نقل سجناء", "عمليات نقل السجناء", "عملية نقل"]
  zh: ["次囚犯移管", "次移管", "囚犯移管"]
  en: ["prisoner transfers", "transfers of prisoners", "transfers"]
  fr: ["transferts de détenus", "transferts"]
  ru: ["передач заключенных", "передачи заключенных"]
  es: ["traslados de reclusos", "traslados"]
serves: ["69"]
---
SELECT record_id, date, sending_state, receiving_state, persons
FROM piracy_case
WHERE kind = 'prisoner_transfer'
  AND date BETWEEN $from AND $to
  AND ($country IS NULL OR receiving_state = $country)
ORDER BY date
