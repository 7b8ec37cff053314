---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.tools
label:
  ar: "الأدوات والمنشورات الصادرة[، {kind}][، {theme}]، من {from} إلى {to}"
  zh: "发布的工具和出版物[，{kind}][，{theme}]，{from}至{to}"
  en: "Tools and publications issued[, {kind}][, {theme}], from {from} to {to}"
  fr: "Outils et publications parus[, {kind}][, {theme}], du {from} au {to}"
  ru: "Выпущенные пособия и публикации[, {kind}][, {theme}], с {from} по {to}"
  es: "Herramientas y publicaciones editadas[, {kind}][, {theme}], del {from} al {to}"
unit: tool
parameters:
  kind: {type: code, codelist: tool_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["أداة", "أدوات"]
  zh: ["工具", "件工具"]
  en: ["tools", "tool"]
  fr: ["outils", "outil"]
  ru: ["пособий", "пособия", "пособие"]
  es: ["instrumentos", "instrumento"]
cautions: [tool_dates_unknown]
serves: ["9", "17", "18", "19", "20", "24", "31", "32", "33", "39", "40", "45", "51", "65", "66", "67", "70", "74", "75"]
---
-- A tool counts once, in the period in which it was issued. Where only the month or the year
-- is known, its last day stands for it; tools without a date of issue are not counted.
SELECT record_id, code, kind, issued_from, issued_to
FROM tool
WHERE issued_to BETWEEN $from AND $to
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
ORDER BY issued_to, code
