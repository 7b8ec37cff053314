---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.tool_countries
label:
  ar: "البلدان التي وُزعت فيها الأدوات[، {tool}][، {theme}]، من {from} إلى {to}"
  zh: "分发工具的国家[，{tool}][，{theme}]，{from}至{to}"
  en: "Countries where tools were distributed[, {tool}][, {theme}], from {from} to {to}"
  fr: "Pays où des outils ont été diffusés[, {tool}][, {theme}], du {from} au {to}"
  ru: "Страны, в которых распространены пособия[, {tool}][, {theme}], с {from} по {to}"
  es: "Países en que se distribuyeron herramientas[, {tool}][, {theme}], del {from} al {to}"
unit: State
parameters:
  tool: {type: link, register: tool, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: country
keywords:
  ar: ["بلدا وُزعت فيها", "وُزعت في"]
  zh: ["国家分发", "国家分发其核心工具"]
  en: ["countries where tools were distributed", "distributed in", "distributed to"]
  fr: ["pays où des outils ont été diffusés", "diffusés dans"]
  ru: ["странах распространены", "распространены в"]
  es: ["países en que se distribuyeron", "distribuidos en"]
serves: ["16", "40", "51", "74"]
---
SELECT make_array(u.record_id, t.record_id) AS record_id, u.tool, u.kind, u.country, u.uses
FROM tool_use u
JOIN tool t ON t.code = u.tool
WHERE u.kind IN ('distributed', 'deployed', 'training')
  AND u.country IS NOT NULL
  AND u.used_to BETWEEN $from AND $to
  AND ($tool IS NULL OR u.tool = $tool)
  AND ($theme IS NULL OR array_has(t.themes, $theme))
ORDER BY u.country, u.tool
