---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.consultants_available
label:
  ar: "خبراء التقييم الاستشاريون المتاحون[ في مجال {expertise}][ باللغة {language}] في {at}"
  zh: "{at}可聘用的评价顾问[（专长：{expertise}）][（语文：{language}）]"
  en: "Evaluation consultants available[ for {expertise}][ in {language}] at {at}"
  fr: "Consultants en évaluation disponibles[ (domaine : {expertise})][ (langue : {language})] au {at}"
  ru: "Доступные консультанты по оценке[ (область: {expertise})][ (язык: {language})] на {at}"
  es: "Consultores de evaluación disponibles[ (especialidad: {expertise})][ (idioma: {language})] al {at}"
unit: consultant
parameters:
  at: {type: date}
  expertise: {type: code, codelist: theme, optional: true}
  language: {type: code, codelist: language, optional: true}
aggregate: count
keywords:
  ar: ["خبراء استشاريين متاحين", "خبراء استشاريون متاحون", "خبيرا استشاريا متاحا"]
  zh: ["可聘用的顾问", "可聘用的评价顾问", "名可聘用顾问"]
  en: ["consultants available", "available consultants", "evaluation consultants available", "consultant available"]
  fr: ["consultants disponibles", "consultant disponible"]
  ru: ["доступных консультантов", "доступные консультанты", "доступный консультант"]
  es: ["consultores disponibles", "consultor disponible"]
serves: ["79"]
---
-- Consultants of the roster whose period of availability includes the day.
SELECT record_id, code, country, expertise, languages, available_from, available_to
FROM consultant
WHERE available_from <= $at
  AND available_to >= $at
  AND ($expertise IS NULL OR array_has(expertise, $expertise))
  AND ($language IS NULL OR array_has(languages, $language))
ORDER BY code
