---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.projects
label:
  ar: "المشاريع[، {theme}][، {programme}][، {country}][، {donor}]، من {from} إلى {to}"
  zh: "项目[，{theme}][，{programme}][，{country}][，{donor}]，{from}至{to}"
  en: "Projects[, {theme}][, {programme}][, {country}][, {donor}], from {from} to {to}"
  fr: "Projets[, {theme}][, {programme}][, {country}][, {donor}], du {from} au {to}"
  ru: "Проекты[, {theme}][, {programme}][, {country}][, {donor}], с {from} по {to}"
  es: "Proyectos[, {theme}][, {programme}][, {country}][, {donor}], del {from} al {to}"
unit: project
parameters:
  theme: {type: code, codelist: theme, optional: true}
  programme: {type: link, register: programme, optional: true}
  country: {type: link, register: participant, optional: true}
  donor: {type: link, register: organization, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["مشروعا", "مشروع", "مشاريع", "المشاريع"]
  zh: ["个项目", "项目"]
  en: ["projects", "project"]
  fr: ["projets", "projet"]
  ru: ["проектов", "проекта", "проекты"]
  es: ["proyectos", "proyecto"]
cautions: [project_days_unknown, named_projects_only]
serves: ["32", "44", "50", "53", "54", "55", "56", "60", "61", "62"]
---
-- Projects under way on some day of the period. One whose first or last day is not recorded
-- is taken to have begun before, or to go on.
SELECT record_id, code, status, themes, starts, ends
FROM project
WHERE status NOT IN ('pipeline', 'cancelled')
  AND (starts IS NULL OR starts <= $to)
  AND (ends IS NULL OR ends >= $from)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($programme IS NULL OR programme = $programme)
  AND ($country IS NULL OR array_has(countries, $country))
  AND ($donor IS NULL OR array_has(donors, $donor))
ORDER BY code
