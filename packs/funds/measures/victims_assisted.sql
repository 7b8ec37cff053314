---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.victims_assisted
label:
  ar: "الضحايا الذين تلقوا مساعدة من {from} إلى {to}، {service}[، {fund}][، {sex}][، {age_group}]"
  zh: "{from}至{to}获得援助的受害者，{service}[，{fund}][，{sex}][，{age_group}]"
  en: "Victims assisted from {from} to {to}, {service}[, {fund}][, {sex}][, {age_group}]"
  fr: "Victimes aidées du {from} au {to}, {service}[, {fund}][, {sex}][, {age_group}]"
  ru: "Пострадавшие, получившие помощь с {from} по {to}, {service}[, {fund}][, {sex}][, {age_group}]"
  es: "Víctimas atendidas del {from} al {to}, {service}[, {fund}][, {sex}][, {age_group}]"
serves: ["22"]
unit: victim
parameters:
  from: {type: date}
  to: {type: date}
  service: {type: code, codelist: victim_service, default: any}
  fund: {type: link, register: fund, optional: true}
  sex: {type: code, codelist: sex, optional: true}
  age_group: {type: code, codelist: age_group, optional: true}
aggregate: sum
column: persons
keywords:
  ar: ["ضحية تلقت مساعدة", "ضحايا تلقوا مساعدة", "الضحايا الذين تلقوا مساعدة", "ضحية"]
  zh: ["受害者", "名受害者", "获得援助的受害者"]
  en: ["victims", "victims assisted", "assisted victims", "survivors"]
  fr: ["victimes", "victimes aidées", "victimes assistées"]
  ru: ["пострадавших", "жертв", "пострадавшие", "жертвы"]
  es: ["víctimas", "víctimas atendidas", "víctimas asistidas"]
---
-- Persons as the organizations counted them, of reports whose period lies wholly within the one
-- asked for. `any` holds each person once; the rows of single services overlap and are not added.
SELECT make_array(v.record_id, w.record_id) AS record_id, v.award, v.period_from, v.period_to, v.country, v.sex, v.age_group, v.service, v.persons
FROM victim_support v
JOIN award w ON w.code = v.award
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
WHERE v.period_from >= $from AND v.period_to <= $to
  AND v.service = $service
  AND ($fund IS NULL OR c.fund = $fund)
  AND ($sex IS NULL OR v.sex = $sex)
  AND ($age_group IS NULL OR v.age_group = $age_group)
ORDER BY v.period_from
