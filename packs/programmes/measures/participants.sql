---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.participants
label:
  ar: "المشاركون في الأنشطة[، {kind}][، {theme}][، {sub_region}][، {country}]، من {from} إلى {to}"
  zh: "活动参加者[，{kind}][，{theme}][，{sub_region}][，{country}]，{from}至{to}"
  en: "Participants in activities[, {kind}][, {theme}][, {sub_region}][, {country}], from {from} to {to}"
  fr: "Participants aux activités[, {kind}][, {theme}][, {sub_region}][, {country}], du {from} au {to}"
  ru: "Участники мероприятий[, {kind}][, {theme}][, {sub_region}][, {country}], с {from} по {to}"
  es: "Participantes en actividades[, {kind}][, {theme}][, {sub_region}][, {country}], del {from} al {to}"
unit: person
parameters:
  kind: {type: code, codelist: activity_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: sum
column: participants
keywords:
  ar: ["مشاركا", "مشاركين", "مشارك", "المشاركين"]
  zh: ["名与会者", "参加者", "名参加者", "与会者"]
  en: ["participants", "attendees"]
  fr: ["participants", "participantes et participants"]
  ru: ["участников", "участника"]
  es: ["participantes", "asistentes"]
cautions: [named_activities_only]
serves: ["14", "15", "37"]
---
-- Sum over activities; a person who came to two of them counts twice. Activities for which
-- no number is recorded add nothing.
SELECT record_id, code, kind, held_to, participants
FROM activity
WHERE held_to BETWEEN $from AND $to
  AND participants IS NOT NULL
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
  AND ($country IS NULL OR country = $country OR array_has(countries_assisted, $country))
ORDER BY held_to, code
