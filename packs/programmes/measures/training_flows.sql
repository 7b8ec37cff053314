---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.training_flows
label:
  ar: "المشاركون في الأنشطة حسب بلدهم والبلد المضيف، من {from} إلى {to}"
  zh: "按来源国和举办国分列的参加者，{from}至{to}"
  en: "Participants by their country and the host country, from {from} to {to}"
  fr: "Participants par pays d’origine et pays hôte, du {from} au {to}"
  ru: "Участники по стране происхождения и стране проведения, с {from} по {to}"
  es: "Participantes por país de origen y país anfitrión, del {from} al {to}"
unit: person
parameters:
  from: {type: date}
  to: {type: date}
aggregate: sum
column: participants
group_by: [origin, host]
keywords:
  ar: ["المشاركون حسب البلد المضيف"]
  zh: ["按来源国和举办国分列的参加者"]
  en: ["participants by host country"]
  fr: ["participants par pays hôte"]
  ru: ["участники по стране проведения"]
  es: ["participantes por país anfitrión"]
cautions: [named_activities_only]
serves: ["14", "15"]
---
-- Those who travelled: participants whose country is known and is not the host.
SELECT v.record_id, v.country AS origin, a.country AS host, v.participants
FROM participation v
JOIN activity a ON a.code = v.activity
WHERE v.held_to BETWEEN $from AND $to
  AND v.country IS NOT NULL AND a.country IS NOT NULL AND a.country <> v.country
ORDER BY host, origin
