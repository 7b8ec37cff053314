---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.project_countries
label:
  ar: "البلدان التي تُنفذ فيها مشاريع[، {theme}][، {programme}]، من {from} إلى {to}"
  zh: "执行项目的国家[，{theme}][，{programme}]，{from}至{to}"
  en: "Countries with projects[, {theme}][, {programme}], from {from} to {to}"
  fr: "Pays où des projets sont exécutés[, {theme}][, {programme}], du {from} au {to}"
  ru: "Страны, в которых осуществляются проекты[, {theme}][, {programme}], с {from} по {to}"
  es: "Países con proyectos[, {theme}][, {programme}], del {from} al {to}"
unit: State
parameters:
  theme: {type: code, codelist: theme, optional: true}
  programme: {type: link, register: programme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
keywords:
  ar: ["بلدا تُنفذ فيها مشاريع", "بلدا تنفذ فيها", "مشاريع في"]
  zh: ["国家执行", "国家执行总共", "国家实施"]
  en: ["countries with projects", "countries in which projects", "projects in"]
  fr: ["pays où des projets", "projets dans"]
  ru: ["странах осуществляются проекты", "стран, в которых осуществляются проекты", "проектов в"]
  es: ["países con proyectos", "países en que se ejecutan proyectos", "proyectos en"]
cautions: [project_days_unknown, named_projects_only]
serves: ["50"]
---
-- Distinct countries of the projects that programmes.projects counts.
SELECT record_id, code, unnest(countries) AS country
FROM project
WHERE status NOT IN ('pipeline', 'cancelled')
  AND (starts IS NULL OR starts <= $to)
  AND (ends IS NULL OR ends >= $from)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($programme IS NULL OR programme = $programme)
ORDER BY country, code
