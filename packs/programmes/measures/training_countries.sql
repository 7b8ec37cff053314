---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.training_countries
label:
  ar: "البلدان التي تلقى موظفوها التدريب[، {theme}]، من {from} إلى {to}"
  zh: "官员接受培训的国家[，{theme}]，{from}至{to}"
  en: "Countries whose officials were trained[, {theme}], from {from} to {to}"
  fr: "Pays dont des agents ont été formés[, {theme}], du {from} au {to}"
  ru: "Страны, сотрудники которых прошли подготовку[, {theme}], с {from} по {to}"
  es: "Países cuyos funcionarios recibieron capacitación[, {theme}], del {from} al {to}"
unit: State
parameters:
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
keywords:
  ar: ["دولة عضوا تلقى موظفوها التدريب", "دولة دُرب موظفوها", "بلدا تلقى موظفوه التدريب"]
  zh: ["会员国的", "名国家官员的国家"]
  en: ["countries whose officials", "Member States whose officials", "countries trained"]
  fr: ["pays dont les agents", "États Membres dont les agents"]
  ru: ["стран, сотрудники которых", "государств-членов, сотрудники которых"]
  es: ["países cuyos funcionarios", "Estados Miembros cuyos funcionarios"]
cautions: [named_activities_only]
serves: ["15", "37"]
---
-- Distinct countries of recorded participants in training activities that ended in the period.
SELECT record_id, country, activity
FROM participation
WHERE country IS NOT NULL
  AND kind IN ('training_course', 'workshop', 'seminar')
  AND held_to BETWEEN $from AND $to
  AND ($theme IS NULL OR array_has(themes, $theme))
ORDER BY country, activity
