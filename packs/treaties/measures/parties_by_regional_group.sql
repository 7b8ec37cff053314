---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: treaties.parties_by_regional_group
label:
  ar: "الأطراف في {instrument} حسب المجموعة الإقليمية في {at}"
  zh: "截至{at}《{instrument}》按区域组分列的缔约方"
  en: "Parties to {instrument} by regional group at {at}"
  fr: "Parties par groupe régional — {instrument}, au {at}"
  ru: "Участники по региональным группам: {instrument}, на {at}"
  es: "Partes por grupo regional — {instrument}, al {at}"
serves: ["7", "26"]
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
cautions: [actions_end_early]
---
-- Participants that belong to no regional group (organizations, observers) have none.
SELECT t.record_id, t.participant, t.deposited, p.regional_group
FROM treaty_party t
JOIN participant p ON p.code = t.participant
WHERE t.instrument = $instrument
  AND CASE $basis WHEN 'in_force' THEN t.in_force ELSE t.deposited END <= $at
