---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.persons_trained
label:
  ar: "الأشخاص الذين تلقوا التدريب[، {theme}][، {institution_kind}][، {country}]، من {from} إلى {to}"
  zh: "受训人员[，{theme}][，{institution_kind}][，{country}]，{from}至{to}"
  en: "Persons trained[, {theme}][, {institution_kind}][, {country}], from {from} to {to}"
  fr: "Personnes formées[, {theme}][, {institution_kind}][, {country}], du {from} au {to}"
  ru: "Лица, прошедшие подготовку[, {theme}][, {institution_kind}][, {country}], с {from} по {to}"
  es: "Personas capacitadas[, {theme}][, {institution_kind}][, {country}], del {from} al {to}"
unit: person
parameters:
  theme: {type: code, codelist: theme, optional: true}
  institution_kind: {type: code, codelist: institution_kind, optional: true}
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: trainee
keywords:
  ar: ["شخصا مدربا", "أشخاص تلقوا التدريب", "الأشخاص الذين تلقوا التدريب", "متدربا"]
  zh: ["受训人员", "人接受培训"]
  en: ["persons trained", "people trained", "person trained"]
  fr: ["personnes formées", "personne formée"]
  ru: ["прошедших подготовку", "прошли подготовку", "обученных", "подготовленных"]
  es: ["personas capacitadas", "persona capacitada"]
cautions: [named_activities_only]
serves: ["14", "15", "37", "58"]
---
-- Distinct persons who completed at least one training activity that ended in the period;
-- trainers and observers are left out.
SELECT make_array(a.record_id, t.record_id) AS record_id, a.trainee, a.activity
FROM attendance a
JOIN activity v ON v.code = a.activity
JOIN trainee t ON t.code = a.trainee
WHERE a.role = 'participant' AND a.completed
  AND v.kind IN ('training_course', 'workshop', 'seminar')
  AND v.held_to BETWEEN $from AND $to
  AND ($theme IS NULL OR array_has(v.themes, $theme))
  AND ($institution_kind IS NULL OR t.institution_kind = $institution_kind)
  AND ($country IS NULL OR t.country = $country)
ORDER BY a.trainee, a.activity
