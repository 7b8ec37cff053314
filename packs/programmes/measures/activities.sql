---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.activities
label:
  ar: "الأنشطة[، {kind}][، {theme}][، {sub_region}][، {country}][، {network}]، من {from} إلى {to}"
  zh: "活动[，{kind}][，{theme}][，{sub_region}][，{country}][，{network}]，{from}至{to}"
  en: "Activities[, {kind}][, {theme}][, {sub_region}][, {country}][, {network}], from {from} to {to}"
  fr: "Activités[, {kind}][, {theme}][, {sub_region}][, {country}][, {network}], du {from} au {to}"
  ru: "Мероприятия[, {kind}][, {theme}][, {sub_region}][, {country}][, {network}], с {from} по {to}"
  es: "Actividades[, {kind}][, {theme}][, {sub_region}][, {country}][, {network}], del {from} al {to}"
unit: activity
parameters:
  kind: {type: code, codelist: activity_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  country: {type: link, register: participant, optional: true}
  network: {type: link, register: network, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["نشاطا", "أنشطة", "الأنشطة"]
  zh: ["项活动"]
  en: ["activities", "activity"]
  fr: ["activités", "activité"]
  ru: ["мероприятий", "мероприятия", "мероприятие"]
  es: ["actividades", "actividad"]
cautions: [named_activities_only]
serves: ["10", "14", "18", "23", "35", "39", "41", "43", "44", "45", "46", "61", "68", "73", "74", "75"]
---
-- An activity counts once, in the period in which it ended. Where only the month or the year
-- is known, its last day stands for it.
SELECT record_id, code, kind, held_from, held_to, country
FROM activity
WHERE held_to BETWEEN $from AND $to
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
  AND ($network IS NULL OR network = $network)
  AND ($country IS NULL OR country = $country OR array_has(countries_assisted, $country))
ORDER BY held_to, code
