---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.attendances
label:
  ar: "حالات الحضور[، {theme}]، من {from} إلى {to}"
  zh: "出席人次[，{theme}]，{from}至{to}"
  en: "Attendances[, {theme}], from {from} to {to}"
  fr: "Participations[, {theme}], du {from} au {to}"
  ru: "Участие (человеко-посещения)[, {theme}], с {from} по {to}"
  es: "Asistencias[, {theme}], del {from} al {to}"
unit: person
parameters:
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["حالة حضور", "حالات حضور", "حالات الحضور"]
  zh: ["人次", "出席人次"]
  en: ["attendances", "person-attendances"]
  fr: ["participations", "présences"]
  ru: ["человеко-посещений", "посещений"]
  es: ["asistencias", "participaciones"]
cautions: [named_activities_only]
serves: ["14", "15", "37"]
---
-- Every participation of a person in an activity that ended in the period; a person who
-- came twice counts twice. Kept apart from the number of persons.
SELECT a.record_id, a.trainee, a.activity, a.completed
FROM attendance a
JOIN activity v ON v.code = a.activity
WHERE a.role = 'participant'
  AND v.held_to BETWEEN $from AND $to
  AND ($theme IS NULL OR array_has(v.themes, $theme))
ORDER BY a.trainee, a.activity
