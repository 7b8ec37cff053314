---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.tool_downloads
label:
  ar: "تنزيلات الأدوات[، {tool}][، {theme}]، من {from} إلى {to}"
  zh: "工具下载次数[，{tool}][，{theme}]，{from}至{to}"
  en: "Downloads of tools[, {tool}][, {theme}], from {from} to {to}"
  fr: "Téléchargements d’outils[, {tool}][, {theme}], du {from} au {to}"
  ru: "Скачивания пособий[, {tool}][, {theme}], с {from} по {to}"
  es: "Descargas de herramientas[, {tool}][, {theme}], del {from} al {to}"
unit: download
parameters:
  tool: {type: link, register: tool, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: sum
column: uses
keywords:
  ar: ["تنزيلا", "تنزيلات", "عمليات تنزيل"]
  zh: ["次下载", "下载次数", "下载量"]
  en: ["downloads", "times downloaded"]
  fr: ["téléchargements"]
  ru: ["скачиваний", "загрузок"]
  es: ["descargas"]
serves: ["16", "51", "63"]
---
-- Uses recorded for a span of days count once, in the period in which the span ended.
SELECT make_array(u.record_id, t.record_id) AS record_id, u.tool, u.used_from, u.used_to, u.uses
FROM tool_use u
JOIN tool t ON t.code = u.tool
WHERE u.kind = 'downloaded'
  AND u.used_to BETWEEN $from AND $to
  AND ($tool IS NULL OR u.tool = $tool)
  AND ($theme IS NULL OR array_has(t.themes, $theme))
ORDER BY u.tool, u.used_to
