---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: evaluation.quality_share
label:
  ar: "نسبة التقييمات[ من نوع «{kind}»] التي نالت تقدير «جيد» أو «جيد جدا» من {from} إلى {to}"
  zh: "{from}至{to}质量等级为“好”或以上的评价所占比例[（{kind}）]"
  en: "Share of evaluations[ ({kind})] rated good or better, from {from} to {to}"
  fr: "Part des évaluations[ ({kind})] jugées bonnes ou très bonnes, du {from} au {to}"
  ru: "Доля оценок[ ({kind})] с показателем качества «хорошо» и выше с {from} по {to}"
  es: "Proporción de evaluaciones[ ({kind})] calificadas de buenas o muy buenas, del {from} al {to}"
unit: share
parameters:
  from: {type: date}
  to: {type: date}
  kind: {type: code, codelist: evaluation_kind, optional: true}
aggregate: ratio
column: good
keywords:
  ar: ["من التقييمات نالت تقدير جيد أو أعلى", "من التقييمات جيدة أو أعلى"]
  zh: ["的评价质量为好或以上", "的评价被评为好或以上"]
  en: ["of evaluations were rated good or better", "of evaluations rated good or better"]
  fr: ["des évaluations ont été jugées bonnes ou très bonnes", "des évaluations jugées bonnes ou très bonnes"]
  ru: ["оценок получили показатель качества «хорошо» и выше", "оценок хорошего и очень хорошего качества"]
  es: ["de las evaluaciones se calificaron de buenas o muy buenas", "de las evaluaciones calificadas de buenas o muy buenas"]
serves: ["79"]
---
-- Of the evaluations completed in the period whose report has been rated.
SELECT record_id, code, kind, quality_rating, quality_rating IN ('very_good', 'good') AS good
FROM evaluation
WHERE status = 'completed'
  AND completed_on BETWEEN $from AND $to
  AND quality_rating IS NOT NULL
  AND ($kind IS NULL OR kind = $kind)
ORDER BY code
