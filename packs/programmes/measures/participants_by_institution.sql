---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.participants_by_institution
label:
  ar: "المشاركون حسب نوع المؤسسة[، {theme}]، من {from} إلى {to}"
  zh: "按机构类型分列的参加者[，{theme}]，{from}至{to}"
  en: "Participants by kind of institution[, {theme}], from {from} to {to}"
  fr: "Participants par type d’institution[, {theme}], du {from} au {to}"
  ru: "Участники в разбивке по видам учреждений[, {theme}], с {from} по {to}"
  es: "Participantes por tipo de institución[, {theme}], del {from} al {to}"
unit: person
parameters:
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: sum
column: participants
group_by: [institution_kind]
keywords:
  ar: ["المشاركون حسب نوع المؤسسة"]
  zh: ["按机构类型分列的参加者"]
  en: ["participants by kind of institution"]
  fr: ["participants par type d’institution"]
  ru: ["участники в разбивке по видам учреждений"]
  es: ["participantes por tipo de institución"]
cautions: [named_activities_only]
serves: ["14", "15", "37"]
---
-- As participants_by_sex; activities known only in total have no kind of institution.
SELECT record_id, activity, institution_kind, participants
FROM participation
WHERE held_to BETWEEN $from AND $to
  AND institution_kind IS NOT NULL
  AND ($theme IS NULL OR array_has(themes, $theme))
