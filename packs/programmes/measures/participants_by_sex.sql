---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.participants_by_sex
label:
  ar: "المشاركون حسب الجنس[، {theme}]، من {from} إلى {to}"
  zh: "按性别分列的参加者[，{theme}]，{from}至{to}"
  en: "Participants by sex[, {theme}], from {from} to {to}"
  fr: "Participants par sexe[, {theme}], du {from} au {to}"
  ru: "Участники в разбивке по полу[, {theme}], с {from} по {to}"
  es: "Participantes por sexo[, {theme}], del {from} al {to}"
unit: person
parameters:
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: sum
column: participants
group_by: [sex]
keywords:
  ar: ["المشاركون حسب الجنس"]
  zh: ["按性别分列的参加者"]
  en: ["participants by sex"]
  fr: ["participants par sexe"]
  ru: ["участники в разбивке по полу"]
  es: ["participantes por sexo"]
cautions: [named_activities_only]
serves: ["14", "15", "37"]
---
-- From the best record of each activity: persons, else counts by group, else women and men.
SELECT record_id, activity, sex, participants
FROM participation
WHERE held_to BETWEEN $from AND $to
  AND ($theme IS NULL OR array_has(themes, $theme))
