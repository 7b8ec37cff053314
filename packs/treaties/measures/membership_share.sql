---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.membership_share
label:
  ar: "نسبة أعضاء الأمم المتحدة الأطراف في {instrument} في {at}"
  zh: "截至{at}联合国会员国中《{instrument}》缔约国所占比例"
  en: "Share of United Nations membership party to {instrument} at {at}"
  fr: "Part des États Membres de l’ONU qui sont parties — {instrument}, au {at}"
  ru: "Доля государств — членов ООН, являющихся участниками: {instrument}, на {at}"
  es: "Proporción de Estados Miembros de las Naciones Unidas que son partes — {instrument}, al {at}"
serves: ["7", "26", "37"]
unit: share
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: ratio
column: party
keywords:
  ar: ["نسبة الدول الأعضاء الأطراف", "من أعضاء الأمم المتحدة", "الدول الأعضاء الأطراف"]
  zh: ["会员国中的缔约国比例", "占会员国"]
  en: ["of the membership", "of United Nations membership", "of Member States are parties", "per cent of Member States", "of Member States were parties", "of Member States had become parties"]
  fr: ["des États Membres sont parties", "de la composition de l'ONU", "des États Membres étaient parties"]
  ru: ["от числа членов", "государств-членов являются участниками", "государств-членов являлись участниками"]
  es: ["de los Estados Miembros son partes", "de la composición de las Naciones Unidas", "de los Estados Miembros eran partes"]
cautions: [actions_end_early]
---
SELECT p.record_id, p.code AS participant, t.deposited, t.participant IS NOT NULL AS party
FROM participant p
LEFT JOIN treaty_party t
  ON t.participant = p.code AND t.instrument = $instrument AND t.deposited <= $at
WHERE p.kind = 'member_state'
  AND p.un_member_from <= $at
