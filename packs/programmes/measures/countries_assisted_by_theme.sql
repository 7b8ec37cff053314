---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.countries_assisted_by_theme
label:
  ar: "البلدان التي تلقت المساعدة حسب الموضوع[، {sub_region}][، {level}]، من {from} إلى {to}"
  zh: "按主题分列的受援国[，{sub_region}][，{level}]，{from}至{to}"
  en: "Countries assisted by theme[, {sub_region}][, {level}], from {from} to {to}"
  fr: "Pays ayant bénéficié d’une assistance, par thème[, {sub_region}][, {level}], du {from} au {to}"
  ru: "Страны, получившие помощь, в разбивке по темам[, {sub_region}][, {level}], с {from} по {to}"
  es: "Países que recibieron asistencia por tema[, {sub_region}][, {level}], del {from} al {to}"
unit: State
parameters:
  sub_region: {type: code, codelist: sub_region, optional: true}
  level: {type: code, codelist: activity_level, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
group_by: [theme]
keywords:
  ar: ["البلدان التي تلقت المساعدة حسب الموضوع"]
  zh: ["按主题分列的受援国"]
  en: ["countries assisted by theme"]
  fr: ["pays ayant bénéficié d’une assistance par thème"]
  ru: ["страны, получившие помощь, по темам"]
  es: ["países que recibieron asistencia por tema"]
cautions: [named_countries_only]
serves: ["15", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62", "69", "74"]
---
-- As countries_assisted; a country helped with two themes counts under both.
SELECT record_id, country, theme
FROM country_assisted
WHERE began <= $to AND ended >= $from
  AND ($sub_region IS NULL OR sub_region = $sub_region)
  AND ($level IS NULL OR level = $level)
