---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.programmes_started
label:
  ar: "البرامج التي بدأت[، {kind}][، {theme}]، من {from} إلى {to}"
  zh: "启动的方案[，{kind}][，{theme}]，{from}至{to}"
  en: "Programmes started[, {kind}][, {theme}], from {from} to {to}"
  fr: "Programmes lancés[, {kind}][, {theme}], du {from} au {to}"
  ru: "Начатые программы[, {kind}][, {theme}], с {from} по {to}"
  es: "Programas iniciados[, {kind}][, {theme}], del {from} al {to}"
unit: programme
parameters:
  kind: {type: code, codelist: programme_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["برامج إقليمية إضافية", "برامج إقليمية جديدة", "برامج جديدة", "البرامج التي بدأت"]
  zh: ["补充区域方案", "新方案", "启动的方案"]
  en: ["additional regional programmes", "further regional programmes", "new programmes", "programmes launched", "programmes started"]
  fr: ["programmes régionaux supplémentaires", "nouveaux programmes", "programmes lancés"]
  ru: ["дополнительных региональных программы", "новых программ", "начатых программ"]
  es: ["programas regionales adicionales", "programas nuevos", "programas iniciados"]
serves: ["53", "54", "57", "77"]
---
SELECT record_id, code, kind, starts
FROM programme
WHERE starts BETWEEN $from AND $to
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
ORDER BY starts, code
