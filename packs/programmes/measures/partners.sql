---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.partners
label:
  ar: "الشركاء[، {theme}][، {kind}]، من {from} إلى {to}"
  zh: "合作伙伴[，{theme}][，{kind}]，{from}至{to}"
  en: "Partners[, {theme}][, {kind}], from {from} to {to}"
  fr: "Partenaires[, {theme}][, {kind}], du {from} au {to}"
  ru: "Партнеры[, {theme}][, {kind}], с {from} по {to}"
  es: "Asociados[, {theme}][, {kind}], del {from} al {to}"
unit: organization
parameters:
  theme: {type: code, codelist: theme, optional: true}
  kind: {type: code, codelist: organization_kind, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count_distinct
column: organization
keywords:
  ar: ["شريكا", "شركاء", "منظمة شريكة", "منظمات شريكة"]
  zh: ["合作伙伴", "伙伴组织"]
  en: ["partners", "partner organizations"]
  fr: ["partenaires", "organisations partenaires"]
  ru: ["партнеров", "организаций-партнеров"]
  es: ["asociados", "organizaciones asociadas"]
serves: ["9", "11", "12", "20", "31", "32", "43", "44", "49", "51", "52", "61", "72", "78"]
---
-- Distinct organizations that were partners in activities, tools, projects or programmes of the period.
SELECT make_array(p.record_id, o.record_id) AS record_id, p.organization, p.partner_in
FROM partnership p
JOIN organization o ON o.code = p.organization
WHERE (p.began IS NULL OR p.began <= $to)
  AND (p.ended IS NULL OR p.ended >= $from)
  AND ($theme IS NULL OR array_has(p.themes, $theme))
  AND ($kind IS NULL OR o.kind = $kind)
ORDER BY p.organization, p.partner_in
