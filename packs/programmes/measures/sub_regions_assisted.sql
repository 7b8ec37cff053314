---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.sub_regions_assisted
label:
  ar: "المناطق دون الإقليمية التي تلقت المساعدة[، {theme}][، {level}]، من {from} إلى {to}"
  zh: "受援次区域[，{theme}][，{level}]，{from}至{to}"
  en: "Subregions assisted[, {theme}][, {level}], from {from} to {to}"
  fr: "Sous-régions ayant bénéficié d’une assistance[, {theme}][, {level}], du {from} au {to}"
  ru: "Субрегионы, получившие помощь[, {theme}][, {level}], с {from} по {to}"
  es: "Subregiones que recibieron asistencia[, {theme}][, {level}], del {from} al {to}"
unit: subregion
parameters:
  theme: {type: code, codelist: theme, optional: true}
  level: {type: code, codelist: activity_level, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: sub_region
keywords:
  ar: ["منطقة دون إقليمية", "مناطق دون إقليمية"]
  zh: ["次区域"]
  en: ["subregions", "sub-regions", "subregions assisted"]
  fr: ["sous-régions"]
  ru: ["субрегионов", "субрегиона"]
  es: ["subregiones"]
cautions: [named_countries_only]
serves: ["14", "15", "23", "38"]
---
-- Distinct subregions for which assistance is recorded, to a country or as a whole.
SELECT record_id, sub_region, country, theme
FROM assistance
WHERE given_from <= $to AND given_to >= $from
  AND ($theme IS NULL OR theme = $theme)
  AND ($level IS NULL OR level = $level)
ORDER BY sub_region, country
