---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.days_to_consent
label:
  ar: "عدد الأيام من التوقيع إلى التصديق على {instrument}، الوسيط"
  zh: "从签署到批准《{instrument}》的天数（中位数）"
  en: "Days from signature to ratification of {instrument}, median"
  fr: "Jours entre la signature et la ratification (médiane) — {instrument}"
  ru: "Число дней от подписания до ратификации (медиана): {instrument}"
  es: "Días entre la firma y la ratificación (mediana) — {instrument}"
serves: ["7", "26"]
unit: day
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
aggregate: median
column: days
keywords:
  ar: ["من التوقيع إلى التصديق"]
  zh: ["从签署到批准"]
  en: ["from signature to ratification"]
  fr: ["entre la signature et la ratification"]
  ru: ["от подписания до ратификации"]
  es: ["entre la firma y la ratificación"]
cautions: [actions_end_early]
---
SELECT
    make_array(s.record_id, p.record_id) AS record_id,
    s.participant, s.date AS signed, p.deposited,
    CAST(p.deposited AS INT) - CAST(s.date AS INT) AS days
FROM treaty_action s
JOIN treaty_party p ON p.instrument = s.instrument AND p.participant = s.participant
WHERE s.instrument = $instrument
  AND s.action = 'signature'
  AND p.action IN ('ratification', 'acceptance', 'approval')
  AND p.deposited <= $at
ORDER BY days, s.participant
