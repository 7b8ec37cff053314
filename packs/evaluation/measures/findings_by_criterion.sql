---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.findings_by_criterion
label:
  ar: "التقييمات التي لها نتائج بشأن كل معيار[: {evaluation}] من {from} إلى {to}"
  zh: "{from}至{to}得出结论的评价按标准分列[（{evaluation}）]"
  en: "Evaluations with findings, by criterion[ ({evaluation})], from {from} to {to}"
  fr: "Évaluations comportant des constatations, par critère[ ({evaluation})], du {from} au {to}"
  ru: "Оценки, содержащие выводы, по критериям[ ({evaluation})] с {from} по {to}"
  es: "Evaluaciones con conclusiones, por criterio[ ({evaluation})], del {from} al {to}"
unit: evaluation
parameters:
  from: {type: date}
  to: {type: date}
  evaluation: {type: link, register: evaluation, optional: true}
aggregate: count_distinct
column: evaluation
group_by: [criterion]
keywords:
  ar: ["نتائج التقييم حسب المعيار"]
  zh: ["按标准分列的结论"]
  en: ["findings by criterion"]
  fr: ["constatations par critère"]
  ru: ["выводы по критериям", "выводов по критериям"]
  es: ["conclusiones por criterio"]
serves: ["79"]
---
-- The findings of the evaluations completed in the period are the evidence; an evaluation counts
-- once under each criterion on which it made any.
SELECT f.record_id, f.criterion, f.evaluation, f.number
FROM finding f
JOIN evaluation e ON e.code = f.evaluation
WHERE e.status = 'completed'
  AND e.completed_on BETWEEN $from AND $to
  AND ($evaluation IS NULL OR f.evaluation = $evaluation)
ORDER BY f.criterion, f.evaluation, f.number
