---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.networks
label:
  ar: "الشبكات وآليات التنسيق[، {kind}][، {theme}][، {sub_region}]، في {at}"
  zh: "网络和协调机制[，{kind}][，{theme}][，{sub_region}]，截至{at}"
  en: "Networks and coordination mechanisms[, {kind}][, {theme}][, {sub_region}], at {at}"
  fr: "Réseaux et mécanismes de coordination[, {kind}][, {theme}][, {sub_region}], au {at}"
  ru: "Сети и механизмы координации[, {kind}][, {theme}][, {sub_region}], на {at}"
  es: "Redes y mecanismos de coordinación[, {kind}][, {theme}][, {sub_region}], al {at}"
unit: network
parameters:
  kind: {type: code, codelist: network_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  at: {type: date}
aggregate: count
keywords:
  ar: ["شبكة", "شبكات"]
  zh: ["网络", "个网络"]
  en: ["networks", "network"]
  fr: ["réseaux", "réseau"]
  ru: ["сетей", "сети", "сеть"]
  es: ["redes", "red"]
cautions: [network_years_unknown]
serves: ["10", "11", "34", "38", "43", "46", "48", "52", "78"]
---
-- Networks that the office supports or in which it takes part. One whose year of founding is
-- not recorded is taken to have existed before.
SELECT record_id, code, kind, office_role, founded_year
FROM network
WHERE (founded_year IS NULL OR founded_year <= date_part('year', $at))
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
ORDER BY kind, code
