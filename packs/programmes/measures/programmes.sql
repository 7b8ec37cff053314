---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.programmes
label:
  ar: "البرامج القائمة[، {kind}][، {theme}][، {sub_region}]، في {at}"
  zh: "现有方案[，{kind}][，{theme}][，{sub_region}]，截至{at}"
  en: "Programmes in place[, {kind}][, {theme}][, {sub_region}], at {at}"
  fr: "Programmes en place[, {kind}][, {theme}][, {sub_region}], au {at}"
  ru: "Действующие программы[, {kind}][, {theme}][, {sub_region}], на {at}"
  es: "Programas en marcha[, {kind}][, {theme}][, {sub_region}], al {at}"
unit: programme
parameters:
  kind: {type: code, codelist: programme_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  at: {type: date}
aggregate: count
keywords:
  ar: ["برنامجا قائما", "البرامج القائمة", "برامج قائمة"]
  zh: ["现有方案"]
  en: ["programmes in place", "programme in place"]
  fr: ["programmes en place", "programme en place"]
  ru: ["действующих программ", "действующие программы"]
  es: ["programas en marcha", "programa en marcha"]
cautions: [programme_days_unknown]
serves: ["47", "50", "76", "77"]
---
-- Programmes in place on the day. One whose first or last day is not recorded is taken to
-- have begun before, or to go on.
SELECT record_id, code, kind, starts, ends
FROM programme
WHERE (starts IS NULL OR starts <= $at)
  AND (ends IS NULL OR ends >= $at)
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
ORDER BY kind, code
