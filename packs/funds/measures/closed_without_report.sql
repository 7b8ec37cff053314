---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.closed_without_report
label:
  ar: "المنح المغلقة دون تقرير نهائي مقبول في {at}[، {fund}]"
  zh: "截至{at}未有获接受最终报告即结束的赠款[，{fund}]"
  en: "Grants closed by {at} without an accepted final report[, {fund}]"
  fr: "Subventions closes au {at} sans rapport final accepté[, {fund}]"
  ru: "Субсидии, закрытые к {at} без принятого итогового отчета[, {fund}]"
  es: "Subvenciones cerradas al {at} sin informe final aceptado[, {fund}]"
serves: ["22"]
unit: grant
parameters:
  at: {type: date}
  fund: {type: link, register: fund, optional: true}
aggregate: count
keywords:
  ar: ["منح أُغلقت دون تقرير نهائي"]
  zh: ["无最终报告即结束的赠款"]
  en: ["grants closed without a final report", "closed without a final report"]
  fr: ["subventions closes sans rapport final"]
  ru: ["субсидий, закрытых без итогового отчета"]
  es: ["subvenciones cerradas sin informe final"]
---
-- A control that should give 0: closed grants whose named report is not on record as a final
-- report accepted by the day.
SELECT make_array(w.record_id, a.record_id) AS record_id, a.organization, w.closed_on, w.final_report
FROM award w
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
LEFT JOIN grant_report r
  ON r.award = w.code AND r.number = w.final_report AND r.final AND r.accepted <= $at
WHERE w.status = 'closed' AND w.closed_on <= $at AND r.record_id IS NULL
  AND ($fund IS NULL OR c.fund = $fund)
ORDER BY w.closed_on
