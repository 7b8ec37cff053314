---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.advisers
label:
  ar: "المستشارون والموجهون الموفدون[، {kind}][، {theme}][، {sub_region}]، في {at}"
  zh: "派驻顾问和指导员[，{kind}][，{theme}][，{sub_region}]，截至{at}"
  en: "Advisers and mentors in post[, {kind}][, {theme}][, {sub_region}], at {at}"
  fr: "Conseillers et mentors en poste[, {kind}][, {theme}][, {sub_region}], au {at}"
  ru: "Советники и наставники на местах[, {kind}][, {theme}][, {sub_region}], на {at}"
  es: "Asesores y mentores en funciones[, {kind}][, {theme}][, {sub_region}], al {at}"
unit: person
parameters:
  kind: {type: code, codelist: adviser_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  at: {type: date}
aggregate: count
keywords:
  ar: ["مستشارا وموجها", "مستشارين وموجهين"]
  zh: ["名顾问和指导员"]
  en: ["advisers and mentors"]
  fr: ["conseillers et mentors"]
  ru: ["советников и наставников"]
  es: ["asesores y mentores"]
serves: ["13", "14", "30", "38"]
---
SELECT record_id, code, kind, sub_region, country, since, until
FROM adviser
WHERE since <= $at AND (until IS NULL OR until >= $at)
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
ORDER BY code
