---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.courses
label:
  ar: "الدورات التدريبية[، {theme}][، {sub_region}][، {country}]، من {from} إلى {to}"
  zh: "培训班[，{theme}][，{sub_region}][，{country}]，{from}至{to}"
  en: "Training courses[, {theme}][, {sub_region}][, {country}], from {from} to {to}"
  fr: "Cours de formation[, {theme}][, {sub_region}][, {country}], du {from} au {to}"
  ru: "Учебные курсы[, {theme}][, {sub_region}][, {country}], с {from} по {to}"
  es: "Cursos de capacitación[, {theme}][, {sub_region}][, {country}], del {from} al {to}"
unit: course
parameters:
  theme: {type: code, codelist: theme, optional: true}
  sub_region: {type: code, codelist: sub_region, optional: true}
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["دورة تدريبية", "دورات تدريبية", "الدورات التدريبية", "دورة تدريب", "دورات تدريب"]
  zh: ["培训班"]
  en: ["training courses", "training course", "courses"]
  fr: ["cours de formation", "stages de formation", "sessions de formation"]
  ru: ["учебных курсов", "учебных курса", "учебные курсы", "учебный курс", "курсов подготовки"]
  es: ["cursos de capacitación", "curso de capacitación", "cursos de formación", "cursos"]
cautions: [named_activities_only]
serves: ["14", "15", "37", "58"]
---
-- A course counts once, in the period in which it ended.
SELECT record_id, code, held_from, held_to, country, participants
FROM activity
WHERE kind = 'training_course'
  AND held_to BETWEEN $from AND $to
  AND ($theme IS NULL OR array_has(themes, $theme))
  AND ($sub_region IS NULL OR sub_region = $sub_region)
  AND ($country IS NULL OR country = $country OR array_has(countries_assisted, $country))
ORDER BY held_to, code
