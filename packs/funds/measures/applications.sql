---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.applications
label:
  ar: "طلبات المنح الواردة من {from} إلى {to}[، {fund}][، {call}][، {status}]"
  zh: "{from}至{to}收到的赠款申请[，{fund}][，{call}][，{status}]"
  en: "Grant applications received from {from} to {to}[, {fund}][, {call}][, {status}]"
  fr: "Demandes de subvention reçues du {from} au {to}[, {fund}][, {call}][, {status}]"
  ru: "Заявки на субсидии, полученные с {from} по {to}[, {fund}][, {call}][, {status}]"
  es: "Solicitudes de subvención recibidas del {from} al {to}[, {fund}][, {call}][, {status}]"
serves: ["22"]
unit: application
parameters:
  from: {type: date}
  to: {type: date}
  fund: {type: link, register: fund, optional: true}
  call: {type: link, register: call, optional: true}
  status: {type: code, codelist: application_status, optional: true}
aggregate: count
keywords:
  ar: ["طلب منحة", "طلبات المنح", "طلبا للحصول على منح", "طلبات"]
  zh: ["赠款申请", "份申请", "申请"]
  en: ["applications", "grant applications", "application", "proposals received"]
  fr: ["demandes de subvention", "demandes", "demande de subvention"]
  ru: ["заявок", "заявки", "заявка", "заявок на субсидии"]
  es: ["solicitudes", "solicitudes de subvención", "solicitud"]
---
-- Applications by the day of receipt; the status is the one they have now.
SELECT make_array(a.record_id, c.record_id) AS record_id, a.call, a.organization, a.received, a.status
FROM application a
JOIN call c ON c.code = a.call
WHERE a.received BETWEEN $from AND $to
  AND ($fund IS NULL OR c.fund = $fund)
  AND ($call IS NULL OR a.call = $call)
  AND ($status IS NULL OR a.status = $status)
ORDER BY a.received
