---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.parties_by_regional_group
label:
  ar: "الأطراف في {instrument} حسب المجموعة الإقليمية في {at}"
  zh: "截至{at}{instrument}按区域组分列的缔约方"
  en: "Parties to {instrument} by regional group at {at}"
  fr: "Parties à l’instrument {instrument} par groupe régional au {at}"
  ru: "Участники документа {instrument} по региональным группам на {at}"
  es: "Partes en {instrument} por grupo regional al {at}"
unit: State
parameters:
  instrument: {type: link, register: instrument}
  at: {type: date}
  basis: {type: code, codelist: basis, default: deposit}
aggregate: count
group_by: [regional_group]
keywords:
  ar: ["الأطراف حسب المجموعة الإقليمية"]
  zh: ["按区域组分列的缔约方"]
  en: ["parties by regional group"]
  fr: ["parties par groupe régional"]
  ru: ["участники по региональным группам"]
  es: ["partes por grupo regional"]
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
-- Participants that belong to no regional group (organizations, observers) have none.
SELECT t.record_id, t.participant, t.deposited, p.regional_group
FROM treaty_party t
JOIN participant p ON p.code = t.participant
WHERE t.instrument = $instrument
  AND CASE $basis WHEN 'in_force' THEN t.in_force ELSE t.deposited END <= $at
