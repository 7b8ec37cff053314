---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.days_to_consent
label:
  ar: "الأيام من توقيع {instrument} إلى التصديق عليه، الوسيط"
  zh: "从签署到批准{instrument}的天数（中位数）"
  en: "Days from signature to ratification of {instrument}, median"
  fr: "Jours entre la signature et la ratification de l’instrument {instrument}, médiane"
  ru: "Дни от подписания до ратификации документа {instrument}, медиана"
  es: "Días entre la firma y la ratificación de {instrument}, mediana"
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
caution:
  when: >-
    SELECT 1 FROM instrument
    WHERE code = $instrument AND (actions_recorded_to IS NULL OR actions_recorded_to < $at)
  message:
    ar: "لا تغطي الإجراءات المسجلة لهذا الصك الفترة كلها حتى هذا التاريخ؛ وقد يكون العدد أقل من الواقع."
    zh: "该文书的条约行动记录未覆盖至该日期，数字可能偏低。"
    en: "The recorded actions for this instrument do not reach this date; the figure may be too low."
    fr: "Les actes enregistrés pour cet instrument ne vont pas jusqu’à cette date ; le chiffre peut être trop faible."
    ru: "Зарегистрированные действия по этому документу не доведены до этой даты; показатель может быть занижен."
    es: "Los actos registrados de este instrumento no llegan hasta esta fecha; la cifra puede ser inferior a la real."
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
