---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.prosecutions_supported
label:
  ar: "الملاحقات القضائية للقرصنة التي حظيت بالدعم[، {country}]، من {from} إلى {to}"
  zh: "支助的海盗起诉案件[，{country}]，{from}至{to}"
  en: "Piracy prosecutions supported[, {country}], from {from} to {to}"
  fr: "Poursuites pour piraterie appuyées[, {country}], du {from} au {to}"
  ru: "Поддержанные уголовные преследования за пиратство[, {country}], с {from} по {to}"
  es: "Enjuiciamientos por piratería apoyados[, {country}], del {from} al {to}"
unit: case
parameters:
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["ملاحقة قضائية", "ملاحقات قضائية"]
  zh: ["起起诉", "海盗起诉案件", "海盗案件"]
  en: ["prosecutions", "piracy prosecutions", "prosecutions supported"]
  fr: ["poursuites", "poursuites appuyées"]
  ru: ["уголовных преследований", "судебных преследований"]
  es: ["enjuiciamientos", "enjuiciamientos apoyados"]
serves: ["69"]
---
SELECT record_id, date, prosecuting_state, persons, outcome
FROM piracy_case
WHERE kind = 'prosecution'
  AND date BETWEEN $from AND $to
  AND ($country IS NULL OR prosecuting_state = $country)
ORDER BY date
