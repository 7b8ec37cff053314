---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.signatories
label:
  ar: "الموقعون على {instrument} في {at}"
  zh: "截至{at}《{instrument}》的签署方"
  en: "Signatories to {instrument} at {at}"
  fr: "Signataires — {instrument}, au {at}"
  ru: "Подписавшие стороны: {instrument}, на {at}"
  es: "Signatarios — {instrument}, al {at}"
serves: ["26", "81"]
unit: State
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: count_distinct
column: participant
keywords:
  ar: ["الموقعون", "الموقعة", "موقعا", "موقعة", "دولة موقعة", "الموقعين"]
  zh: ["签字国", "签署国", "签署方", "签字方"]
  en: ["signatories", "signatory States", "signatory", "signatory countries"]
  fr: ["signataires", "États signataires", "signataire"]
  ru: ["подписавших", "подписавшие", "сигнатариев", "подписавших сторон", "подписавшая сторона", "подписавшие стороны", "подписавшая ее сторона", "подписавшие ее стороны", "подписавших ее сторон", "подписавшая его сторона", "подписавшие его стороны", "подписавших его сторон"]
  es: ["signatarios", "Estados signatarios", "signatarias", "signatario"]
cautions: [actions_end_early]
---
SELECT record_id, participant, date AS signed
FROM treaty_action
WHERE instrument = $instrument
  AND action IN ('signature', 'succession-to-signature')
  AND date <= $at
ORDER BY date, participant
