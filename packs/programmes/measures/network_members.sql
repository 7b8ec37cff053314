---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.network_members
label:
  ar: "الأعضاء: {network}، في {at}"
  zh: "{network}的成员，截至{at}"
  en: "Members of {network}, at {at}"
  fr: "Membres : {network}, au {at}"
  ru: "Состав: {network}, на {at}"
  es: "Miembros: {network}, al {at}"
unit: member
parameters:
  network: {type: link, register: network}
  at: {type: date}
aggregate: count
keywords:
  ar: ["عضوا", "أعضاء", "عضو"]
  zh: ["个成员", "成员"]
  en: ["members", "member"]
  fr: ["membres", "membre"]
  ru: ["членов", "члена", "члены"]
  es: ["miembros", "miembro"]
cautions: [members_not_recorded]
serves: ["10", "34", "43", "46", "72", "74"]
---
SELECT record_id, number, country, organization, member_network, since
FROM membership
WHERE network = $network
  AND (since IS NULL OR since <= $at)
  AND (until IS NULL OR until >= $at)
ORDER BY number
