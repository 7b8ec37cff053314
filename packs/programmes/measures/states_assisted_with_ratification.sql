---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.states_assisted_with_ratification
label:
  ar: "الدول التي تلقت مساعدة في التصديق[، {theme}][، {sub_region}]، من {from} إلى {to}"
  zh: "在批准文书方面获得援助的国家[，{theme}][，{sub_region}]，{from}至{to}"
  en: "States assisted with ratification[, {theme}][, {sub_region}], from {from} to {to}"
  fr: "États aidés en vue d’une ratification[, {theme}][, {sub_region}], du {from} au {to}"
  ru: "Государства, получившие содействие в ратификации[, {theme}][, {sub_region}], с {from} по {to}"
  es: "Estados que recibieron asistencia para la ratificación[, {theme}][, {sub_region}], del {from} al {to}"
unit: State
parameters:
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
keywords:
  ar: ["دولة تلقت مساعدة في التصديق", "دول تلقت مساعدة في التصديق"]
  zh: ["国家在批准文书方面获得援助", "国家获得批准援助", "国家的批准工作"]
  en: ["States assisted with ratification", "States assisted in ratifying"]
  fr: ["États aidés en vue d’une ratification", "États aidés à ratifier"]
  ru: ["содействие в ратификации получили", "получивших содействие в ратификации"]
  es: ["Estados que recibieron ayuda para la ratificación", "Estados ayudados a ratificar"]
serves: ["9", "24", "37", "42"]
---
SELECT record_id, country, theme, given_from, given_to
FROM assistance
WHERE kind = 'ratification'
  AND country IS NOT NULL
  AND given_from <= $to AND given_to >= $from
  AND ($theme IS NULL OR theme = $theme)
  AND ($sub_region IS NULL OR sub_region = $sub_region)
ORDER BY country
