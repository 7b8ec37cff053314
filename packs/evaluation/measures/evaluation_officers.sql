---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.evaluation_officers
label:
  ar: "موظفو التقييم المعينون في المكاتب الميدانية[ في {country}]"
  zh: "外地办事处[（{country}）]聘用的评价干事"
  en: "Evaluation officers recruited to field offices[ in {country}]"
  fr: "Chargés de l’évaluation recrutés dans les bureaux extérieurs[ ({country})]"
  ru: "Сотрудники по оценке, набранные в отделения на местах[ ({country})]"
  es: "Oficiales de evaluación contratados en las oficinas extrasede[ ({country})]"
unit: person
parameters:
  country: {type: link, register: participant, optional: true}
aggregate: count
keywords:
  ar: ["موظف تقييم", "موظفي تقييم", "موظفا للتقييم"]
  zh: ["评价干事"]
  en: ["evaluation officer", "evaluation officers"]
  fr: ["chargé de l’évaluation", "chargés de l’évaluation"]
  ru: ["сотрудник по оценке", "сотрудника по оценке", "сотрудников по оценке"]
  es: ["oficial de evaluación", "oficiales de evaluación"]
serves: ["79"]
---
-- Officers of whom the office knows; where only the fact is published, the day is not recorded.
SELECT record_id, duty_station_en, country, recruited_on
FROM evaluation_manager
WHERE function = 'evaluation_officer'
  AND ($country IS NULL OR country = $country)
ORDER BY code
