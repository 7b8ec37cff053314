---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.applications_by_status
label:
  ar: "طلبات المنح الواردة من {from} إلى {to} حسب الحالة[، {fund}]"
  zh: "{from}至{to}收到的赠款申请按状态分列[，{fund}]"
  en: "Grant applications received from {from} to {to} by status[, {fund}]"
  fr: "Demandes de subvention reçues du {from} au {to}, par état[, {fund}]"
  ru: "Заявки на субсидии, полученные с {from} по {to}, по статусу[, {fund}]"
  es: "Solicitudes de subvención recibidas del {from} al {to} por estado[, {fund}]"
serves: ["22"]
unit: application
parameters:
  from: {type: date}
  to: {type: date}
  fund: {type: link, register: fund, optional: true}
aggregate: count
group_by: [status]
keywords:
  ar: ["الطلبات حسب الحالة"]
  zh: ["按状态分列的申请"]
  en: ["applications by status"]
  fr: ["demandes par état"]
  ru: ["заявки по статусу"]
  es: ["solicitudes por estado"]
---
SELECT make_array(a.record_id, c.record_id) AS record_id, a.call, a.organization, a.received, a.status
FROM application a
JOIN call c ON c.code = a.call
WHERE a.received BETWEEN $from AND $to
  AND ($fund IS NULL OR c.fund = $fund)
