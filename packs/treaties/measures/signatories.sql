---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.signatories
label:
  ar: "الموقعون على {instrument} في {at}"
  zh: "截至{at}{instrument}的签署方"
  en: "Signatories to {instrument} at {at}"
  fr: "Signataires de l’instrument {instrument} au {at}"
  ru: "Стороны, подписавшие документ {instrument}, на {at}"
  es: "Signatarios de {instrument} al {at}"
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
  ru: ["подписавших", "подписавшие", "сигнатариев", "подписавших сторон", "подписавшая сторона", "подписавшие стороны"]
  es: ["signatarios", "Estados signatarios", "signatarias", "signatario"]
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
SELECT record_id, participant, date AS signed
FROM treaty_action
WHERE instrument = $instrument
  AND action IN ('signature', 'succession-to-signature')
  AND date <= $at
ORDER BY date, participant
