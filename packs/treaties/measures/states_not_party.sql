---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.states_not_party
label:
  ar: "الدول الأعضاء في الأمم المتحدة غير الأطراف في {instrument} في {at}"
  zh: "截至{at}尚未成为《{instrument}》缔约方的联合国会员国"
  en: "Member States of the United Nations not party to {instrument} at {at}"
  fr: "États Membres de l’ONU non parties — {instrument}, au {at}"
  ru: "Государства — члены ООН, не являющиеся участниками: {instrument}, на {at}"
  es: "Estados Miembros de las Naciones Unidas que no son partes — {instrument}, al {at}"
serves: ["7", "26", "81"]
unit: State
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: count
keywords:
  ar: ["ليست أطرافا", "لم تصبح أطرافا", "غير الأطراف"]
  zh: ["尚未成为缔约方", "尚未成为缔约国", "非缔约国"]
  en: ["not yet party", "not party", "not yet parties", "non-parties"]
  fr: ["ne sont pas parties", "non parties", "pas encore parties"]
  ru: ["не являются участниками", "не стали участниками", "не участвуют"]
  es: ["no son parte", "no son partes", "aún no son partes"]
cautions: [actions_end_early]
---
SELECT p.record_id, p.code AS participant, p.regional_group
FROM participant p
LEFT JOIN treaty_party t
  ON t.participant = p.code AND t.instrument = $instrument AND t.deposited <= $at
WHERE p.kind = 'member_state'
  AND p.un_member_from <= $at
  AND t.participant IS NULL
ORDER BY p.code
