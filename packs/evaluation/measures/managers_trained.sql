---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.managers_trained
label:
  ar: "الموظفون المدربون على إدارة التقييم[ في {sub_region}] من {from} إلى {to}"
  zh: "{from}至{to}接受评价管理培训的工作人员[（{sub_region}）]"
  en: "Staff trained in evaluation management[ in {sub_region}] from {from} to {to}"
  fr: "Fonctionnaires formés à la gestion des évaluations[ ({sub_region})] du {from} au {to}"
  ru: "Сотрудники, прошедшие подготовку по управлению оценками[ ({sub_region})], с {from} по {to}"
  es: "Funcionarios capacitados en gestión de evaluaciones[ ({sub_region})] del {from} al {to}"
unit: person
parameters:
  from: {type: date}
  to: {type: date}
  sub_region: {type: code, codelist: sub_region, optional: true}
aggregate: count
keywords:
  ar: ["تلقوا تدريبا على إدارة التقييم", "مدربين على إدارة التقييم", "مدير تقييم مدربا"]
  zh: ["接受评价管理培训", "接受了评价管理培训", "受过评价管理培训"]
  en: ["trained in evaluation management", "evaluation managers trained", "trained as evaluation managers"]
  fr: ["formés à la gestion des évaluations", "formées à la gestion des évaluations"]
  ru: ["прошли подготовку по управлению оценками", "прошедших подготовку по управлению оценками", "обученных управлению оценками"]
  es: ["capacitados en gestión de evaluaciones", "capacitadas en gestión de evaluaciones"]
serves: ["79"]
---
-- Each person counts once, on the day on which the training ended.
SELECT record_id, function, duty_station_en, sub_region, trained_on
FROM evaluation_manager
WHERE trained_on BETWEEN $from AND $to
  AND ($sub_region IS NULL OR sub_region = $sub_region)
ORDER BY trained_on, code
