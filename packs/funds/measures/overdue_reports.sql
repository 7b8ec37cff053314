---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.overdue_reports
label:
  ar: "تقارير المنح المتأخرة في {at}[، {fund}]"
  zh: "截至{at}逾期的赠款报告[，{fund}]"
  en: "Grant reports overdue at {at}[, {fund}]"
  fr: "Rapports sur les subventions en retard au {at}[, {fund}]"
  ru: "Просроченные отчеты о субсидиях на {at}[, {fund}]"
  es: "Informes sobre subvenciones atrasados al {at}[, {fund}]"
serves: ["22"]
unit: document
parameters:
  at: {type: date}
  fund: {type: link, register: fund, optional: true}
aggregate: count
keywords:
  ar: ["تقارير متأخرة", "تقريرا متأخرا", "التقارير المتأخرة"]
  zh: ["逾期报告", "份逾期报告"]
  en: ["overdue reports", "reports overdue", "overdue grant reports"]
  fr: ["rapports en retard"]
  ru: ["просроченных отчетов", "просроченные отчеты", "просроченных отчета"]
  es: ["informes atrasados", "informes con retraso"]
---
-- Reports that were due before the day and had not been received by then. A terminated grant
-- owes none after its end.
SELECT make_array(r.record_id, w.record_id) AS record_id, r.award, r.number, r.final, r.due, r.received
FROM grant_report r
JOIN award w ON w.code = r.award
JOIN application a ON a.code = w.application
JOIN call c ON c.code = a.call
WHERE r.due < $at AND (r.received IS NULL OR r.received > $at)
  AND NOT (w.status = 'terminated' AND r.due > w.closed_on)
  AND ($fund IS NULL OR c.fund = $fund)
ORDER BY r.due
