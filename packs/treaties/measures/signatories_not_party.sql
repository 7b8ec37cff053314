---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.signatories_not_party
label:
  ar: "الموقعون على {instrument} ممن لم يصبحوا أطرافا حتى {at}"
  zh: "截至{at}签署《{instrument}》但尚未成为缔约方者"
  en: "Signatories to {instrument} that are not party at {at}"
  fr: "Signataires non parties — {instrument}, au {at}"
  ru: "Подписавшие стороны, не являющиеся участниками: {instrument}, на {at}"
  es: "Signatarios que no son partes — {instrument}, al {at}"
serves: ["26", "81"]
unit: State
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: count_distinct
column: participant
keywords:
  ar: ["الموقعون غير الأطراف", "وقعت ولم تصدق"]
  zh: ["签署但尚未批准", "签字但尚未批准"]
  en: ["signatories not party", "signed but not ratified", "signed but have not ratified"]
  fr: ["signataires non parties", "signé mais non ratifié"]
  ru: ["подписавшие, но не ратифицировавшие", "подписали, но не ратифицировали"]
  es: ["signatarios no partes", "firmado pero no ratificado"]
cautions: [actions_end_early]
---
SELECT s.record_id, s.participant, s.date AS signed
FROM treaty_action s
LEFT JOIN treaty_party p
  ON p.instrument = s.instrument AND p.participant = s.participant AND p.deposited <= $at
WHERE s.instrument = $instrument
  AND s.action IN ('signature', 'succession-to-signature')
  AND s.date <= $at
  AND p.participant IS NULL
ORDER BY s.participant
