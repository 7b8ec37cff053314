---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.countries_assisted
label:
  ar: "البلدان التي تلقت المساعدة[، {theme}][، {sub_region}][، {level}]، من {from} إلى {to}"
  zh: "受援国[，{theme}][，{sub_region}][，{level}]，{from}至{to}"
  en: "Countries assisted[, {theme}][, {sub_region}][, {level}], from {from} to {to}"
  fr: "Pays ayant bénéficié d’une assistance[, {theme}][, {sub_region}][, {level}], du {from} au {to}"
  ru: "Страны, получившие помощь[, {theme}][, {sub_region}][, {level}], с {from} по {to}"
  es: "Países que recibieron asistencia[, {theme}][, {sub_region}][, {level}], del {from} al {to}"
unit: State
parameters:
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  level: {type: code, codelist: activity_level, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
keywords:
  ar: ["بلدا تلقى المساعدة", "بلدان تلقت المساعدة", "بلدا بالمساعدة", "مساعدة إلى", "المساعدة إلى"]
  zh: ["国家进行了合作", "国家进行合作", "国家提供援助", "国家提供长期援助", "国家提供了专家意见", "受援国"]
  en: ["countries assisted", "countries were assisted", "assistance to", "assisted"]
  fr: ["pays bénéficiaires", "pays ayant bénéficié", "assistance à"]
  ru: ["получивших помощь", "помощь получили", "помощь оказана"]
  es: ["países que recibieron asistencia", "países receptores", "asistencia a"]
cautions: [named_countries_only]
serves: ["14", "15", "30", "36", "37", "39", "40", "53", "54", "55", "56", "57", "58", "59", "60", "61", "62", "68", "69", "73", "74"]
---
-- Distinct countries with assistance, or named as assisted by an activity, in the period;
-- assistance that lasts longer counts in every period that it touches.
SELECT record_id, country, theme, level, began, ended
FROM country_assisted
WHERE began <= $to AND ended >= $from
  AND ($theme IS NULL OR theme = $theme)
  AND ($sub_region IS NULL OR sub_region = $sub_region)
  AND ($level IS NULL OR level = $level)
ORDER BY country, theme
